#pragma once

#include <string>
#include <vector>

#include "harness/play.hpp"

namespace harness {

/// The exit codes of the commands, in docs/scenarios.md.
enum class Exit {
    ok = 0,
    failed = 1,
    usage = 2,
    lost = 10,
    duplicated = 11,
    late = 12,
    vacuous = 13,
    nondeterminism = 14,
    survived = 15,  ///< a broken fetcher was not caught
    unknown = 16,
};

/// The worse of two: 1, 2, 14, 10, 11, 12, 15, 16, 13, 0 in this order.
Exit worst(Exit a, Exit b);

/// How one fetcher did in one scenario, against what the file expects of it.
struct Judgement {
    Exit exit = Exit::ok;
    bool judged = true;                    ///< false: the file expects nothing of this policy
    std::vector<std::string> differences;  ///< what is not as expected, one sentence each
};

/// `complete` is expected to be clean where the file says nothing; other policies are then reported
/// and not judged.
Judgement compare(const mockxdr::Scenario& scenario, const std::string& policy,
                  const Result& result);

}  // namespace harness
