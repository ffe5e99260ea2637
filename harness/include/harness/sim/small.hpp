#pragma once

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
        Ticks<most_incidents> at{};

        friend bool operator==(const Ids& a, const Ids& b) {
            FourTicks differs{};
            for (std::size_t i = 0; i < a.at.four.size(); ++i)
                differs |= a.at.four[i] ^ b.at.four[i];
            return (differs[0] | differs[1] | differs[2] | differs[3]) == 0;
        }
    };

    template <class Seen>
    static bool has(const Ids<Seen>& ids, Id id) {
        return ids.at[id] != 0;
    }

    template <class Seen>
    static void add(Ids<Seen>& ids, const Seen& seen) {
        assert(ids.at[seen.id] == 0);
        ids.at.set(seen.id, after_first(seen.at));
    }

    /// They have none in common: of each, one is 0.
    template <class Seen>
    static Ids<Seen> merged(const Ids<Seen>& a, const Ids<Seen>& b) {
        Ids<Seen> out;
        for (std::size_t i = 0; i < out.at.four.size(); ++i)
            out.at.four[i] = a.at.four[i] | b.at.four[i];
        return out;
    }

    template <class Seen>
    static void forget_before(Ids<Seen>& ids, TimePoint at) {
        const Tick least = after_first(at);
        for (FourTicks& four : ids.at.four) four &= four >= least;
    }

    static Tick after_first(TimePoint at) { return tick_of(at) - first_tick + 1; }

    static std::string name(Id id) { return std::to_string(id + 1); }
};

using Page = fetcher::PageOf<Small>;

}  // namespace harness::sim
