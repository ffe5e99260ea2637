#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

std::string with_server(const std::string& server) {
    return "\"server\": " + server + R"(, "incidents": [{"id": "1", "created": "0s"}])";
}

ServerOptions read(const std::string& server) { return scenario(with_server(server)).server; }

/// The problems of a file with that `server`, without the file's name and place in it.
std::vector<std::string> wrong(const std::string& server) {
    std::vector<std::string> out;
    try {
        read(server);
    } catch (const ScenarioError& error) {
        for (const xdr::Problem& problem : error.problems())
            out.push_back(problem.what + "; " + problem.hint);
    }
    return out;
}

using Wrong = std::vector<std::string>;

}  // namespace

TEST_CASE("every switch of the server is read", "[scenario_server]") {
    const ServerOptions all = read(R"({
        "page_cap": 3, "ties": "shuffled", "default_order": "insertion", "seed": 7,
        "latency": "1s", "restricted": ["1"], "preset": "2020", "error_form": "flat",
        "syntax_errors": "json", "unauthorized_text": "older", "access": "no_permission",
        "total_count_cap": 9999, "window_status": 500, "bad_filter_status": 400,
        "not_found_status": 500, "severity_filter": true, "alert_sources_defect": true,
        "integer_ids": true, "starred_false_missing": true, "contains_exact_case": true,
        "multiple_extra_data_cap": false,
        "auth": {"clock": "real", "tolerance": "30s", "single_use_nonce": true},
        "rate_limit": {"per_second": 10, "extra_data_per_minute": 20, "status": 500,
                       "retry_after": true}})");
    CHECK(all == ServerOptions{
                     .page_cap = 3,
                     .ties = Ties::shuffled,
                     .default_order = DefaultOrder::insertion,
                     .seed = 7,
                     .latency = 1s,
                     .restricted = {IncidentId("1")},
                     .preset = Preset::year_2020,
                     .error_form = ErrorForm::flat,
                     .syntax_errors = SyntaxErrors::json,
                     .unauthorized_text = UnauthorizedText::older,
                     .access = Access::no_permission,
                     .total_count_cap = 9999,
                     .window_status = 500,
                     .bad_filter_status = 400,
                     .not_found_status = 500,
                     .severity_filter = true,
                     .alert_sources_defect = true,
                     .integer_ids = true,
                     .starred_false_missing = true,
                     .contains_exact_case = true,
                     .multiple_extra_data_cap = false,
                     .auth = {.clock = AuthClock::real, .tolerance = 30s, .single_use_nonce = true},
                     .rate_limit = {.per_second = 10,
                                    .extra_data_per_minute = 20,
                                    .status = 500,
                                    .retry_after = true}});
}

TEST_CASE("the words of each switch stand in the order of its enumerators", "[scenario_server]") {
    const auto order = [](const std::string& word) {
        return read(R"({"default_order": ")" + word + R"("})").default_order;
    };
    CHECK(order("newest_first") == DefaultOrder::newest_first);
    CHECK(order("insertion") == DefaultOrder::insertion);
    CHECK(order("shuffled") == DefaultOrder::shuffled);
    const auto access = [](const std::string& word) {
        return read(R"({"access": ")" + word + R"("})").access;
    };
    CHECK(access("granted") == Access::granted);
    CHECK(access("no_licence") == Access::no_licence);
    CHECK(access("no_permission") == Access::no_permission);
    const auto clock = [](const std::string& word) {
        return read(R"({"auth": {"clock": ")" + word + R"("}})").auth.clock;
    };
    CHECK(clock("automatic") == AuthClock::automatic);
    CHECK(clock("world") == AuthClock::world);
    CHECK(clock("real") == AuthClock::real);
    CHECK(read(R"({"preset": "current", "error_form": "wrapped", "syntax_errors": "text",
                   "unauthorized_text": "current"})") == ServerOptions{});
}

