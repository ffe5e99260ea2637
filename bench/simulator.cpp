/// What the simulator costs, on one core.
///
/// usage: bench_simulator seeded SCHEDULES      random schedules against `complete`, judged twice
///        bench_simulator core SCHEDULES        the same, drawn before and judged by nobody: the
///                                              product's core and the simulated world
///        bench_simulator every SCHEDULES       the same with every run played, also those that
///                                              repeat an earlier one
///        bench_simulator published SCHEDULES   the same against a published revision
///        bench_simulator proof INCIDENTS POLLS all schedules up to that size
///        bench_simulator shrink FINDINGS       failures of a broken fetcher, made small
///
/// Prints one JSON object: how many of what it does, and the seconds of CPU time.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/sim/player.hpp"
#include "harness/sim/score.hpp"

namespace {

using namespace harness::sim;

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void require(bool right) {
    if (!right) throw std::runtime_error("the results are not what they must be");
}

template <class Act>
void report(Act act) {
    const double before = cpu_s();
    const std::string done = act();
    std::cout << "{" << done << R"(, "seconds": )" << cpu_s() - before << "}\n";
}

std::string random_runs(const std::string& name, std::uint64_t schedules) {
    const Subject fetcher = subject(name);
    const Summary found =
        explore(fetcher, {.seed = 1, .menu = menu_for(fetcher)}, 0, schedules, OnFailure::go_on);
    require(name != "complete" || found.failures == 0);
    return R"("runs": )" + std::to_string(found.runs);
}

/// Looks on and says nothing.
struct Nobody {
    int drains;

    static Tally begin() { return {}; }
    static void restored(Tally&, int) {}
    static void add(Tally&, const RunFacts&) {}
    static Ruling rule(const Tally&) { return {}; }
    int drain_runs() const { return drains; }
};

/// The product's sweep, whose every run is played.
struct EveryRun : SweepFetcher {
    using SweepFetcher::SweepFetcher;
    static constexpr bool repeats_itself = false;
};

/// What plays came to.
struct Played {
    std::uint64_t runs = 0, played = 0, emitted = 0;
    double seconds = 0;
};

/// Some schedules, drawn before and judged by nobody. A test counts what it takes, by its name.
template <class Fetcher>
[[gnu::noinline]] void play_all(const std::vector<Schedule>& schedules,
                                const std::vector<int>& drain_runs, Played& sum) {
    const Fetcher fetcher(fetcher::TimeField::creation_time);
    const double before = cpu_s();
    for (std::size_t i = 0; i < schedules.size(); ++i) {
        const World world(schedules[i]);
        const Nobody nobody{drain_runs[i]};
        Player<Fetcher, Nobody> player(schedules[i], world, nobody, fetcher);
        player.play([&](const RunFacts& run, const Tally&) { sum.emitted += run.emitted.size(); });
        sum.runs += player.runs();
        sum.played += player.played();
    }
    sum.seconds += cpu_s() - before;
}

template <class Fetcher>
std::string core_runs(std::uint64_t schedules) {
    constexpr std::uint64_t at_once = 10'000;
    const Subject complete = subject("complete");
    const Campaign campaign{.seed = 1, .menu = menu_for(complete)};
    Played sum;
    for (std::uint64_t first = 0; first < schedules; first += at_once) {
        std::vector<Schedule> drawn;
        std::vector<int> drain_runs;
        for (std::uint64_t i = first; i < std::min(schedules, first + at_once); ++i) {
            drawn.push_back(campaign.schedule(i));
            const World world(drawn.back());
            drain_runs.push_back(Judge(drawn.back(), world, harness::Contract::reach).drain_runs());
        }
        play_all<Fetcher>(drawn, drain_runs, sum);
    }
    const Summary judged = explore(complete, campaign, 0, schedules, OnFailure::go_on);
    require(sum.runs == judged.runs && sum.emitted >= judged.owed);
    require(Fetcher::repeats_itself || sum.played == sum.runs);
    return R"({"runs": )" + std::to_string(sum.runs) + R"(, "seconds": )" +
           std::to_string(sum.seconds) + "}";
}

std::string all_runs(const Scope& scope) {
    const Proof proof = prove(subject("complete"), scope);
    require(!proof.counterexample);
    return R"("runs": )" + std::to_string(proof.runs) + R"(, "played": )" +
           std::to_string(proof.played);
}

std::string made_small(std::uint64_t findings) {
    const Subject broken = subject("settles-by-this-run");
    std::uint64_t incidents = 0;
    for (std::uint64_t seed = 1; seed <= findings; ++seed) {
        const Campaign search{.seed = seed, .menu = menu_for(broken)};
        const auto finding = explore(broken, search, 0, 5000, OnFailure::stop).first;
        require(finding.has_value());
        incidents += shrunk(broken, search, *finding).schedule.incidents.size();
    }
    require(incidents <= 4 * findings);
    return R"("findings": )" + std::to_string(findings);
}

int bench(const std::vector<std::string>& words) {
    const std::string what = words.empty() ? "" : words[0];
    if (words.size() != (what == "proof" ? 3U : 2U))
        throw std::runtime_error("see the usage in bench/simulator.cpp");
    const auto number = [&](std::size_t at) { return std::stoull(words[at]); };
    if (what == "seeded")
        report([&] { return random_runs("complete", number(1)); });
    else if (what == "core")
        std::cout << core_runs<SweepFetcher>(number(1)) << "\n";
    else if (what == "every")
        std::cout << core_runs<EveryRun>(number(1)) << "\n";
    else if (what == "published")
        report([&] { return random_runs("current", number(1)); });
    else if (what == "proof")
        report([&] {
            return all_runs(
                {.incidents = static_cast<int>(number(1)), .polls = static_cast<int>(number(2))});
        });
    else if (what == "shrink")
        report([&] { return made_small(number(1)); });
    else
        throw std::runtime_error(
            "say seeded, core, every, published, proof or shrink, and how many");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return bench({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "bench_simulator: " << error.what() << "\n";
        return 1;
    }
}
