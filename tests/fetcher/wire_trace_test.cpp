#include "fetcher/wire_trace.hpp"

#include "print.hpp"

using fetcher::lookback::trace;

namespace {

std::string input(const std::string& params, const std::string& steps,
                  const std::string& revision = "documented") {
    return R"({"revision": ")" + revision + R"(", "params": )" + params + R"(, "steps": [)" +
           steps + "]}";
}

const std::string a = R"({"incident_id": "A", "created": "2024-01-01T00:00:00"})";
const std::string b = R"({"incident_id": "B", "created": "2024-01-01T00:00:10"})";

std::string step(const std::string& now, const std::string& incidents) {
    return R"({"now": "2024-01-01T00:)" + now + R"(Z", "incidents_res": [)" + incidents + "]}";
}

xdr::Problem refusal(const std::string& text) {
    return problem_of([&] { trace(text); });
}

}  // namespace

TEST_CASE("a trace shows window, limit, batch and last run of each step", "[wire_trace]") {
    // The smallest loss: B is indexed behind A, and A fills the answer of one.
    const std::string params = R"({"limit": 1, "look_back": 1, "first_fetch": "1 hour"})";
    const std::string steps = step("00:20", a) + "," + step("00:40", a) + "," + step("01:00", a) +
                              "," + step("01:20", "");
    CHECK(trace(input(params, steps)) ==
          R"([{"start":"2023-12-31T23:00:20","end":"2024-01-01T00:00:20","request_limit":1,)"
          R"("emitted":["A"],"last_run":{"time":"2023-12-31T23:00:20","limit":2,)"
          R"("found_incident_ids":{"A":1704067220}}},)"
          R"({"start":"2023-12-31T23:00:20","end":"2024-01-01T00:00:40","request_limit":2,)"
          R"("emitted":[],"last_run":{"time":"2024-01-01T00:00:40","limit":1,)"
          R"("found_incident_ids":{"A":1704067220}}},)"
          R"({"start":"2024-01-01T00:00:00","end":"2024-01-01T00:01:00","request_limit":1,)"
          R"("emitted":[],"last_run":{"time":"2024-01-01T00:01:00","limit":1,)"
          R"("found_incident_ids":{"A":1704067220}}},)"
          R"({"start":"2024-01-01T00:00:20","end":"2024-01-01T00:01:20","request_limit":1,)"
          R"("emitted":[],"last_run":{"time":"2024-01-01T00:01:20","limit":1,)"
          R"("found_incident_ids":{"A":1704067220}}}])");
}

TEST_CASE("a step that raises leaves the last run as it was", "[wire_trace]") {
    const std::string odd = R"({"incident_id": "C", "created": 7})";
    const std::string text = trace(
        input(R"({"limit": 5, "look_back": 0, "first_fetch": "1 hour"})",
              step("00:20", a) + "," + step("00:40", odd) + "," + step("01:00", b), "current"));
    CHECK(text.find(R"({"error":)") != std::string::npos);
    CHECK(text.find(R"("start":"2024-01-01T00:00:00","end":"2024-01-01T00:01:00")") !=
          std::string::npos);
}

TEST_CASE("a numeric id is not recognised after JSON", "[wire_trace]") {
    const std::string number = R"({"incident_id": 7, "created": "2024-01-01T00:00:00"})";
    const std::string text =
        trace(input(R"({"limit": 5, "look_back": 5, "first_fetch": "1 hour"})",
                    step("00:20", number) + "," + step("00:40", number), "current"));
    CHECK(text.find(R"("emitted":[7])") != text.rfind(R"("emitted":[7])"));
}

TEST_CASE("parameters may be null or missing, as the methods have it", "[wire_trace]") {
    CHECK(trace(input(R"({"first_fetch": "1 hour"})", step("00:20", ""), "documented"))
              .find(R"("request_limit":null)") != std::string::npos);
    CHECK(trace(input(R"({"limit": 1, "look_back": null, "first_fetch": "1 hour"})",
                      step("00:20", ""), "documented"))
              .starts_with(R"([{"error":)"));
    CHECK(trace(input(R"({"limit": 1, "first_fetch": null})", step("00:20", ""), "current"))
              .starts_with(R"([{"error":)"));
    CHECK(trace(input(R"({"limit": 1, "timezone": 1.5, "first_fetch": "1 hour"})",
                      step("00:20", ""), "current"))
              .find(R"("end":"2024-01-01T01:30:20")") != std::string::npos);
}

TEST_CASE("input of another form is refused with its place", "[wire_trace]") {
    const auto [text, where] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"[]", ""},
        {"{}", "/revision"},
        {R"({"revision": "old"})", "/revision"},
        {R"({"revision": "current"})", "/params"},
        {R"({"revision": "current", "params": []})", "/params"},
        {input(R"({"limit": "5"})", ""), "/params/limit"},
        {input(R"({"limit": 18446744073709551615})", ""), "/params/limit"},
        {input("{}", step("00:20", R"({"incident_id": 18446744073709551615})")),
         "/steps/0/incidents_res/0/incident_id"},
        {input(R"({"look_back": 1.5})", ""), "/params/look_back"},
        {input(R"({"first_fetch": 7})", ""), "/params/first_fetch"},
        {input(R"({"timezone": "UTC"})", ""), "/params/timezone"},
        {R"({"revision": "current", "params": {}})", "/steps"},
        {input("{}", "7"), "/steps/0"},
        {input("{}", R"({"now": "soon", "incidents_res": []})"), "/steps/0/now"},
        {input("{}", R"({"now": "2024-01-01T00:00:00Z"})"), "/steps/0/incidents_res"},
        {input("{}", step("00:20", R"({"created": "x"})")), "/steps/0/incidents_res/0/incident_id"},
        {input("{}", step("00:20", R"({"incident_id": null})")),
         "/steps/0/incidents_res/0/incident_id"},
    }));
    CAPTURE(text);
    CHECK(refusal(text).where == where);
}
