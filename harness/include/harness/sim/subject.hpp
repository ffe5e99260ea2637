#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "harness/sim/fetchers.hpp"

namespace harness::sim {

/// A fetcher under test, with what it is held to.
struct Subject {
    std::string name;
    Contract contract = Contract::reach;
    bool whole_minutes = false;  ///< it counts look_back in minutes
    std::variant<SweepFetcher, PolicyFetcher> fetcher;
};

/// The policy or member of the zoo of that name; `complete` and `complete-modified` play the
/// product's sweep itself. Throws xdr::Error, listing the names, for a name that is none.
Subject subject(std::string_view name);

/// A policy of the caller's, which must outlive it.
Subject subject(const fetcher::Policy& policy);

}  // namespace harness::sim
