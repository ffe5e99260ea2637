#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "fetcher/complete.hpp"
#include "fetcher/wire.hpp"
#include "generators.hpp"
#include "harness/play.hpp"
#include "harness/zoo.hpp"
#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

Result played(const mockxdr::Scenario& scenario, const fetcher::Policy& policy) {
    return replay({.scenario = scenario, .policy = policy, .contract = contract_of(policy.name())},
                  direct_link());
}

/// A plan that the policy accepts: the published functions count look_back in whole minutes.
Plan draw_plan_for(std::string_view policy, const Menu& menu = {}) {
    Plan plan = draw_plan(menu);
    if (policy == "documented" || policy == "current") {
        plan.look_back -= plan.look_back % 2;
        plan.changed_look_back -= plan.changed_look_back % 2;
    }
    return plan;
}

void show(const Plan& plan, const Result& result) {
    RC_LOG() << plan << "\n" << to_text(result.trace);
    for (const IncidentVerdict& verdict : result.verdict.incidents)
        RC_LOG() << verdict.id.text() << " " << name_of(verdict.verdict) << "\n";
}

void never_loses_never_repeats(const fetcher::Policy& policy, const Menu& menu = {}) {
    const Plan plan = draw_plan_for(policy.name(), menu);
    const mockxdr::Scenario scenario = lower(plan);
    const Result result = played(scenario, policy);
    show(plan, result);
    RC_ASSERT(result.verdict.ids(Class::lost).empty());
    RC_ASSERT(result.verdict.ids(Class::duplicated).empty());
    RC_ASSERT(result.verdict.ids(Class::late).empty());
    RC_ASSERT(result.verdict.ids(Class::unexpected).empty());
}

const fetcher::CompleteState* complete_state(const fetcher::State& state) {
    return std::get_if<fetcher::CompleteState>(&state);
}

std::vector<TimePoint> window_starts(const Trace& trace) {
    std::vector<TimePoint> starts;
    std::int64_t run = 0;
    for (const RequestRecord& request : trace.requests) {
        if (request.run == run) continue;
        run = request.run;
        for (const mockxdr::Filter& filter : request.query->filters)
            if (filter.op == mockxdr::Operator::gte)
                starts.push_back(std::get<TimePoint>(filter.value));
    }
    return starts;
}

std::vector<std::vector<IncidentId>> batches(const Trace& trace) {
    std::vector<std::vector<IncidentId>> out;
    for (const RunRecord& run : trace.runs) out.push_back(run.emitted);
    return out;
}

bool offered_throughout(const mockxdr::Scenario& scenario, const IncidentId& id,
                        const RunRecord& run) {
    const mockxdr::World world(scenario, scenario.start);
    for (const Offer& offer : offers(world, scenario.server, scenario.fetch.query))
        for (const Stretch& stretch : offer.stretches)
            if (offer.incident->id == id && stretch.from <= run.started &&
                run.ended < stretch.until)
                return true;
    return false;
}

/// A property must fail for what it is about, not for a generator that gave up or an exception.
bool names_the_loss(const PropertyResult& result) {
    return result.description.find("RC_ASSERT(result.verdict.ids(Class::") != std::string::npos;
}

}  // namespace

TEST_CASE("complete never loses and never repeats, whatever the schedule", "[property]") {
    for (const std::string_view name : {"complete", "complete-modified"})
        require_property(
            std::string(name) + " never loses and never repeats",
            [&] { never_loses_never_repeats(fetcher::policy(name)); }, 3000);
}

TEST_CASE("a run emits at most the limit, oldest first", "[property]") {
    for (const std::string_view name : {"complete", "documented", "current"})
        require_property(std::string(name) + " keeps limit and order", [&] {
            const Plan plan = draw_plan_for(name);
            const mockxdr::Scenario scenario = lower(plan);
            const Result result = played(scenario, fetcher::policy(name));
            show(plan, result);
            const mockxdr::World world(scenario, scenario.start);
            for (const RunRecord& run : result.trace.runs) {
                RC_ASSERT(static_cast<std::int64_t>(run.emitted.size()) <= run.limit);
                // While requests take time, a page may show what an earlier one could not.
                if (plan.latency != 0) continue;
                RC_ASSERT(std::is_sorted(run.emitted.begin(), run.emitted.end(),
                                         [&](const IncidentId& a, const IncidentId& b) {
                                             return world.find(a)->created < world.find(b)->created;
                                         }));
            }
        });
}

