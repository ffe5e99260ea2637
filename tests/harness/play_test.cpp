#include "harness/play.hpp"

#include <algorithm>

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Trace played(const std::string& keys, std::string_view policy = "complete") {
    const mockxdr::Scenario spec = scenario(keys);
    return play(
        {.scenario = spec, .policy = fetcher::policy(policy), .contract = contract_of(policy)},
        direct_link());
}

const std::string one = R"("incidents": [{"id": "1", "created": "10s"}])";

std::string with_crash(const std::string& crash) {
    return one + R"(, "fetch": {"runs": 2, "first_fetch": "1h", "look_back": "5m"},
                     "faults": [{"run": 1, "crash": ")" +
           crash + "\"}]";
}

std::vector<std::size_t> batch_sizes(const Trace& trace) {
    std::vector<std::size_t> sizes;
    for (const RunRecord& run : trace.runs) sizes.push_back(run.emitted.size());
    return sizes;
}

}  // namespace

TEST_CASE("runs start every interval after the start, and a drain follows", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"every": "30s", "runs": 3})");
    REQUIRE(trace.runs.size() == 6);
    CHECK(trace.drain_runs == 3);
    for (const RunRecord& run : trace.runs) {
        CHECK(run.started == noon + run.number * 30s);
        CHECK(run.drain == (run.number > 3));
        CHECK(run.saved);
    }
}

TEST_CASE("a crash before emitting leaves no mark", "[play]") {
    const Trace trace = played(with_crash("before_emit"));
    CHECK(batch_sizes(trace) == std::vector<std::size_t>{0, 1, 0, 0, 0});
    CHECK_FALSE(trace.runs[0].saved);
    CHECK(trace.runs[0].disturbed);
}

TEST_CASE("a crash after emitting repeats the batch", "[play]") {
    const Trace trace = played(with_crash("after_emit"));
    CHECK(batch_sizes(trace) == std::vector<std::size_t>{1, 1, 0, 0, 0});
    CHECK_FALSE(trace.runs[0].saved);
}

TEST_CASE("a save that is lost repeats the batch, though the run did not fail to emit", "[play]") {
    const Trace trace = played(with_crash("lost_save"));
    CHECK(batch_sizes(trace) == std::vector<std::size_t>{1, 1, 0, 0, 0});
    CHECK_FALSE(trace.runs[0].saved);
    CHECK(trace.runs[0].disturbed);
}

TEST_CASE("an older last run comes back before the run that says so", "[play]") {
    const Trace trace = played(
        R"("incidents": [{"id": "1", "created": "10s"}, {"id": "2", "created": "70s"}],
           "fetch": {"runs": 4, "first_fetch": "1h", "look_back": "5m"},
           "faults": [{"run": 3, "restore": 1}])");
    CHECK(batch_sizes(trace) == std::vector<std::size_t>{1, 1, 1, 0, 0, 0, 0});
    CHECK(trace.runs[2].emitted == std::vector<IncidentId>{IncidentId("2")});
    CHECK(trace.runs[2].restored == 1);
    CHECK(trace.unfired.empty());
}

TEST_CASE("a run may begin late, or not at all", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"runs": 4, "first_fetch": "1h", "polls": [
        {"run": 1, "late": "20s"}, {"run": 2, "missed": true}, {"run": 4, "late": "3m"}]})");
    std::vector<std::pair<std::int64_t, TimePoint>> began;
    for (const RunRecord& run : trace.runs) began.emplace_back(run.number, run.started);
    const TimePoint start = trace.runs[1].started - 3min;
    REQUIRE(began.size() == 6);
    CHECK(began[0] == std::pair(std::int64_t{1}, start + 80s));
    CHECK(began[1] == std::pair(std::int64_t{3}, start + 3min));
    CHECK(began[2] == std::pair(std::int64_t{4}, start + 7min));
    CHECK(began[3] == std::pair(std::int64_t{5}, start + 7min));
    CHECK(trace.runs[3].drain);
}

TEST_CASE("a restore of what was never saved does not fire", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"runs": 3, "first_fetch": "1h"},
        "faults": [{"run": 2, "reply": {"cut": true}}, {"run": 3, "restore": 1}])");
    CHECK(trace.unfired == std::vector<std::size_t>{1});
    CHECK_FALSE(trace.runs[2].restored);
}

TEST_CASE("a run keeps to the budget of the scenario, and the next one goes on", "[play]") {
    const Trace trace = played(
        R"("incidents": [{"id": "{n}", "created": "1s", "repeat": 9, "spacing": "1s"}],
           "server": {"page_cap": 3},
           "fetch": {"runs": 6, "first_fetch": "1h", "look_back": "5m", "max_requests": 2})");
    for (const RunRecord& run : trace.runs) {
        CHECK(run.max_requests == 2);
        CHECK(std::count_if(trace.requests.begin(), trace.requests.end(),
                            [&](const auto& one) { return one.run == run.number; }) <= 2);
    }
    CHECK(trace.runs.front().spent);
    CHECK(trace.runs.front().emitted.size() == 5);
}

