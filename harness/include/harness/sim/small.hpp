#pragma once

#include <cstdint>
#include <string>

#include "fetcher/sweep.hpp"
#include "harness/sim/list.hpp"
#include "xdr/time.hpp"

namespace harness::sim {

using xdr::Millis;
using xdr::TimePoint;

/// Most incidents of a schedule.
inline constexpr std::size_t most_incidents = 12;

/// The smallest things that the product's sweep runs on (fetcher::Sweep): ids are places in the
/// schedule, from 0.
struct Small {
    using Id = std::uint8_t;

    struct Row {
        Id incident_id;
        TimePoint creation_time, modification_time;

        friend bool operator==(const Row&, const Row&) = default;
    };

    template <class T>
    using List = sim::List<T, most_incidents>;

    /// Looks at all of them: so few are faster without a branch for each.
    template <class Seen>
    static bool has(const List<Seen>& seen, Id id) {
        bool found = false;
        for (const Seen& one : seen) found |= one.id == id;
        return found;
    }

    static std::string name(Id id) { return std::to_string(id + 1); }
};

using Page = fetcher::PageOf<Small>;

}  // namespace harness::sim