TEST_CASE("a run with a place left leaves nothing behind that it owed", "[property]") {
    for (const std::string_view name : {"complete", "complete-modified"})
        require_property(std::string(name) + " is prompt", [&] {
            const Plan plan = draw_plan();
            const mockxdr::Scenario scenario = lower(plan);
            const Result result = played(scenario, fetcher::policy(name));
            show(plan, result);
            for (const IncidentVerdict& verdict : result.verdict.incidents) {
                if (!verdict.owed_since || verdict.runs.empty()) continue;
                // No earlier good run saw it from beginning to end and had a place for it.
                for (const RunRecord& run : result.trace.runs) {
                    if (run.number >= verdict.runs.front()) break;
                    const bool missed = run.saved && run.started >= *verdict.owed_since &&
                                        static_cast<std::int64_t>(run.emitted.size()) < run.limit &&
                                        !run.spent;
                    RC_ASSERT_FALSE(missed && offered_throughout(scenario, verdict.id, run));
                }
            }
        });
}

TEST_CASE("complete keeps only ids that it can read again", "[property]") {
    require_property("the state is bounded", [] {
        const Plan plan = draw_plan();
        const mockxdr::Scenario scenario = lower(plan);
        const Result result = played(scenario, fetcher::policy("complete"));
        show(plan, result);
        std::optional<TimePoint> newest;
        for (const RunRecord& run : result.trace.runs) {
            const auto state = fetcher::state_from_json(run.state);
            const auto* complete = complete_state(state);
            if (!complete || !run.saved) continue;
            const auto frontier = complete->frontier.time_since_epoch();
            for (const auto& seen : complete->seen)
                RC_ASSERT(seen.at.time_since_epoch().count() >= frontier.count());
            // A run that read to the end follows the newest incident of the runs before.
            if (newest && static_cast<std::int64_t>(run.emitted.size()) < run.limit && !run.spent)
                RC_ASSERT(frontier.count() >= (*newest - run.look_back).time_since_epoch().count());
            // One that goes on later does so by twice look_back, or waits at what is not emitted.
            if (newest && complete->resume)
                RC_ASSERT(complete->frontier >=
                          std::min(complete->resume->position.at, *newest - 2 * run.look_back));
            newest = complete->newest;
        }
    });
}

TEST_CASE("the frontier of complete never moves back, and nothing is read below it", "[property]") {
    require_property("frontiers are monotone", [] {
        const Plan plan = draw_plan();
        const mockxdr::Scenario scenario = lower(plan);
        const Result result = played(scenario, fetcher::policy("complete"));
        show(plan, result);
        std::optional<TimePoint> frontier;
        for (const RunRecord& run : result.trace.runs) {
            for (const RequestRecord& request : result.trace.requests)
                if (frontier && request.run == run.number && request.query)
                    for (const mockxdr::Filter& filter : request.query->filters)
                        if (filter.op == mockxdr::Operator::gte)
                            RC_ASSERT(std::get<TimePoint>(filter.value) >= *frontier);
            const auto state = fetcher::state_from_json(run.state);
            const auto* complete = complete_state(state);
            if (!complete) continue;
            RC_ASSERT(!frontier || complete->frontier >= *frontier);
            frontier = complete->frontier;
        }
    });
}

