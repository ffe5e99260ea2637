#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/sim/prove.hpp"
#include "harness/sim/shrink.hpp"

namespace harness::sim {

/// How well a broken fetcher is caught.
struct Score {
    std::string name;
    int trials = 0, survived = 0;
    double mean = 0;                  ///< schedules until caught
    std::uint64_t p95 = 0;            ///< the same, 95th percentile
    double incidents = 0, polls = 0;  ///< after shrinking, means
    std::optional<std::string> scope =
        {};  ///< smallest that catches it, such as `2 x 1`; or `none up to 3 x 2`
};

struct Trials {
    std::uint64_t seed = 1;
    int count = 50;
    std::uint64_t most_schedules = 5000;  ///< of a trial; then it has survived
    int shrinks = 5;
    Scope scope = {.incidents = 3, .polls = 2};
};

Score score(const Subject& subject, const Trials& trials);

/// A schedule in which the fetcher fails as it did in that finding, made smaller. Throws nothing; a
/// finding that does not fail is returned as it is.
Shrunk shrunk(const Subject& subject, const Campaign& campaign, const Finding& finding);

}  // namespace harness::sim
