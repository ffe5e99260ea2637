// The simulation against the real thing: the same schedule as a scenario, over the mock itself.
#include "harness/sim/player.hpp"

#include <catch2/catch.hpp>

#include "harness/play.hpp"
#include "harness/sim/draw.hpp"
#include "harness/zoo.hpp"

using namespace harness;
using namespace harness::sim;

namespace {

/// What a play showed: the runs that emitted each incident, and what became of it.
struct Shown {
    std::vector<std::vector<std::string>> batches;
    std::vector<std::string> classes;
    std::int64_t owed = 0;

    friend bool operator==(const Shown&, const Shown&) = default;
};

std::string class_text(Class verdict, std::optional<Excuse> excuse) {
    return std::string(name_of(verdict)) +
           (verdict == Class::excused ? ": " + std::string(describe(*excuse)) : "");
}

Shown really(const Schedule& schedule, const fetcher::Policy& policy, Contract contract) {
    const mockxdr::Scenario scenario = to_scenario(schedule);
    const Result result =
        replay({.scenario = scenario, .policy = policy, .contract = contract}, direct_link());
    Shown out;
    for (const RunRecord& run : result.trace.runs) {
        out.batches.emplace_back();
        for (const IncidentId& id : run.emitted) out.batches.back().push_back(id.text());
    }
    for (const IncidentVerdict& verdict : result.verdict.incidents)
        out.classes.push_back(class_text(verdict.verdict, verdict.excuse));
    out.owed = result.verdict.owed;
    return out;
}

template <class Fetcher>
Shown simulated(const Schedule& schedule, const Fetcher& fetcher, Contract contract) {
    const World world(schedule);
    const Judge judge(schedule, world, contract);
    Player<Fetcher> player(schedule, world, judge, fetcher);
    Shown out;
    const Ruling ruling = player.play([&](const RunFacts& facts, const auto&) {
        out.batches.emplace_back();
        for (const Small::Id id : facts.emitted) out.batches.back().push_back(Small::name(id));
    });
    for (std::size_t i = 0; i < ruling.classes.size(); ++i)
        out.classes.push_back(class_text(ruling.classes[i], ruling.excuses[i]));
    out.owed = ruling.owed;
    return out;
}

std::ostream& operator<<(std::ostream& out, const Shown& shown) {
    for (const auto& batch : shown.batches) {
        out << "[";
        for (const std::string& id : batch) out << id << " ";
        out << "] ";
    }
    for (const std::string& text : shown.classes) out << "\n  " << text;
    return out << "\nowed " << shown.owed;
}

Schedule drawn(std::uint64_t seed, const Menu& menu = {}) {
    Seeded seeded(seed, static_cast<Mix>(seed % 3));
    return draw(seeded, menu);
}

constexpr int schedules = 3000;

}  // namespace

TEST_CASE("the simulation shows what the mock shows, for the product's sweep", "[sim]") {
    for (const std::string_view name : {"complete", "complete-modified"})
        for (std::uint64_t seed = 0; seed < schedules; ++seed) {
            const Schedule schedule = drawn(seed);
            const fetcher::TimeField field = name == "complete"
                                                 ? fetcher::TimeField::creation_time
                                                 : fetcher::TimeField::modification_time;
            const Shown mock = really(schedule, fetcher::policy(name), contract_of(name));
            const Shown sim = simulated(schedule, SweepFetcher(field), contract_of(name));
            INFO(name << ", seed " << seed << "\nmock " << mock << "\nsim " << sim);
            REQUIRE(mock == sim);
        }
}

TEST_CASE("the simulation shows what the mock shows, for any policy", "[sim]") {
    std::vector<std::pair<const fetcher::Policy*, Contract>> policies;
    for (const std::string_view name : fetcher::policy_names())
        policies.emplace_back(&fetcher::policy(name), contract_of(name));
    for (const ZooMember& member : zoo()) policies.emplace_back(member.policy, member.contract);
    for (const auto& [policy, contract] : policies)
        for (std::uint64_t seed = 0; seed < schedules / 5; ++seed) {
            const Schedule schedule = drawn(seed, {.whole_minutes = true});
            const Shown mock = really(schedule, *policy, contract);
            const Shown sim = simulated(schedule, PolicyFetcher(*policy), contract);
            INFO(policy->name() << ", seed " << seed << "\nmock " << mock << "\nsim " << sim);
            REQUIRE(mock == sim);
        }
}
