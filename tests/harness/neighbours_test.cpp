#include "harness/neighbours.hpp"

#include <catch2/catch.hpp>

#include "harness/comparison.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

/// 101 is emitted; 102, indexed 40s late, meets an answer that 101 fills.
mockxdr::Scenario hidden_by_a_known_one() {
    return shipped_scenario(SCENARIO_FOLDER "/lookback/known-incident-fills-the-answer.json");
}

Failure failure_of(const mockxdr::Scenario& spec, std::string_view policy, const char* id,
                   Class verdict = Class::lost) {
    return {.scenario = spec,
            .policy = fetcher::policy(policy),
            .contract = contract_of(policy),
            .incident = IncidentId(id),
            .verdict = verdict};
}

bool holds(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("single changes are sorted into those that save, excuse or do not help", "[neighbours]") {
    const mockxdr::Scenario spec = hidden_by_a_known_one();
    const Result result = replay(
        {.scenario = spec, .policy = fetcher::policy("documented"), .contract = Contract::window},
        direct_link());
    REQUIRE(result.verdict.ids(Class::lost) == std::vector{IncidentId("102")});
    const Counterfactuals found = counterfactuals(failure_of(spec, "documented", "102"));
    CHECK(holds(found.saves, "limit 1 -> 2"));
    CHECK(holds(found.saves, "no incident 101"));
    CHECK(holds(found.saves, "102 indexed <= 30s late"));
    CHECK(holds(found.excuses, "look_back 0s"));
    CHECK(holds(found.no_help, "look_back 2m .. 2h1m"));
    CHECK(holds(found.no_help, "page_cap 100 -> up to 1600"));
}

TEST_CASE("what is said to save an incident saves it, to the millisecond", "[neighbours]") {
    mockxdr::Scenario spec = hidden_by_a_known_one();
    const auto lost = [&] {
        return replay({.scenario = spec,
                       .policy = fetcher::policy("documented"),
                       .contract = Contract::window},
                      direct_link())
            .verdict.count(Class::lost);
    };
    spec.incidents[1].indexed_after = 30s;
    CHECK(lost() == 0);
    spec.incidents[1].indexed_after = 30s + 1ms;
    CHECK(lost() == 1);
}

TEST_CASE("no more of a setting is said to save than was tried", "[neighbours]") {
    const mockxdr::Scenario spec =
        shipped_scenario(SCENARIO_FOLDER "/lookback/hidden-then-an-outage.json");
    const auto saves = counterfactuals(failure_of(spec, "documented", "102")).saves;
    const auto fate = [&](Millis look_back) {
        mockxdr::Scenario other = spec;
        other.fetch.look_back = look_back;
        const Result result = replay({.scenario = other,
                                      .policy = fetcher::policy("documented"),
                                      .contract = Contract::window},
                                     direct_link());
        const auto& verdicts = result.verdict.incidents;
        return std::find_if(verdicts.begin(), verdicts.end(),
                            [](const IncidentVerdict& one) { return one.id == IncidentId("102"); })
            ->verdict;
    };
    CHECK(holds(saves, "look_back 4m"));
    CHECK(holds(saves, "look_back 1m"));
    CHECK(fate(4min) == Class::once);
    CHECK(fate(5min) != Class::once);
    CHECK(fate(1min) == Class::once);
    CHECK(fate(0min) != Class::once);
}

TEST_CASE("a limit that a change sets is tried as well", "[neighbours]") {
    const mockxdr::Scenario spec = shipped_scenario(SCENARIO_FOLDER "/settings/limit-lowered.json");
    const Result result = replay(
        {.scenario = spec, .policy = fetcher::policy("documented"), .contract = Contract::window},
        direct_link());
    const std::string id = result.verdict.ids(Class::lost).at(0).text();
    const Counterfactuals found = counterfactuals(failure_of(spec, "documented", id.c_str()));
    CHECK(holds(found.saves, "limit from 3m30s on 2 -> 3"));
    CHECK(holds(found.no_help, "limit 50 -> up to 3200"));
}

TEST_CASE("of many incidents the nearest are left out, one by one", "[neighbours]") {
    mockxdr::Scenario spec = hidden_by_a_known_one();
    for (int i = 1; i <= 40; ++i)
        spec.incidents.push_back({.id = IncidentId("9" + std::to_string(i)), .created = i * 7min});
    const Counterfactuals found = counterfactuals(failure_of(spec, "documented", "102"));
    CHECK(holds(found.saves, "no incident 101"));
    CHECK(holds(found.no_help, "no incident 922"));
    CHECK_FALSE(holds(found.no_help, "no incident 923"));
}

TEST_CASE("the fault that is to blame is told from the one that is not", "[neighbours]") {
    // The cursor goes on from each run, also from one that failed after it emitted and saved
    // nothing.
    const mockxdr::Scenario spec = scenario(
        R"("fetch": {"runs": 4, "look_back": "0s", "first_fetch": "1h"},
           "incidents": [{"id": "A", "created": "70s"}, {"id": "B", "created": "3m10s"}],
           "faults": [{"run": 2, "crash": "lost_save"}, {"run": 4, "crash": "after_save"}])");
    const fetcher::Policy& policy = fetcher::policy("cursor-now");
    const Result result =
        replay({.scenario = spec, .policy = policy, .contract = Contract::window}, direct_link());
    REQUIRE(result.verdict.incidents[0].excuse == Excuse::repeated_by_crash);
    const Counterfactuals found =
        counterfactuals(failure_of(spec, "cursor-now", "A", Class::duplicated));
    CHECK(holds(found.saves, "no fault 0 (run 2)"));
    CHECK_FALSE(holds(found.saves, "no fault 1 (run 4)"));
    CHECK(holds(found.excuses, "no fault 1 (run 4)"));
}

TEST_CASE("a report has at most 25 lines, however long the story is", "[neighbours]") {
    mockxdr::Scenario spec = hidden_by_a_known_one();
    spec.fetch.runs = 200;
    for (int i = 1; i <= 40; ++i)
        spec.incidents.push_back({.id = IncidentId("9" + std::to_string(i)), .created = i * 7min});
    const std::string report = failure_report(failure_of(spec, "documented", "102"));
    CHECK(lines_of(report) <= 25);
    CHECK(report.starts_with("scenario  42 incidents, 200 polls, limit 1, look_back 1m"));
    CHECK(report.find("lost 102: created 2024-01-01T12:00:10Z") != std::string::npos);
    CHECK(report.find("one change that saves it") != std::string::npos);
}

TEST_CASE("the smallest settings are the ones below which something is lost", "[neighbours]") {
    const mockxdr::Scenario spec = hidden_by_a_known_one();
    const SmallestSettings documented =
        smallest_settings(spec, fetcher::policy("documented"), Contract::window);
    CHECK(documented.limit == 2);
    CHECK(documented.look_back == std::nullopt);
    // A shorter look_back owes less: what is only excused then is not had.
    const mockxdr::Scenario late = scenario(
        R"("fetch": {"runs": 8, "limit": 3, "look_back": "5m", "first_fetch": "1h"},
           "incidents": [{"id": "A", "created": "10s", "indexed_after": "4m"},
                         {"id": "B", "created": "2m10s"}])");
    const SmallestSettings complete =
        smallest_settings(late, fetcher::policy("complete"), Contract::reach);
    CHECK(complete.look_back == 4min);
    CHECK(complete.limit == 1);
}

TEST_CASE("policies stand beside each other with losses, delays and requests", "[comparison]") {
    const mockxdr::Scenario spec = hidden_by_a_known_one();
    std::vector<ComparedRow> rows;
    for (const std::string_view name : {"documented", "complete"})
        rows.push_back(compared("a.json", spec, find_fetcher(name), direct_link()));
    CHECK(rows[0].lost == 1);
    CHECK(rows[0].delays == std::vector<Millis>{20s});
    CHECK(rows[1].lost == 0);
    CHECK(rows[1].delays == std::vector<Millis>{10s, 20s});
    CHECK(rows[1].requests > 0);
    const std::string table = comparison_table(rows);
    CHECK(lines_of(table) == 3);
    rows.push_back(compared("b.json", spec, find_fetcher("complete"), direct_link()));
    CHECK(lines_of(comparison_table(rows)) == 4 + 1 + 2);
}
