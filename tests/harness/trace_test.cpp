#include "harness/trace.hpp"

#include "fetcher/policy.hpp"
#include "harness/play.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace harness;

TEST_CASE("a trace is text, a line for each thing that happened", "[trace]") {
    const mockxdr::Scenario world = scenario(R"(
        "fetch": {"runs": 2, "limit": 5, "look_back": "1m", "first_fetch": "1h",
                  "query": {"status": ["new"]},
                  "client_clock": [{"from": "2m", "offset": "1s"}]},
        "incidents": [{"id": "7", "created": "10s"}],
        "faults": [{"request": 2, "reply": {"status": 503}}])");
    const Trace trace = play(
        {.scenario = world, .policy = fetcher::policy("complete"), .contract = Contract::reach},
        direct_link());
    const std::string expected =
        R"(run 1 at 2024-01-01T12:01:00Z, limit 5, look_back 1m
  request 1 at 2024-01-01T12:01:00Z [status in (new), creation_time >= 2024-01-01T11:01:00Z] sort creation_time asc rows 0..100: 1 of 1: 7
  emitted 1: 7
  saved {"batch":1,"frontier":1704106860000,"newest":1704110410000,"seen":{"7":1704110410000},"sweep":"creation_time","version":1}
run 2 at 2024-01-01T12:02:00Z, its clock says 2024-01-01T12:02:01Z, limit 5, look_back 1m
  request 2 at 2024-01-01T12:02:00Z [status in (new), creation_time >= 2024-01-01T11:01:00Z] sort creation_time asc rows 0..100: failed: status 503
  failed: a request failed
  saved nothing
run 3 (drain) at 2024-01-01T12:03:00Z, its clock says 2024-01-01T12:03:01Z, limit 5, look_back 1m
  request 3 at 2024-01-01T12:03:00Z [status in (new), creation_time >= 2024-01-01T11:01:00Z] sort creation_time asc rows 0..100: 1 of 1: 7
  emitted 0:
  saved )";
    CHECK(to_text(trace).substr(0, expected.size()) == expected);
    CHECK(trace.drain_runs == 3);
    CHECK(trace.runs.size() == 5);
}

TEST_CASE("filters are described for a reader", "[trace]") {
    using mockxdr::FilterField;
    using mockxdr::Operator;
    CHECK(describe({{FilterField::starred, Operator::neq, true},
                    {FilterField::incident_id, Operator::eq, std::string("7")},
                    {FilterField::description, Operator::contains, std::string("x")},
                    {FilterField::creation_time, Operator::lte, TimePoint{}}}) ==
          "starred != true, incident_id = '7', description contains 'x', creation_time <= "
          "1970-01-01T00:00:00Z");
}
