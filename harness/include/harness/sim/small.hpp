#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <string>

#include "fetcher/page.hpp"
#include "harness/sim/list.hpp"
#include "harness/sim/ticks.hpp"

namespace harness::sim {

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

    /// The time of each after the first tick, 0 for what is not there: branches could not be
    /// foreseen.
    template <class>
    struct Ids {
        std::array<Tick, most_incidents> at{};

        friend bool operator==(const Ids& a, const Ids& b) {
            Tick differs = 0;
            for (std::size_t i = 0; i < most_incidents; ++i) differs |= a.at[i] ^ b.at[i];
            return differs == 0;
        }
    };

    template <class Seen>
    static bool has(const Ids<Seen>& ids, Id id) {
        return ids.at[id] != 0;
    }

    template <class Seen>
    static void add(Ids<Seen>& ids, const Seen& seen) {
        assert(ids.at[seen.id] == 0);
        ids.at[seen.id] = after_first(seen.at);
    }

    /// They have none in common: of each, one is 0.
    template <class Seen>
    static Ids<Seen> merged(const Ids<Seen>& a, const Ids<Seen>& b) {
        Ids<Seen> out;
        for (std::size_t i = 0; i < most_incidents; ++i) out.at[i] = a.at[i] | b.at[i];
        return out;
    }

    template <class Seen>
    static void forget_before(Ids<Seen>& ids, TimePoint at) {
        const Tick least = after_first(at);
        for (Tick& one : ids.at) one = one >= least ? one : 0;
    }

    static Tick after_first(TimePoint at) { return tick_of(at) - first_tick + 1; }

    static std::string name(Id id) { return std::to_string(id + 1); }
};

using Page = fetcher::PageOf<Small>;

}  // namespace harness::sim
