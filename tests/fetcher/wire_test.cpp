#include "fetcher/wire.hpp"

#include <nlohmann/json.hpp>

#include "print.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

std::string reply(const std::string& incidents, const std::string& more = "") {
    return R"({"reply": {"total_count": 5, "result_count": 1, "incidents": )" + incidents + more +
           "}}";
}

const std::string incident =
    R"({"incident_id": "101", "creation_time": 1704110400000, "modification_time": 1704110460000,)"
    R"( "description": "a scan", "hosts": null})";

/// Of three bytes a character, so that 57 bytes do not end with one.
const std::string long_text = [] {
    std::string text;
    for (int i = 0; i < 30; ++i) text += "\xE2\x82\xAC";
    return text;
}();

xdr::Problem refusal(const std::string& body) {
    return problem_of([&] { read_page(body); });
}

}  // namespace

TEST_CASE("a request asks for what the user wants, in one request", "[wire]") {
    PageRequest request;
    request.gte = noon;
    request.lte = noon + 1s;
    request.search_to = 50;
    CHECK(request_body({.status = {"new", "under_investigation"},
                        .starred = false,
                        .alert_sources = {"XDR Agent"},
                        .description = "scan"},
                       request) ==
          R"({"request_data":{"filters":[)"
          R"({"field":"status","operator":"in","value":["new","under_investigation"]},)"
          R"({"field":"starred","operator":"eq","value":false},)"
          R"({"field":"alert_sources","operator":"in","value":["XDR Agent"]},)"
          R"({"field":"description","operator":"contains","value":"scan"},)"
          R"({"field":"creation_time","operator":"gte","value":1704110400000},)"
          R"({"field":"creation_time","operator":"lte","value":1704110401000}],)"
          R"("search_from":0,"search_to":50,)"
          R"("sort":{"field":"creation_time","keyword":"asc"}}})");
}

TEST_CASE("a request may sweep by modification time or sort by id", "[wire]") {
    PageRequest request;
    request.field = TimeField::modification_time;
    request.gte = noon;
    request.sort = SortField::incident_id;
    CHECK(request_body({}, request) ==
          R"({"request_data":{"filters":[)"
          R"({"field":"modification_time","operator":"gte","value":1704110400000}],)"
          R"("search_from":0,"search_to":100,"sort":{"field":"incident_id","keyword":"asc"}}})");
}

TEST_CASE("a request may ask for the newest row first", "[wire]") {
    PageRequest request;
    request.search_to = 1;
    request.direction = Direction::desc;
    CHECK(request_body({}, request) ==
          R"({"request_data":{"filters":[],"search_from":0,"search_to":1,)"
          R"("sort":{"field":"creation_time","keyword":"desc"}}})");
}

TEST_CASE("ids and bounds of both times go with every request, beside the sweep's own", "[wire]") {
    Query query;
    query.incident_ids = {"7", "8"};
    query.created_after = noon - 1h;
    query.created_before = noon + 1h;
    query.modified_after = noon - 2h;
    query.modified_before = noon + 2h;
    PageRequest request;
    request.gte = noon;
    request.search_to = 50;
    CHECK(request_body(query, request) ==
          R"({"request_data":{"filters":[)"
          R"({"field":"incident_id_list","operator":"in","value":["7","8"]},)"
          R"({"field":"creation_time","operator":"gte","value":1704110400000},)"
          R"({"field":"creation_time","operator":"gte","value":1704106800000},)"
          R"({"field":"creation_time","operator":"lte","value":1704114000000},)"
          R"({"field":"modification_time","operator":"gte","value":1704103200000},)"
          R"({"field":"modification_time","operator":"lte","value":1704117600000}],)"
          R"("search_from":0,"search_to":50,)"
          R"("sort":{"field":"creation_time","keyword":"asc"}}})");
}

TEST_CASE("a query that is not UTF-8 is refused", "[wire]") {
    Query query;
    SECTION("in a text") { query.description = "\xff"; }
    SECTION("in an id") { query.incident_ids = {"7", "\xff"}; }
    CHECK(problem_of([&] { request_body(query, {}); }).what ==
          "a status, source, description or id is not UTF-8");
}

TEST_CASE("a page is read", "[wire]") {
    const Page page =
        read_page(reply("[" + incident + "]", R"(, "restricted_incident_ids": ["7"])"));
    CHECK(page.total_count == 5);
    REQUIRE(page.rows.size() == 1);
    CHECK(page.rows[0].incident_id == IncidentId("101"));
    CHECK(page.rows[0].creation_time == noon);
    CHECK(page.rows[0].modification_time == noon + 1min);
    CHECK(page.rows[0].description == "a scan");
    CHECK(nlohmann::json::parse(page.rows[0].raw_json) == nlohmann::json::parse(incident));
    CHECK(page.restricted == std::vector{IncidentId("7")});
}

