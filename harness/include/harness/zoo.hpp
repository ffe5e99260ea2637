#pragma once

#include <string_view>
#include <vector>

#include "fetcher/policy.hpp"
#include "harness/verdict.hpp"

namespace harness {

/// A broken fetcher, and what is wrong with it. A harness that does not catch it is broken itself.
struct ZooMember {
    std::string_view slip;       ///< the mistake, in words
    std::string_view reference;  ///< where it was met
    const fetcher::Policy* policy = nullptr;
    Contract contract = Contract::window;  ///< what it is held to
};

/// All of them; the policy's name is the member's.
const std::vector<ZooMember>& zoo();

/// The member that must be caught first, in any campaign: it forgets everything.
const ZooMember& canary();

}  // namespace harness
