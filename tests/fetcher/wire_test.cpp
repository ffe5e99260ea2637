#include "fetcher/wire.hpp"

#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "print.hpp"
#include "property.hpp"

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

TEST_CASE("a query that is not UTF-8 is refused", "[wire]") {
    Query query;
    query.description = "\xff";
    CHECK(problem_of([&] { request_body(query, {}); }).what ==
          "a status, source or description is not UTF-8");
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
        {reply("[]", R"(, "restricted_incident_ids": [7])"), "/reply/restricted_incident_ids/0",
         "expected an id as text, got 7"},
        {reply(R"([{"incident_id": "7", "creation_time": 253402300800000}])"),
         "/reply/incidents/0/creation_time",
         "expected milliseconds since 1970, got 253402300800000"},
        {R"({"reply": {"err_code": 500, "err_msg": "no", "err_extra": null}})", "/reply",
         "the API reports an error: no"},
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
              .what.starts_with("the reply is not JSON"));
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
    const auto json = nlohmann::json::parse(xsoar_incidents({row}));
    REQUIRE(json.size() == 1);
    CHECK(json[0] == nlohmann::json{{"name", "XDR Incident 101 - a \"scan\""},
                                    {"occurred", "2024-01-01T12:00:00Z"},
                                    {"details", "a \"scan\""},
                                    {"dbotMirrorId", "101"},
                                    {"rawJSON", R"({"incident_id":"101"})"}});
    CHECK(xsoar_incidents({}) == "[]");
}

TEST_CASE("a last run that is none is refused with its place", "[wire]") {
    const auto [text, where] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"[]", ""},
        {"null", ""},
        {R"({"frontier": 1})", "/version"},
        {R"({"frontier": 1, "version": 2})", "/version"},
        {R"({"version": 1, "frontier": "1"})", "/sweep"},
        {R"({"version": 1, "sweep": "creation", "frontier": 1})", "/sweep"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": "1"})", "/frontier"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1})", "/newest"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": "x"})", "/newest"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": "1"})",
         "/batch"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 1})",
         "/seen"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 1, "seen": []})",
         "/seen"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 1, "seen": {"7": "x"}})",
         "/seen/7"},
        {R"({"last_fetch": "x"})", "/last_fetch"},
    }));
    CAPTURE(text);
    CHECK(problem_of([&] { state_from_json(text); }).where == where);
}

TEST_CASE("every last run survives its JSON", "[wire][property]") {
    CHECK(to_json(State{}) == "{}");
    CHECK(state_from_json("{}") == State{});
    CHECK(state_from_json(to_json(CursorState{.last_fetch = noon})) ==
          State{CursorState{.last_fetch = noon}});
    lookback::LastRun last_run;
    last_run.time = "2024-01-01T12:00:00";
    CHECK(state_from_json(to_json(last_run)) == State{last_run});
    require_property("state round trip", [] {
        const auto time = [] {
            return TimePoint{Millis{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)}};
        };
        CompleteState state;
        if (*rc::gen::arbitrary<bool>()) state.field = TimeField::modification_time;
        state.frontier = time();
        if (*rc::gen::arbitrary<bool>()) state.newest = time();
        state.batch = *rc::gen::inRange(0, 1000);
        const int count = *rc::gen::inRange(0, 20);
        for (int i = 0; i < count; ++i)
            state.seen.push_back({.id = IncidentId(std::to_string(i * 7)), .at = time()});
        RC_ASSERT(state_from_json(to_json(state)) == State{state});
    });
}