TEST_CASE("a run that reads to the end with its last request has not ended early", "[play]") {
    for (const std::string_view policy : {"complete", "cursor-latest"}) {
        const Trace trace = played(
            one + R"(, "fetch": {"runs": 2, "first_fetch": "1h", "max_requests": 1})", policy);
        for (const RunRecord& run : trace.runs) CHECK_FALSE(run.spent);
    }
}

TEST_CASE("the server's clock is told as the scenario says", "[play]") {
    const std::string keys = R"("incidents": [{"id": "1", "created": "10s", "stamped_ahead": "1d"},
           {"id": "2", "created": "5m"}],
           "fetch": {"runs": 8, "first_fetch": "1h", "look_back": "5m"})";
    // The guard knows by the header that 1 is from the future, so 2 is not passed by.
    const Trace right = played(keys);
    CHECK(right.runs[4].emitted == std::vector<IncidentId>{IncidentId("2")});
    // With a clock that agrees with 1 nothing warns the fetcher.
    const Trace wrong = played(keys + R"(, "server": {"clock": [{"from": "0s", "offset": "2d"}]})");
    CHECK(wrong.runs[4].emitted.empty());
}

TEST_CASE("a crash after saving changes nothing", "[play]") {
    const Trace trace = played(with_crash("after_save"));
    CHECK(batch_sizes(trace) == std::vector<std::size_t>{1, 0, 0, 0, 0});
    CHECK(trace.runs[0].saved);
    CHECK_FALSE(trace.runs[0].disturbed);
    CHECK(trace.unfired.empty());
}

TEST_CASE("a fault fails its run, and is off in the drain", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"runs": 2},
        "faults": [{"from": "2m", "until": "1h", "reply": {"reset": true}}])");
    CHECK(trace.runs[1].disturbed);
    CHECK(trace.runs[1].failure == "a request failed");
    CHECK(trace.requests[1].failure == "connection reset");
    CHECK(trace.requests[1].injected);
    for (std::size_t i = 2; i < trace.runs.size(); ++i) CHECK(trace.runs[i].failure.empty());
}

TEST_CASE("a fault that finds no request has not fired", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"runs": 2},
        "faults": [{"request": 50, "reply": {"reset": true}}])");
    CHECK(trace.unfired == std::vector<std::size_t>{0});
}

TEST_CASE("latency lets time pass with each request", "[play]") {
    const Trace trace = played(R"("server": {"page_cap": 2, "latency": "1s"},
        "fetch": {"runs": 1, "first_fetch": "1h"},
        "incidents": [{"repeat": 3, "id": "{n}", "created": "1s", "spacing": "1s"}])");
    REQUIRE(trace.requests.size() >= 2);
    CHECK(trace.requests[0].at == noon + 1min);
    CHECK(trace.requests[1].at == noon + 1min + 1s);
    CHECK(trace.runs[0].ended > trace.runs[0].started);
}

TEST_CASE("settings and the client's clock change when the scenario says so", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"runs": 3, "limit": 5, "look_back": "1m",
        "client_clock": [{"from": "2m", "offset": "10m"}, {"from": "3m", "offset": "-1h"}],
        "changes": [{"at": "2m", "look_back": "3m"}, {"at": "3m", "limit": 7}]})");
    CHECK(trace.runs[0].client_now == noon + 1min);
    CHECK(trace.runs[1].client_now == noon + 12min);
    CHECK(trace.runs[2].client_now == noon + 3min - 1h);
    CHECK(trace.runs[0].look_back == 1min);
    CHECK(trace.runs[1].look_back == 3min);
    CHECK(trace.runs[1].limit == 5);
    CHECK(trace.runs[2].limit == 7);
}

TEST_CASE("a fetcher that refuses its parameters fails every run", "[play]") {
    const Trace trace = played(one + R"(, "fetch": {"runs": 1, "look_back": "30s"})", "documented");
    CHECK_FALSE(trace.runs[0].failure.empty());
    CHECK_FALSE(trace.runs[0].disturbed);
    CHECK(trace.requests.empty());
}

TEST_CASE("a server that refuses the page size fails the run, without a fault's excuse", "[play]") {
    // What happens to a client that lets its limit grow past what the API accepts.
    class Greedy final : public fetcher::Policy {
        class Run final : public fetcher::Run {
            fetcher::Step begin() override {
                fetcher::PageRequest request;
                request.search_to = 150;
                return request;
            }
            fetcher::Step on_page(const fetcher::Page&) override { return fetcher::Batch{}; }
        };

       public:
        std::string_view name() const override { return "greedy"; }
        std::unique_ptr<fetcher::Run> start(const fetcher::Parameters&, const fetcher::State&,
                                            TimePoint) const override {
            return std::make_unique<Run>();
        }
    };
    const mockxdr::Scenario spec = scenario(one);
    const Greedy greedy;
    const Result result =
        replay({.scenario = spec, .policy = greedy, .contract = Contract::window}, direct_link());
    CHECK(result.trace.runs[0].failure ==
          "Search size must fulfill the requirement: 0 < search_size <= 100");
    CHECK_FALSE(result.trace.runs[0].disturbed);
    CHECK(result.verdict.ids(Class::lost) == std::vector{IncidentId("1")});
}
