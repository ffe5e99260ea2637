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

/// The product's sweep, which counts how often it really runs.
class Counting : public SweepFetcher {
   public:
    using SweepFetcher::SweepFetcher;

    template <class Ask>
    Ended run(const RunInput& input, const State& state, Ask&& ask, Emitted& batch,
              State& next) const {
        ++played;
        return SweepFetcher::run(input, state, ask, batch, next);
    }

    mutable std::uint64_t played = 0;
};

/// The product's sweep with every run played, also those that repeat an earlier one.
class Tireless : public SweepFetcher {
   public:
    using SweepFetcher::SweepFetcher;
    static constexpr bool repeats_itself = false;
};

/// All that a play tells of its runs.
template <class Fetcher>
std::string account_of(const Schedule& schedule, const Fetcher& fetcher, Contract contract) {
    const World world(schedule);
    const Judge judge(schedule, world, contract);
    Player<Fetcher> player(schedule, world, judge, fetcher);
    std::ostringstream out;
    player.play([&](const RunFacts& run, const Tally& tally) {
        out << run.number << " " << run.started - start_ms << " to " << run.ended - start_ms
            << " limit " << run.limit << " look_back " << run.look_back
            << (run.disturbed ? " disturbed" : "") << (run.saved ? " saved" : "")
            << (run.spent ? " spent" : "") << " emitted";
        for (const Small::Id id : run.emitted) out << " " << Small::name(id);
        for (const Tally::Mark& mark : tally.marks) out << ", " << mark.chances;
        out << "\n";
    });
    for (std::size_t i = 0; i < situation_count; ++i)
        if (player.situations().has(static_cast<Situation>(i))) out << floors().at(i).name << "\n";
    out << player.runs() << " runs";
    return out.str();
}

/// All that queries see at a moment.
std::vector<Small::Row> shown_at(const World& world, Ms now, fetcher::TimeField field) {
    fetcher::PageRequest all;
    all.field = field;
    View view(world);
    std::vector<Small::Row> out;
    for (Matches left = view.match(all, now); !left.empty(); left.drop_first())
        out.push_back(left.first());
    return out;
}

}  // namespace

TEST_CASE("runs that repeat an earlier one come to what playing them does", "[sim]") {
    // In long lives with little happening the state that a cycle left is played on from.
    const Menu long_lives{.least_incidents = 2,
                          .most_incidents = 6,
                          .most_slot = 59,
                          .most_delay = 20,
                          .most_match = 20,
                          .most_hits = 8,
                          .most_gap = 6,
                          .least_runs = 20,
                          .most_runs = 30,
                          .most_change_run = 25};
    using fetcher::TimeField;
    for (const TimeField field : {TimeField::creation_time, TimeField::modification_time}) {
        const Contract contract =
            field == TimeField::creation_time ? Contract::reach : Contract::modified;
        for (std::uint64_t seed = 0; seed < 8 * schedules; ++seed)
            for (const Menu& menu : {Menu{}, long_lives}) {
                const Schedule schedule = drawn(seed, menu);
                INFO("seed " << seed << ", " << menu.most_runs << " runs");
                REQUIRE(account_of(schedule, SweepFetcher(field), contract) ==
                        account_of(schedule, Tireless(field), contract));
            }
    }
}

TEST_CASE("most runs of a drain are not played", "[sim]") {
    std::uint64_t played = 0, runs = 0;
    for (std::uint64_t seed = 0; seed < schedules; ++seed) {
        const Schedule schedule = drawn(seed);
        const World world(schedule);
        const Judge judge(schedule, world, Contract::reach);
        const Counting counting(fetcher::TimeField::creation_time);
        Player<Counting> player(schedule, world, judge, counting);
        player.play([](const RunFacts&, const Tally&) {});
        REQUIRE(player.played() == counting.played);
        played += player.played();
        runs += player.runs();
    }
    CHECK(played * 100 < runs * 60);
}

TEST_CASE("a fetcher whose clock says less than it has seen is not taken to repeat itself",
          "[sim]") {
    const TimePoint noon{Millis{start_ms}};
    SweepFetcher::State state;
    state.is_new = false;
    REQUIRE(SweepFetcher::knows_only_past(state, noon));
    state.last_run.newest = noon;
    REQUIRE(SweepFetcher::knows_only_past(state, noon));
    state.last_run.newest = noon + Millis{1};
    REQUIRE_FALSE(SweepFetcher::knows_only_past(state, noon));
    REQUIRE_FALSE(SweepFetcher::knows_only_past(SweepFetcher::State{}, noon));
}

TEST_CASE("nothing changes in a world while it is said to be quiet", "[sim]") {
    const Ms step = slot.count() / 4;
    for (std::uint64_t seed = 0; seed < schedules; ++seed) {
        const World world(drawn(seed));
        for (int i = 0; i < 60; ++i) {
            const Ms now = start_ms + i * step;
            const Ms next = std::min(world.quiet_until(now) - 1, now + 40 * step);
            INFO("seed " << seed << ", " << now - start_ms << " to " << next - start_ms);
            const Ms shown = (world.date(next) - world.date(now)) / Millis{1};
            REQUIRE(std::abs(shown - (next - now)) < 1000);
            for (const auto field :
                 {fetcher::TimeField::creation_time, fetcher::TimeField::modification_time}) {
                REQUIRE(shown_at(world, now, field) == shown_at(world, next, field));
            }
        }
    }
}

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