TEST_CASE("keys that are null, absent or odd do not disturb a page", "[wire]") {
    const Page page =
        read_page(reply(R"([{"incident_id": "1", "creation_time": 1, "modification_time": null,
                    "description": [1], "x": {}}])",
                        R"(, "restricted_incident_ids": null)"));
    CHECK(page.rows[0].modification_time == page.rows[0].creation_time);
    CHECK(page.rows[0].description.empty());
    CHECK(page.restricted.empty());
}

TEST_CASE("a severity is read where the incident itself has one, as text", "[wire]") {
    const auto severity = [](const std::string& members) {
        return read_page(reply(R"([{"incident_id": "1", "creation_time": 1)" + members + "}]"))
            .rows.at(0)
            .severity;
    };
    CHECK(severity(R"(, "a": {"severity": 1}, "b": [1, [2]], "severity": "low", "h": {})") ==
          "low");
    const auto without =
        GENERATE(as<std::string>{}, "", R"(, "severity": null)", R"(, "severity": 4)",
                 R"(, "severity": {"severity": "high"})", R"(, "severity": ["high"])",
                 R"(, "inner": {"severity": "high"})", R"(, "name": "severity")");
    CAPTURE(without);
    CHECK(severity(without).empty());
}

TEST_CASE("an incident is kept as it came, without spaces", "[wire]") {
    const std::string id = R"("incident_id":"1","creation_time":1,)";
    const std::string rest = R"("a":[1,1.0,1E5,-0,1e-400,0.10,true,false,null,{}],)"
                             R"("b":{"c":"\u00e9 \"[\\\/\n","d":[]},"b":1})";
    CHECK(read_page(reply("[ { " + id +
                          R"("a": [1, 1.0,1E5, -0,1e-400 ,0.10,true,false ,null,{}],)"
                          "\n\t" +
                          R"("b":{"c":"\u00e9 \"[\\\/\n","d":[ ]},"b" :1 }, {)" + id + rest + "]"))
              .rows.at(0)
              .raw_json == "{" + id + rest);
}

TEST_CASE("numbers that nothing holds do not spoil a page", "[wire]") {
    const auto number = GENERATE(as<std::string>{}, "18446744073709551615", "18446744073709551616",
                                 "-9223372036854775808", "-9223372036854775809",
                                 "123456789012345678901234567890", "1e400", "-1.5E+999");
    CAPTURE(number);
    const std::string text = R"([{"incident_id": "1", "creation_time": 1, "x": )" + number;
    CHECK(read_page(reply(text + "}]")).rows.at(0).raw_json ==
          R"({"incident_id":"1","creation_time":1,"x":)" + number + "}");
    CHECK(read_page(reply(text + R"(, "description": "99 \"\ud800"}])")).rows.at(0).description ==
          "99 \"\xEF\xBF\xBD");
    CHECK(refusal(reply(R"([{"incident_id": "1", "creation_time": 1e400}])")).where ==
          "/reply/incidents/0/creation_time");
}

