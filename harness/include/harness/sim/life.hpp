#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "harness/sim/schedule.hpp"

namespace harness::sim {

inline constexpr Ms never = std::numeric_limits<Ms>::max();

/// What queries see of one incident as long as they match it: a single stretch of time, in which
/// its modification time may change, and its creation time once.
struct Life {
    struct Sighting {
        Ms from = 0;      ///< from then on
        Ms modified = 0;  ///< its modification_time
    };

    static constexpr std::size_t most_sightings = 5;

    Ms created = 0;  ///< its creation_time at `from`
    Ms from = never,
       until = never;  ///< seen and matching in [from, until); never seen: from == never
    Ms moved = never;  ///< from then on its creation_time is `created_later`
    Ms created_later = 0;
    List<Sighting, most_sightings> sightings;  ///< in order, the first at `from`
    /// When sightings begin and when the last one ends, in order, then `last_tick`: never.
    Ticks<8> changes;
    static_assert(most_sightings < 8);
    bool hidden = false;

    Life() { changes.fill(last_tick); }

    /// A part of it in which its creation_time stays, numbered from 0 (ADR 0015).
    struct Stint {
        Ms from = 0, until = 0, created = 0;
    };

    int stints() const { return moved == never ? 1 : 2; }
    int stint_at(Ms now) const { return now < moved ? 0 : 1; }
    Stint stint(int number) const {
        if (number > 0) return {.from = moved, .until = until, .created = created_later};
        return {.from = from, .until = std::min(until, moved), .created = created};
    }

    bool is_seen() const { return from != never; }
    bool is_there(Ms now) const { return from <= now && now < until; }
    Ms created_at(Ms now) const { return now < moved ? created : created_later; }
};

/// Values of Schedule::ties.
inline constexpr std::uint8_t by_id = 0, shuffled = 2;

/// A schedule laid out in time: what the world does, whoever looks.
struct World {
    explicit World(const Schedule& schedule);

    List<Life, most_incidents> lives;
    /// Ids by creation_time as it is first seen, then by id.
    List<std::uint8_t, most_incidents> oldest_first;
    unsigned hidden = 0;  ///< by incident, a bit each: those that are, as `lives` say
    bool moves = false;   ///< the creation_time of some does
    Ms latency = 0;
    std::int64_t page_cap = 0, count_off = 0, count_cap = never;
    std::uint8_t ties = 0;  ///< as Schedule::ties
    std::uint64_t seed = 1;
    Ms clock_from = never, clock_offset = 0;  ///< of the header `Date`

    /// The `Date` of a reply: whole seconds.
    TimePoint date(Ms now) const {
        // Long after 1970: without a sign it takes half as long.
        const auto shown = static_cast<std::uint64_t>(clock_from <= now ? now + clock_offset : now);
        return TimePoint{Millis{shown - shown % 1000}};
    }

    /// Until when queries see what they see at `now`, and the server's clock goes on as it does.
    Ms quiet_until(Ms now) const;

   private:
    /// `created`: what each has of creation_time when it is first seen.
    void sort(const Ticks<most_incidents>& created);
};

}  // namespace harness::sim
