#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "fetcher/policy.hpp"

namespace fetcher {

/// Why a request brought no page.
struct RequestFailed {
    std::string why;
    bool has_none = false;  ///< the API itself says that there is no such thing, today or later
};

/// A request as an error names it: its rows, its bounds of time, and whether the newest come first.
std::string describe(const PageRequest& request);

/// Where pages come from: the one way out of the core.
class Source {
   public:
    virtual ~Source() = default;
    virtual std::variant<Page, RequestFailed> fetch(const PageRequest& request) = 0;
};

using Outcome = std::variant<Batch, Failed>;

/// Drives one run to its end: answers its requests from `source`. A request that fails, or more
/// than `most_requests` of them, fails the run.
Outcome drive(Run& run, Source& source, std::int64_t most_requests = 100'000);

}  // namespace fetcher