TEST_CASE("a key that is written with escapes is the same key", "[wire]") {
    const Page page = read_page(
        R"({"\"x\\": "]", "re\u0070ly": {"total_count": 0, "\u0069ncidents": [{"incident_id": "1",)"
        R"( "creation_time": 1}], "incidents": [{"incident_id": "2"}]}})");
    REQUIRE(page.rows.size() == 1);
    CHECK(page.rows[0].raw_json == R"({"incident_id":"1","creation_time":1})");
    CHECK(read_extra_data(R"({"r\u0065ply": {"incident": {"incident_id": "1"}, "alerts": [1]}})",
                          IncidentId("1")) == R"({"incident":{"incident_id":"1"},"alerts":[1]})");
}

TEST_CASE("a number of a million digits is read or refused, and does no harm", "[wire]") {
    const std::string long_number(1'000'000, '1');
    CHECK(
        read_page(reply(R"([{"incident_id": "1", "creation_time": 1, "x": )" + long_number + "}]"))
            .rows.at(0)
            .raw_json.size() > 1'000'000);
    CHECK(read_reason(long_number + " is no reason").size() == 200);
    CHECK(read_page(R"({"reply": {"total_count": )" + long_number + R"(, "incidents": []}})")
              .total_count == 9'223'372'036'854'775'807);
}

TEST_CASE("a byte order mark does not spoil a page", "[wire]") {
    CHECK(read_page("\xEF\xBB\xBF" + reply("[" + incident + "]")).rows.size() == 1);
}

TEST_CASE("what is no JSON is not mended into JSON", "[wire]") {
    const auto value = GENERATE(as<std::string>{}, "01", "1e", "-", "1e+", "-.5", "1.e5",
                                "99999999999999999999.", "1e400x", "1.", ".5", "+1", "\"\\x\"",
                                "\"\\u12\"", "\"\xFF\"", "99999999999999999999x", "\"open", "\"\\");
    CAPTURE(value);
    CHECK(refusal(reply(R"([{"incident_id": "1", "creation_time": 1, "x": )" + value + "}]"))
              .what.starts_with("the reply is not JSON"));
}

TEST_CASE("what is no page is refused with its place", "[wire]") {
    const auto [body, where, what] = GENERATE(table<std::string, std::string, std::string>({
        {"", "", "the reply is not JSON (0 bytes)"},
        {"<html>", "", "the reply is not JSON (6 bytes)"},
        {R"({"reply": {}}})", "", "the reply is not JSON (14 bytes)"},
        {"[]", "/reply", "it is missing"},
        {"{}", "/reply", "it is missing"},
        {R"({"reply": null})", "/reply/total_count", "it is missing"},
        {R"({"reply": {"incidents": []}})", "/reply/total_count", "it is missing"},
        {R"({"reply": {"total_count": "5", "incidents": []}})", "/reply/total_count",
         "expected an integer, got \"5\""},
        {R"({"reply": {"total_count": 5}})", "/reply/incidents", "it is missing"},
        {R"({"reply": {"total_count": 5, "incidents": null}})", "/reply/incidents",
         "expected an array, got null"},
        {reply("[7]"), "/reply/incidents/0/incident_id", "it is missing"},
        {reply("[{}]"), "/reply/incidents/0/incident_id", "it is missing"},
        {reply(R"([{"incident_id": 7}])"), "/reply/incidents/0/incident_id",
         "expected an id as text, got 7"},
        {reply(R"([{"incident_id": ""}])"), "/reply/incidents/0/incident_id",
         "expected an id as text, got \"\""},
        {reply(R"([{"incident_id": "7"}])"), "/reply/incidents/0/creation_time", "it is missing"},
        {reply(R"([{"incident_id": "7", "creation_time": 1.5}])"),
         "/reply/incidents/0/creation_time", "expected milliseconds since 1970, got 1.5"},
        {reply(R"([{"incident_id": "7", "creation_time": -1}])"),
         "/reply/incidents/0/creation_time", "expected milliseconds since 1970, got -1"},
        {reply(R"([{"incident_id": "7", "creation_time": 18446744073709551615}])"),
         "/reply/incidents/0/creation_time",
         "expected milliseconds since 1970, got 18446744073709551615"},
        {reply("[]", R"(, "restricted_incident_ids": [")" + long_text + R"(", 7])"),
         "/reply/restricted_incident_ids/1", "expected an id as text, got 7"},
        {reply(R"([{"incident_id": [")" + long_text + R"("]}])"), "/reply/incidents/0/incident_id",
         "expected an id as text, got [\"" + long_text.substr(0, 54) + "..."},
        {reply("[]", R"(, "restricted_incident_ids": [7])"), "/reply/restricted_incident_ids/0",
         "expected an id as text, got 7"},
        {reply(R"([{"incident_id": "7", "creation_time": 253402300800000}])"),
         "/reply/incidents/0/creation_time",
         "expected milliseconds since 1970, got 253402300800000"},
        {R"({"reply": {"err_code": 500, "err_msg": "no", "err_extra": null}})", "/reply",
         "the API reports an error 500: no"},
    }));
    CAPTURE(body);
    CHECK(refusal(body).where == where);
    CHECK(refusal(body).what == what);
}

TEST_CASE("half of a surrogate pair does not spoil a page", "[wire]") {
    const auto description = [](const std::string& text) {
        return read_page(reply(R"([{"incident_id": "1", "creation_time": 1, "description": ")" +
                               text + "\"}]"))
            .rows.at(0)
            .description;
    };
    CHECK(description(R"(x\ud800y)") == "x\xEF\xBF\xBDy");
    CHECK(description(R"(\udc00\ud800\udc00\ud800)") == "\xEF\xBF\xBD\xF0\x90\x80\x80\xEF\xBF\xBD");
    CHECK(description(R"(\\ud800 \ud800)") == "\\ud800 \xEF\xBF\xBD");
}

TEST_CASE("nesting that could overflow the stack is refused", "[wire]") {
    const std::string deep(100'000, '[');
    const std::string closed = deep + std::string(100'000, ']');
    CHECK(refusal(reply(R"([{"incident_id": "1", "creation_time": 1, "x": )" + closed + "}]"))
              .what.starts_with("the reply is nested deeper than 256 levels"));
    CHECK(read_reason(R"({"err_extra": )" + closed + "}").size() == 200);
    CHECK(read_page(reply(R"([{"incident_id": "1", "creation_time": 1, "description": ")" + deep +
                          "\"}]"))
              .rows.size() == 1);
}

TEST_CASE("terminal codes of a server are not passed on", "[wire]") {
    CHECK(read_reason("a\x1b]0;b\tc") == "a?]0;b?c");
}

TEST_CASE("the reason of an error reply is found in all of its forms", "[wire]") {
    CHECK(read_reason(R"({"reply": {"err_code": 500, "err_msg": "a", "err_extra": "b"}})") ==
          "a: b");
    CHECK(read_reason(R"({"reply": {"err_code": 401, "err_msg": "a", "err_extra": null}})") == "a");
    CHECK(read_reason(R"({"err_code": "500", "err_msg": "a", "err_extra": [{"loc": 1}]})") ==
          "a: [{\"loc\":1}]");
    CHECK(read_reason(R"({"reply": true})") == R"({"reply": true})");
    CHECK(read_reason("Internal Server Error\r\n\r\nmore") == "Internal Server Error");
    CHECK(read_reason("") == "");
    CHECK(read_reason(std::string(500, 'x')).size() == 200);
}

TEST_CASE("incidents are written as XSOAR takes them", "[wire]") {
    const Row row{.incident_id = IncidentId("101"),
                  .creation_time = noon,
                  .modification_time = noon,
                  .description = "a \"scan\"",
                  .raw_json = R"({"incident_id":"101"})"};
    CHECK(nlohmann::json::parse(xsoar_incident(row)) ==
          nlohmann::json{{"name", "XDR Incident 101 - a \"scan\""},
                         {"occurred", "2024-01-01T12:00:00Z"},
                         {"details", "a \"scan\""},
                         {"severity", 0},
                         {"dbotMirrorId", "101"},
                         {"rawJSON", R"({"incident_id":"101"})"}});
}

TEST_CASE("an error reply is no page in any of its forms", "[wire]") {
    const auto [body, where, what, code] =
        GENERATE(table<std::string, std::string, std::string, int>({
            {R"({"reply": {"err_code": 500, "err_msg": "a", "err_extra": "b"}})", "/reply",
             "the API reports an error 500: a: b", 500},
            {R"({"reply": {"err_code": 500, "err_msg": "a", "err_extra": null}})", "/reply",
             "the API reports an error 500: a", 500},
            {R"({"reply": {"err_code": 500, "err_msg": "a", "err_extra": [{"loc": 1}]}})", "/reply",
             "the API reports an error 500: a: [{\"loc\":1}]", 500},
            {R"({"reply": {"err_code": 500, "err_msg": null, "err_extra": 7}})", "/reply",
             "the API reports an error 500: 7", 500},
            {R"({"reply": {"err_code": 429}})", "/reply",
             "the API reports an error 429: {\"reply\": {\"err_code\": 429}}", 429},
            {R"({"err_code": "503", "err_msg": "a", "err_extra": {"b": []}})", "",
             "the API reports an error 503: a: {\"b\":[]}", 503},
            {R"({"reply": {"err_code": "x", "err_msg": "a"}})", "/reply",
             "the API reports an error: a", 0},
            {R"({"reply": {"err_code": null, "err_msg": ["a"]}})", "/reply",
             "the API reports an error: [\"a\"]", 0},
            {R"({"reply": {"err_code": 4e9, "err_msg": "a"}})", "/reply",
             "the API reports an error: a", 0},
        }));
    CAPTURE(body);
    CHECK(refusal(body).where == where);
    CHECK(refusal(body).what == what);
    CHECK(read_error_code(body) == code);
}

TEST_CASE("what is no error reply has no error code", "[wire]") {
    for (const std::string body : {"", "500", "[500]", "null", "{}", R"({"reply": 500})", "<html>"})
        CHECK(read_error_code(body) == 0);
    CHECK(read_error_code(reply("[]")) == 0);
}

TEST_CASE("JSON of another shape is no page", "[wire]") {
    const auto body =
        GENERATE(as<std::string>{}, "null", "true", "7", "\"text\"", "[]", "[[]]", "{}",
                 R"({"reply": []})", R"({"reply": "x"})", R"({"reply": 7})", R"({"reply": {}})",
                 R"({"reply": {"total_count": {}, "incidents": []}})",
                 R"({"reply": {"total_count": 1.5, "incidents": []}})",
                 R"({"reply": {"total_count": null, "incidents": []}})",
                 R"({"reply": {"total_count": 0, "incidents": {}}})",
                 R"({"reply": {"total_count": 0, "incidents": "x"}})",
                 R"({"reply": {"total_count": 0, "incidents": [null]}})",
                 R"({"reply": {"total_count": 0, "incidents": [[]]}})");
    CAPTURE(body);
    CHECK_FALSE(refusal(body).what.empty());
    CHECK_FALSE(refusal(body).hint.empty());
    CHECK(read_reason(body).size() <= 200);
}

TEST_CASE("statuses and keys that nobody knows do not disturb a page", "[wire]") {
    const Page page = read_page(reply(
        R"([{"incident_id": "1", "creation_time": 1, "status": "resolved_by_magic",
             "severity": 9, "alert_count": null, "hosts": [], "new_key": [{}]}])",
        R"(, "restricted_incident_ids": "none", "another": 1)"));
    CHECK(page.rows.size() == 1);
    CHECK(page.restricted.empty());
    CHECK(page.rows[0].raw_json.find("resolved_by_magic") != std::string::npos);
}

