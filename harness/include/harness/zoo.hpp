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

/// Whether the product has a policy of that name; some of them are in the zoo, too.
bool is_policy(std::string_view name);

/// A fetcher and what it is held to.
struct NamedFetcher {
    const fetcher::Policy& policy;
    Contract contract;
};

/// The policy of that name, or else the member of the zoo. Throws xdr::Error, which lists the
/// names, if there is none.
NamedFetcher find_fetcher(std::string_view name);

}  // namespace harness
