/// What the simulator costs, on one core.
///
/// usage: bench_simulator seeded SCHEDULES      random schedules against `complete`
///        bench_simulator published SCHEDULES   the same against a published revision
///        bench_simulator proof INCIDENTS POLLS all schedules up to that size
///        bench_simulator shrink FINDINGS       failures of a broken fetcher, made small
///
/// Prints one JSON object: how many of what it does, and the seconds of CPU time.
#include <ctime>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

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
        throw std::runtime_error("say seeded, published, proof or shrink, and how many");
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