TEST_CASE("a total that does not fit is still a large one", "[wire]") {
    const auto total = [](const std::string& text) {
        return read_page(R"({"reply": {"total_count": )" + text + R"(, "incidents": []}})")
            .total_count;
    };
    CHECK(total("18446744073709551615") == 9'223'372'036'854'775'807);
    CHECK(total("9223372036854775807") == 9'223'372'036'854'775'807);
    CHECK(total("-1") == -1);
}

TEST_CASE("the reason of an error reply can always be written as JSON", "[wire]") {
    std::string cut(196, 'x');
    for (int i = 0; i < 5; ++i) cut += "\xE2\x82\xAC";
    for (const std::string& body : {std::string("a\xFFz"), cut, std::string("\xE2\x82")}) {
        const std::string reason = read_reason(body);
        CHECK(reason.size() <= 200);
        CHECK(nlohmann::json::parse(nlohmann::json(reason).dump()) == reason);
    }
    CHECK(read_reason("a\xFF\x7Fz") == "a?z");
}

TEST_CASE("only an object is what the API answers with", "[wire]") {
    CHECK(is_json_object(R"({"reply": {}})"));
    CHECK(is_json_object(" {} "));
    for (const std::string body : {"", "[]", "7", "{", "{}}", "Internal Server Error"})
        CHECK_FALSE(is_json_object(body));
}