TEST_CASE("raising look_back never loses what was fetched", "[property]") {
    require_property("raising look_back never loses", [] {
        const Plan plan = draw_plan({.removals = false, .changes = false});
        mockxdr::Scenario scenario = lower(plan);
        const fetcher::Policy& policy = fetcher::policy("complete");
        const Result shorter = played(scenario, policy);
        scenario.fetch.look_back += *rc::gen::inRange(0, 6) * 30s;
        const Result longer = played(scenario, policy);
        show(plan, longer);
        for (std::size_t i = 0; i < shorter.verdict.incidents.size(); ++i)
            if (shorter.verdict.incidents[i].owed)
                RC_ASSERT(!longer.verdict.incidents[i].runs.empty());
    });
}

TEST_CASE("shifting all times shifts the trace", "[property]") {
    for (const std::string_view name : fetcher::policy_names())
        require_property(std::string(name) + " does not care what day it is", [&] {
            const Plan plan = draw_plan_for(name);
            mockxdr::Scenario scenario = lower(plan);
            const fetcher::Policy& policy = fetcher::policy(name);
            const Result before = played(scenario, policy);
            const auto shift = *rc::gen::inRange(-100'000'000, 100'000'000) * 1s;
            scenario.start += shift;
            const Result after = played(scenario, policy);
            auto starts = window_starts(before.trace);
            for (TimePoint& start : starts) start += shift;
            RC_ASSERT(window_starts(after.trace) == starts);
            RC_ASSERT(batches(after.trace) == batches(before.trace));
            auto verdicts = before.verdict.incidents;
            for (IncidentVerdict& verdict : verdicts)
                if (verdict.owed_since) *verdict.owed_since += shift;
            RC_ASSERT(after.verdict.incidents == verdicts);
        });
}

TEST_CASE("renaming ids changes nothing", "[property]") {
    const auto renamed = [](const IncidentId& id) {
        return IncidentId("case-" + std::string(4 - id.text().size(), '0') + id.text());
    };
    for (const std::string_view name : fetcher::policy_names())
        require_property(std::string(name) + " does not care for names", [&] {
            const Plan plan = draw_plan_for(name);
            mockxdr::Scenario scenario = lower(plan);
            const fetcher::Policy& policy = fetcher::policy(name);
            const Result before = played(scenario, policy);
            for (auto& incident : scenario.incidents) incident.id = renamed(incident.id);
            for (auto& id : scenario.server.restricted) id = renamed(id);
            const Result after = played(scenario, policy);
            auto wanted = batches(before.trace);
            for (auto& batch : wanted)
                std::transform(batch.begin(), batch.end(), batch.begin(), renamed);
            RC_ASSERT(batches(after.trace) == wanted);
        });
}

TEST_CASE("the properties catch every member of the zoo", "[property][zoo]") {
    for (const ZooMember& member : zoo()) {
        // Plans have no times in the server's future; the simulator's schedules do.
        if (member.policy->name() == "no-guard-of-the-future") continue;
        const auto result = check_property(
            std::string(member.policy->name()) + " is broken",
            [&] { never_loses_never_repeats(*member.policy, {.budget = false}); }, 3000);
        INFO(member.policy->name() << ": " << member.slip);
        CHECK_FALSE(result.held);
        CHECK(names_the_loss(result));
    }
}

TEST_CASE("the properties find that the published revisions lose", "[property][zoo]") {
    for (const std::string_view name : {"documented", "current"}) {
        const auto result = check_property(
            std::string(name) + " loses or repeats",
            [&] { never_loses_never_repeats(fetcher::policy(name), {.budget = false}); }, 3000);
        INFO(name << "\n" << result.description);
        CHECK_FALSE(result.held);
        CHECK(names_the_loss(result));
    }
}

TEST_CASE("the line that reproduces a failure reproduces it", "[property]") {
    // In this process RC_PARAMS was read long ago; what matters is that the line names the case.
    const auto result = check_property(
        "never true", [] { RC_ASSERT(*rc::gen::inRange(0, 100) < 0); }, 10);
    CHECK_FALSE(result.held);
    CHECK(result.reproduce.starts_with("RC_PARAMS=\"reproduce="));
    CHECK(result.reproduce.size() > 30);
}