TEST_CASE("a server without switches has the documented defaults", "[scenario_server]") {
    const ServerOptions none = read("{}");
    CHECK(none == ServerOptions{});
    CHECK(none.page_cap == 100);
    CHECK(none.window_status == 400);
    CHECK(none.bad_filter_status == 500);
    CHECK(none.not_found_status == 404);
    CHECK_FALSE(none.total_count_cap);
    CHECK(none.multiple_extra_data_cap);
    CHECK(none.auth.tolerance == 5min);
    CHECK_FALSE(none.rate_limit.per_second);
    CHECK(none.rate_limit.status == 429);
    CHECK(read(R"({"auth": {}})") == ServerOptions{});
}

TEST_CASE("a status must be one that the real API was seen or said to send", "[scenario_server]") {
    CHECK(wrong(R"({"window_status": 404})") ==
          Wrong{"404 is out of range (at /server/window_status); expected 400 or 500"});
    CHECK(wrong(R"({"bad_filter_status": 422})") ==
          Wrong{"422 is out of range (at /server/bad_filter_status); expected 400 or 500"});
    CHECK(wrong(R"({"not_found_status": "404"})") ==
          Wrong{"found text (at /server/not_found_status); expected 400, 404 or 500"});
    CHECK(wrong(R"({"rate_limit": {"per_second": 1, "status": 503}})") ==
          Wrong{"503 is out of range (at /server/rate_limit/status); expected 429 or 500"});
    CHECK(read(R"({"not_found_status": 400})").not_found_status == 400);
}

TEST_CASE("a switch with a value that it does not know is an error", "[scenario_server]") {
    CHECK(wrong(R"({"default_order": "oldest_first"})") ==
          Wrong{"unknown default_order 'oldest_first' (at /server/default_order); did you mean "
                "newest_first? expected one of newest_first, insertion, shuffled"});
    CHECK(wrong(R"({"preset": 2020})") == Wrong{"found an integer (at /server/preset); expected "
                                                "text"});
    CHECK(wrong(R"({"access": "denied"})") ==
          Wrong{"unknown access 'denied' (at /server/access); expected one of granted, "
                "no_licence, no_permission"});
    CHECK(wrong(R"({"integer_ids": 1})") ==
          Wrong{"found an integer (at /server/integer_ids); expected true or false"});
    CHECK(wrong(R"({"total_count_cap": 0})") ==
          Wrong{"0 is out of range (at /server/total_count_cap); expected an integer from 1 to "
                "1000000"});
    CHECK(wrong(R"({"latency": "61m"})") ==
          Wrong{"the latency is longer than an hour (at /server/latency); expected at most 1h"});
}

TEST_CASE("what is wrong with auth and rate limits is named at its place", "[scenario_server]") {
    CHECK(wrong(R"({"auth": {"tolerance": "-1s"}})") ==
          Wrong{"the duration -1s is negative (at /server/auth/tolerance); expected 0s or more"});
    CHECK(wrong(R"({"auth": {"nonce": true}})") ==
          Wrong{"unknown key 'nonce' (at /server/auth/nonce); expected one of clock, "
                "single_use_nonce, tolerance"});
    CHECK(wrong(R"({"auth": true})") == Wrong{"found true (at /server/auth); expected an object"});
    CHECK(wrong(R"({"rate_limit": {"per_second": 0}})") ==
          Wrong{"0 is out of range (at /server/rate_limit/per_second); expected an integer from 1 "
                "to 1000000"});
    CHECK(wrong(R"({"rate_limit": {"retry_after": true}})") ==
          Wrong{"the limit limits nothing (at /server/rate_limit); expected \"per_second\" or "
                "\"extra_data_per_minute\""});
    CHECK(wrong(R"({"rate_limit": 10})") ==
          Wrong{"found an integer (at /server/rate_limit); expected an object"});
}

TEST_CASE("a switch that is nearly right is named", "[scenario_server]") {
    const Wrong problems = wrong(R"({"window_staus": 500})");
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], Catch::StartsWith("unknown key 'window_staus' (at "
                                              "/server/window_staus); did you mean "
                                              "window_status? expected one of access, "));
}
