/// What the simulator costs, on one core: seeded runs, exhaustive runs, and making a finding small.
///
/// usage: bench_simulator SCHEDULES INCIDENTS POLLS
///
/// Prints one JSON object; seconds are CPU time.
#include <ctime>
#include <iostream>
#include <string>

#include "harness/sim/score.hpp"

namespace {

using namespace harness::sim;

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class Act>
double spent_s(Act act) {
    const double before = cpu_s();
    act();
    return cpu_s() - before;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: bench_simulator SCHEDULES INCIDENTS POLLS\n";
        return 2;
    }
    const Subject complete = subject("complete"), current = subject("current");
    const Campaign campaign{.seed = 1, .menu = menu_for(complete)};
    Summary seeded, published;
    const double seeded_s = spent_s(
        [&] { seeded = explore(complete, campaign, 0, std::stoull(argv[1]), OnFailure::go_on); });
    const double published_s = spent_s([&] {
        published = explore(current, {.seed = 1, .menu = menu_for(current)}, 0,
                            std::stoull(argv[1]) / 20, OnFailure::go_on);
    });
    Proof proof;
    const double proof_s = spent_s([&] {
        proof = prove(complete, {.incidents = std::stoi(argv[2]), .polls = std::stoi(argv[3])});
    });
    const Subject broken = subject("settles-by-this-run");
    const Campaign search{.seed = 1, .menu = menu_for(broken)};
    const auto finding = explore(broken, search, 0, 5000, OnFailure::stop).first;
    if (!finding || seeded.failures > 0 || proof.counterexample) {
        std::cerr << "bench_simulator: the results are not what they must be\n";
        return 1;
    }
    const double shrink_s = spent_s([&] { shrunk(broken, search, *finding); });
    std::cout << R"({"seeded_runs": )" << seeded.runs << R"(, "seeded_s": )" << seeded_s
              << R"(, "published_runs": )" << published.runs << R"(, "published_s": )"
              << published_s << R"(, "proof_runs": )" << proof.runs << R"(, "proof_played": )"
              << proof.played << R"(, "proof_s": )" << proof_s << R"(, "shrink_ms": )"
              << shrink_s * 1000 << "}\n";
    return 0;
}