TEST_CASE("a request for extra data names the incident", "[wire][extra_data]") {
    CHECK(extra_data_body(IncidentId("7"), 50) ==
          R"({"request_data":{"incident_id":"7","alerts_limit":50}})");
    CHECK(problem_of([] { extra_data_body(IncidentId("\xff"), 1); }).what == "it is not UTF-8");
}

TEST_CASE("extra data are handed on with all their keys in their order", "[wire][extra_data]") {
    const std::string data = R"({"incident":{"incident_id":"7","a":null},"z":1,"alerts":{}})";
    CHECK(read_extra_data(R"({"reply": )" + data + "}", IncidentId("7")) == data);
}

TEST_CASE("what is no extra data is refused with its place", "[wire][extra_data]") {
    const auto [body, where] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"[]", "/reply"},
        {R"({"reply": true})", "/reply/incident"},
        {R"({"reply": {}})", "/reply/incident"},
        {R"({"reply": {"incident": null}})", "/reply/incident"},
        {R"({"reply": {"incident": {}}})", "/reply/incident/incident_id"},
        {R"({"reply": {"incident": {"incident_id": "8"}}})", "/reply/incident/incident_id"},
        {R"({"reply": {"incident": {"incident_id": 7}}})", "/reply/incident/incident_id"},
        {R"({"reply": {"err_code": 404, "err_msg": "no"}})", "/reply"},
    }));
    CAPTURE(body);
    CHECK(problem_of([&] { read_extra_data(body, IncidentId("7")); }).where == where);
}
