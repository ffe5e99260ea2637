#include <nlohmann/json.hpp>

#include "fetcher/pending.hpp"
#include "fetcher/wire.hpp"
#include "fetcher/wire_xsoar.hpp"
#include "print.hpp"

using namespace fetcher;
using Json = nlohmann::json;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Row row_of(const std::string& severity) {
    return {.incident_id = IncidentId("7"),
            .creation_time = noon,
            .modification_time = noon,
            .description = "a scan",
            .severity = severity,
            .raw_json = R"({"severity":")" + severity + "\"}"};
}

Json severity_of(const std::string& severity) {
    return Json::parse(xsoar_incident(row_of(severity))).at("severity");
}

const State complete = CompleteState{.field = TimeField::creation_time,
                                     .frontier = noon,
                                     .newest = noon,
                                     .seen = {{.id = IncidentId("7"), .at = noon}},
                                     .batch = 3};

}  // namespace

TEST_CASE("an incident is one line in the order of its fields", "[wire_incident]") {
    CHECK(xsoar_incident(row_of("high")) ==
          R"({"name":"XDR Incident 7 - a scan","occurred":"2024-01-01T12:00:00Z",)"
          R"("details":"a scan","severity":3,"dbotMirrorId":"7","rawJSON":)"
          R"("{\"severity\":\"high\"}"})");
}

TEST_CASE("an incident is written as JSON has it, whatever its texts hold", "[wire_incident]") {
    std::string all;
    for (int i = 0; i < 128; ++i) all += static_cast<char>(i);
    for (const std::string& text : {all, std::string("\xC3\xA9 \xE2\x82\xAC"), std::string("\"")}) {
        Row row = row_of("low");
        row.description = row.raw_json = text;
        CHECK(xsoar_incident(row) == nlohmann::ordered_json{{"name", "XDR Incident 7 - " + text},
                                                            {"occurred", "2024-01-01T12:00:00Z"},
                                                            {"details", text},
                                                            {"severity", 1},
                                                            {"dbotMirrorId", "7"},
                                                            {"rawJSON", text}}
                                         .dump());
    }
}

TEST_CASE("severities are the numbers of XSOAR", "[wire_incident]") {
    CHECK(severity_of("informational") == 0.5);
    CHECK(severity_of("low") == 1);
    CHECK(severity_of("medium") == 2);
    CHECK(severity_of("high") == 3);
    CHECK(severity_of("critical") == 4);
    CHECK(severity_of("unheard of") == 0);
    CHECK(severity_of("") == 0);
}

TEST_CASE("a line of a batch says where it stands", "[wire_incident]") {
    CHECK(ndjson_line({.batch = 9, .index = 2, .of = 3}, R"({"name":"x","severity":0.5})") ==
          R"({"batch":9,"index":2,"of":3,"name":"x","severity":0.5})");
}

TEST_CASE("extra data becomes arrays of the raw incident", "[wire_incident]") {
    const std::string extra =
        R"({"incident":{"incident_id":"8"},"alerts":{"total_count":1,"data":[{"a": 1e400}]},)"
        R"("network_artifacts":[2],"file_artifacts":null})";
    CHECK(with_extra_data(R"({"incident_id":"7","alerts":"old","x":1E5})", extra) ==
          R"({"incident_id":"7","x":1E5,"alerts":[{"a":1e400}],"network_artifacts":[2],)"
          R"("file_artifacts":[]})");
    const auto none =
        GENERATE(as<std::string>{}, "{}", R"({"alerts":{}})", R"({"alerts":{"data":"x"}})",
                 R"({"alerts":{"data":null}})", R"({"alerts":7})");
    CAPTURE(none);
    CHECK(with_extra_data("{}", none) ==
          R"({"alerts":[],"network_artifacts":[],"file_artifacts":[]})");
}

TEST_CASE("an incident without extra data says why", "[wire_incident]") {
    CHECK(without_extra_data(R"({"incident_id":"7"})", "status 404: \"no\"\xFF") ==
          "{\"incident_id\":\"7\",\"extra_data_error\":\"status 404: \\\"no\\\"\xEF\xBF\xBD\"}");
}

TEST_CASE("a pending batch is read back", "[wire_incident]") {
    const Pending pending{.batch = 4,
                          .ids = {IncidentId("8"), IncidentId("9")},
                          .lines = {R"({"batch":4,"name":"\u00e9"})", "{}"},
                          .next = complete};
    const std::string text = to_json(pending, State{});
    CHECK(pending_from_json(text) == pending);
    CHECK(text.find('\n') == std::string::npos);
}

TEST_CASE("a last run without a pending batch has none", "[wire_incident]") {
    for (const char* text : {"", "{}", "[]", "garbage"})
        CHECK(pending_from_json(text) == std::nullopt);
    CHECK(pending_from_json(to_json(complete)) == std::nullopt);
}

TEST_CASE("a pending batch that is broken is refused with its place", "[wire_incident]") {
    const auto [text, where] = GENERATE(table<std::string, std::string>({
        {R"({"pending": 1})", "/pending"},
        {R"({"pending": {}})", "/pending/batch"},
        {R"({"pending": {"batch": "1"}})", "/pending/batch"},
        {R"({"pending": {"batch": 1}})", "/pending/lines"},
        {R"({"pending": {"batch": 1, "lines": 1}})", "/pending/lines"},
        {R"({"pending": {"batch": 1, "lines": [1]}})", "/pending/lines"},
        {R"({"pending": {"batch": 1, "lines": []}})", "/pending/next"},
        {R"({"pending": {"batch": 1, "lines": [], "next": {}}})", "/pending/ids"},
        {R"({"pending": {"batch": 1, "lines": [], "next": {}, "ids": ["1"]}})", "/pending/lines"},
    }));
    CAPTURE(text);
    const std::string broken = text;
    CHECK(problem_of([&] { pending_from_json(broken); }).where == where);
}

TEST_CASE("a last run goes through the form of XSOAR", "[wire_incident]") {
    lookback::LastRun published;
    published.time = "2024-01-01T12:00:00";
    published.limit = 50;
    published.found_incident_ids = lookback::FoundIds{{std::string("7"), 1704110400}};
    const auto state = GENERATE_COPY(
        values<State>({State{}, complete, CursorState{.last_fetch = noon}, published}));
    const std::string text = last_run_to_xsoar(state);
    CHECK(last_run_from_xsoar(text) == state);
    CHECK(last_run_from_xsoar(to_json(state)) == state);
    const Json written = Json::parse(text);
    for (const auto& [key, value] : written.items()) CHECK(value.is_string());
}

TEST_CASE("a time that is null stays null in the form of XSOAR", "[wire_incident]") {
    lookback::LastRun published;
    published.time = lookback::Null{};
    published.offset = 3;
    CHECK(last_run_to_xsoar(published) == R"({"time":"null","offset":"3"})");
    CHECK(last_run_from_xsoar(R"({"time":"null","offset":"3"})") == State{published});
}

TEST_CASE("what is no last run of XSOAR is refused", "[wire_incident]") {
    for (const char* text : {"", "[]", "null", "7"})
        CHECK(problem_of([&] { last_run_from_xsoar(text); }).what.starts_with("expected"));
    CHECK(problem_of([] { last_run_from_xsoar(R"({"limit": "many"})"); }).where == "/limit");
}
