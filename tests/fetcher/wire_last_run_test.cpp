#include "fetcher/wire_last_run.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "lookback_print.hpp"
#include "xdr/error.hpp"

namespace {

using namespace fetcher::lookback;

/// The problem that reading a text ends in.
xdr::Problem problem(const std::string& text) {
    try {
        last_run_from_json(text);
    } catch (const xdr::Error& error) {
        return error.problem();
    }
    return {.where = "read without a problem", .what = "", .hint = ""};
}

const LastRun full{.time = "2024-01-02T11:00:00",
                   .limit = 100,
                   .found_incident_ids = FoundIds{{"17", 1704196800}, {"a\"b", 0}},
                   .offset = 4,
                   .other = {{"mine", "[1, 2.0]"}}};

TEST_CASE("a last run is written as one JSON object in a fixed order", "[wire_last_run]") {
    CHECK(to_json(full) ==
          R"({"time":"2024-01-02T11:00:00","limit":100,)"
          R"("found_incident_ids":{"17":1704196800,"a\"b":0},"offset":4,"mine":[1, 2.0]})");
}

TEST_CASE("a last run survives JSON", "[wire_last_run]") {
    const LastRun nulls{.time = Null{}, .limit = Null{}, .offset = Null{}};
    CHECK(last_run_from_json(to_json(full)) == full);
    CHECK(to_json(nulls) == R"({"time":null,"limit":null,"offset":null})");
    CHECK(last_run_from_json(to_json(nulls)) == nulls);
}

TEST_CASE("the first last run is an empty object", "[wire_last_run]") {
    CHECK(to_json({}) == "{}");
    CHECK(last_run_from_json(" {\n} ") == LastRun{});
}

TEST_CASE("an absent key, null and an empty object of ids are three things", "[wire_last_run]") {
    CHECK(last_run_from_json(R"({"found_incident_ids":{}})").found_incident_ids == FoundIds{});
    CHECK(last_run_from_json("{}").found_incident_ids == std::nullopt);
    CHECK(last_run_from_json(R"({"time":null})") != last_run_from_json("{}"));
    CHECK(to_json({.found_incident_ids = FoundIds{}}) == R"({"found_incident_ids":{}})");
}

TEST_CASE("numeric ids come back as texts", "[wire_last_run]") {
    const LastRun numeric{.found_incident_ids = FoundIds{{7, 10}, {-8, 11}}};
    CHECK(to_json(numeric) == R"({"found_incident_ids":{"-8":11,"7":10}})");
    CHECK(last_run_from_json(to_json(numeric)) ==
          LastRun{.found_incident_ids = FoundIds{{"7", 10}, {"-8", 11}}});
}

TEST_CASE("an id that is there as text and as number is written once", "[wire_last_run]") {
    CHECK(to_json({.found_incident_ids = FoundIds{{"7", 10}, {7, 20}}}) ==
          R"({"found_incident_ids":{"7":20}})");
}

TEST_CASE("the values of other keys keep their spelling", "[wire_last_run]") {
    const LastRun last_run = last_run_from_json(
        R"( { "a" : { "z": [1,  "}\"],{"], "b": {} } ,"b":1.50e+2 , "c":"\u00e4\\" )"
        R"(, "" : null,"limit" : 5, "d/~":123456789012345678901234567890,"e":[]})");
    CHECK(last_run.limit == std::variant<Null, std::int64_t>(5));
    CHECK(last_run.other ==
          std::map<std::string, std::string>{{"", "null"},
                                             {"a", R"({ "z": [1,  "}\"],{"], "b": {} })"},
                                             {"b", "1.50e+2"},
                                             {"c", R"("\u00e4\\")"},
                                             {"d/~", "123456789012345678901234567890"},
                                             {"e", "[]"}});
    CHECK(last_run_from_json(to_json(last_run)) == last_run);
}

TEST_CASE("a key may be spelled with escapes", "[wire_last_run]") {
    CHECK(last_run_from_json(R"({"\u0074ime":"x"})") == LastRun{.time = "x"});
}

TEST_CASE("a last run that is null or no object is refused as a whole", "[wire_last_run]") {
    CHECK(problem("null") ==
          xdr::Problem{.where = "", .what = "expected an object, got null", .hint = ""});
    CHECK(problem("[]").what == "expected an object, got []");
    CHECK(problem("3").what == "expected an object, got 3");
}

TEST_CASE("a text that is not JSON is refused with the place", "[wire_last_run]") {
    CHECK(problem("").what == "expected a JSON object, the text stops being JSON at byte 1");
    CHECK(problem(R"({"time":})").what ==
          "expected a JSON object, the text stops being JSON at byte 9");
    CHECK(problem("{} {}").where.empty());
    CHECK(problem("{\"time\":\"\xff\"}").where.empty());
}

TEST_CASE("a value of a wrong type is refused with its JSON pointer", "[wire_last_run]") {
    CHECK(problem(R"({"time":5})") ==
          xdr::Problem{.where = "/time", .what = "expected a text or null, got 5", .hint = ""});
    CHECK(problem(R"({"limit":"5"})") ==
          xdr::Problem{
              .where = "/limit", .what = "expected a whole number or null, got \"5\"", .hint = ""});
    CHECK(problem(R"({"limit":5.0})").where == "/limit");
    CHECK(problem(R"({"limit":9223372036854775808})").where == "/limit");
    CHECK(problem(R"({"limit":true})").where == "/limit");
    CHECK(problem(R"({"offset":[]})").where == "/offset");
    CHECK(problem(R"({"found_incident_ids":null})").where == "/found_incident_ids");
    CHECK(problem(R"({"found_incident_ids":["a"]})").where == "/found_incident_ids");
    CHECK(problem(R"({"found_incident_ids":{"a/b":"5"}})").where == "/found_incident_ids/a~1b");
}

TEST_CASE("the largest and smallest numbers are read", "[wire_last_run]") {
    const std::string text = R"({"limit":9223372036854775807,"offset":-9223372036854775808})";
    CHECK(to_json(last_run_from_json(text)) == text);
}

TEST_CASE("a key that is there twice is refused", "[wire_last_run]") {
    CHECK(problem(R"({"limit":1,"limit":2})") ==
          xdr::Problem{
              .where = "/limit", .what = "expected each key once, got it twice", .hint = ""});
    CHECK(problem(R"({"x":1,"\u0078":1})").where == "/x");
}

TEST_CASE("an id that is not UTF-8 cannot be written", "[wire_last_run]") {
    CHECK_THROWS_AS(to_json({.found_incident_ids = FoundIds{{"\xff", 1}}}), xdr::Error);
}

}  // namespace
