#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/sim/explore.hpp"

namespace harness::sim {

/// All schedules up to a size. Within it nothing is left to chance.
struct Scope {
    int incidents = 3;  ///< 1 to 6
    int polls = 3;      ///< 1 to 6

    enum class Symmetry { reduced, full };
    Symmetry symmetry = Symmetry::reduced;

    /// The worlds of exactly so many incidents and polls, for a fetcher of that contract.
    static Menu menu(int incidents, int polls, Symmetry symmetry, Contract contract);

    /// One line for each dimension: its name and its values.
    std::vector<std::string> dimensions() const;

    /// How many schedules there are without symmetry: what the reduced ones stand for.
    std::uint64_t all_schedules() const;
};

/// What an enumeration came to.
struct Proof {
    std::uint64_t worlds = 0;     ///< with limit and page cap
    std::uint64_t schedules = 0;  ///< worlds times what may happen to their polls
    std::uint64_t runs = 0;       ///< fetch runs of those schedules
    std::uint64_t played = 0;     ///< of these; the others share their past with one of them
    std::uint64_t owed = 0;       ///< obligations, over all schedules
    std::uint64_t failures = 0;   ///< schedules that failed: all of the smallest size that has one
    std::optional<Schedule> counterexample = {};  ///< the first of them
    std::optional<Class> worst = {};
};

/// Enumerates the scope from the smallest size on, and stops behind the first size that has a
/// counterexample. `tick` is called after each size with what was done so far.
Proof prove(const Subject& subject, const Scope& scope,
            const std::function<void(const Proof&)>& tick = {});

}  // namespace harness::sim
