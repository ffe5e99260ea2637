#include "harness/sim/prove.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "harness/sim/campaign_text.hpp"
#include "harness/zoo.hpp"

using namespace harness;
using namespace harness::sim;

namespace {

constexpr auto full = Scope::Symmetry::full, reduced = Scope::Symmetry::reduced;

/// Calls `act` for each world of exactly this size.
template <class Act>
void each_world(int incidents, int polls, Scope::Symmetry symmetry, Contract contract, Act act) {
    const Menu menu = Scope::menu(incidents, polls, symmetry, contract);
    Odometer odometer;
    do {
        odometer.rewind();
        act(draw(odometer, menu));
    } while (odometer.advance());
}

/// Each way in which the polls of a world may go, told as hits.
template <class Act>
void each_fate(const Schedule& world, Act act) {
    const int polls = world.runs + 1;
    int fates = 1;
    for (int i = 0; i < polls; ++i) fates *= 3;
    for (int fate = 0; fate < fates; ++fate) {
        Schedule schedule = world;
        int last = 0, rest = fate;
        for (int run = 1; run <= polls; ++run, rest /= 3) {
            if (rest % 3 == 0) continue;
            schedule.hits.push_back({.gap = static_cast<std::uint8_t>(run - last - 1),
                                     .kind = rest % 3 == 1 ? Schedule::Hit::status_500
                                                           : Schedule::Hit::crash_after_emit});
            last = run;
        }
        act(schedule);
    }
}

struct Counts {
    std::uint64_t schedules = 0, failures = 0, owed = 0;

    friend bool operator==(const Counts&, const Counts&) = default;
};

Counts one_by_one(const Subject& subject, int incidents, int polls) {
    Counts out;
    each_world(incidents, polls, reduced, subject.contract, [&](const Schedule& world) {
        each_fate(world, [&](const Schedule& schedule) {
            const Outcome outcome = outcome_of(subject, schedule);
            ++out.schedules;
            out.failures += outcome.worst.has_value();
            out.owed += static_cast<std::uint64_t>(outcome.ruling.owed);
        });
    });
    return out;
}

/// The classes of all incidents, whatever their names.
std::string signature(const Subject& subject, const Schedule& schedule) {
    std::vector<int> classes;
    for (const Class verdict : outcome_of(subject, schedule).ruling.classes)
        classes.push_back(static_cast<int>(verdict));
    std::sort(classes.begin(), classes.end());
    std::string out;
    for (const int verdict : classes) out += std::to_string(verdict);
    return out;
}

/// The same schedule with its incidents in the order of what its fetcher sorts by, those of one
/// moment as they were.
Schedule in_order(Schedule schedule, Contract contract) {
    const auto at = [&](const Schedule::Incident& incident) {
        return incident.slot + (contract == Contract::modified ? incident.match : 0);
    };
    std::stable_sort(schedule.incidents.begin(), schedule.incidents.end(),
                     [&](const auto& a, const auto& b) { return at(a) < at(b); });
    return schedule;
}

}  // namespace

TEST_CASE("paths that come to one point are counted as if each were played", "[sim]") {
    for (const std::string_view name : {"complete", "complete-modified", "documented", "current",
                                        "save-before-emit", "ids-pruned-1ms-early"}) {
        const Subject any = subject(name);
        // The last size alone: what the smaller ones add is subtracted.
        Proof before, whole;
        const Proof proof = prove(any, {.incidents = 2, .polls = 2}, [&](const Proof& so_far) {
            before = whole;
            whole = so_far;
        });
        INFO(name);
        const int incidents =
            proof.counterexample ? static_cast<int>(proof.counterexample->incidents.size()) : 2;
        const int polls = proof.counterexample ? proof.counterexample->runs + 1 : 2;
        const Counts merged{.schedules = whole.schedules - before.schedules,
                            .failures = whole.failures - before.failures,
                            .owed = whole.owed - before.owed};
        CHECK(merged == one_by_one(any, incidents, polls));
    }
}

TEST_CASE("leaving out other names of the same schedule hides no failure", "[sim]") {
    for (const std::string_view name : {"complete", "complete-modified", "documented", "current",
                                        "newest-first", "ids-at-the-cursor"}) {
        const Subject any = subject(name);
        std::uint64_t worlds = 0;
        each_world(3, 1, full, any.contract, [&](const Schedule& world) {
            ++worlds;
            const Schedule canonical = in_order(world, any.contract);
            INFO(name);
            REQUIRE(signature(any, world) == signature(any, canonical));
        });
        CHECK(worlds == 4 * 12 * 12 * 12);
    }
}

TEST_CASE("the reduced worlds are those in order, of creation or of modification", "[sim]") {
    for (const Contract contract : {Contract::reach, Contract::modified}) {
        std::uint64_t expected = 0, met = 0;
        each_world(2, 2, full, contract,
                   [&](const Schedule& world) { expected += in_order(world, contract) == world; });
        each_world(2, 2, reduced, contract, [&](const Schedule& world) {
            ++met;
            CHECK(in_order(world, contract) == world);
        });
        CHECK(met == expected);
    }
}

TEST_CASE("a scope says how many schedules it stands for", "[sim]") {
    const Scope scope{.incidents = 2, .polls = 2, .symmetry = full};
    const Proof proof = prove(subject("complete"), scope);
    CHECK(proof.schedules == scope.all_schedules());
    CHECK(proof.failures == 0);
    CHECK(proof.owed > 0);
    CHECK(proof.played < proof.runs);
}

TEST_CASE("both published revisions are refuted at the smallest size, by a schedule that fails",
          "[sim]") {
    CHECK(prove(subject("current"), {.incidents = 3, .polls = 3}).worst == Class::lost);
    const Subject documented = subject("documented");
    const Proof proof = prove(documented, {.incidents = 3, .polls = 3});
    REQUIRE(proof.counterexample);
    CHECK(proof.counterexample->incidents.size() == 2);
    CHECK(proof.counterexample->runs + 1 == 3);
    CHECK(outcome_of(documented, *proof.counterexample).worst == proof.worst);
    CHECK(proof_text(documented, {}, proof).find("REFUTED at 2 incidents and 3 polls") !=
          std::string::npos);
}

TEST_CASE("a scope of two incidents and two polls refutes these broken fetchers", "[sim]") {
    std::set<std::string> refuted;
    for (const ZooMember& member : zoo())
        if (prove(subject(member.policy->name()), {.incidents = 2, .polls = 2}).counterexample)
            refuted.insert(std::string(member.policy->name()));
    CHECK(refuted == std::set<std::string>{"cursor-latest",
                                           "cursor-now",
                                           "exclusive-start",
                                           "frontier-at-the-newest",
                                           "ids-at-the-cursor",
                                           "ids-cleared-by-an-empty-run",
                                           "ids-of-the-last-batch-only",
                                           "latest-plus-1ms",
                                           "limit-before-dedup",
                                           "look-back-in-the-wrong-unit",
                                           "modified-plus-1ms",
                                           "newest-first",
                                           "no-dedup",
                                           "no-look-back",
                                           "now-though-the-limit-cut",
                                           "offset-across-runs",
                                           "one-poll-too-short",
                                           "reach-from-now",
                                           "save-before-emit",
                                           "the-later-start",
                                           "wall-clock-cursor"});
}
