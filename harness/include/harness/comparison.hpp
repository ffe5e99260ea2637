#pragma once

#include <string>
#include <vector>

#include "harness/play.hpp"
#include "harness/zoo.hpp"

namespace harness {

/// How one policy did in one scenario.
struct ComparedRow {
    std::string file, policy;
    std::int64_t owed = 0, lost = 0, duplicated = 0, late = 0, excused = 0, unexpected = 0;
    std::vector<Millis> delays;  ///< from the moment queries see it to its first emission, sorted
    std::int64_t requests = 0;
};

ComparedRow compared(const std::string& file, const mockxdr::Scenario& scenario,
                     const NamedFetcher& fetcher, const Link& link);

/// A table of them, with the sums of each policy at its end where there are several scenarios.
std::string comparison_table(const std::vector<ComparedRow>& rows);

}  // namespace harness
