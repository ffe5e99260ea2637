#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <functional>

#include "fetcher/page.hpp"
#include "harness/sim/life.hpp"

namespace harness::sim {

/// What queries see at any moment, in the order of one of the times, then of the ids. It is laid
/// out once: a request looks through all that ever is to be seen, many at a time.
class View {
   public:
    /// Rows in the order of a reply.
    using Rows = List<const Small::Row*, most_incidents>;

    explicit View(const World& world) : world_(world) {}

    struct Match {
        const Rows& rows;  ///< they stay until the next request
        bool on_edge;      ///< some are exactly at `gte`
    };

    /// What a request matches at `now`.
    Match match(const fetcher::PageRequest& request, Ms now) {
        if (rows_.empty() || request.field != field_) lay_out(request.field);
        const Window window{.now = tick_of(now),
                            .before = request.gte ? tick_of(*request.gte) - 1 : first_tick - 1,
                            .most = request.lte ? tick_of(*request.lte) : last_tick};
        matches_.clear();
        for (std::size_t first = 0; first < rows_.size(); first += Block::size)
            for (unsigned left = blocks_[first / Block::size].shown(window); left != 0;
                 left &= left - 1)
                matches_.push_back(
                    &rows_[first + static_cast<std::size_t>(std::countr_zero(left))]);
        const bool on_edge = !matches_.empty() && request.gte &&
                             fetcher::time_of(*matches_[0], field_) == *request.gte;
        return {.rows = matches_, .on_edge = on_edge};
    }

   private:
    /// Of times after `before`, up to `most`.
    struct Window {
        Tick now, before, most;
    };

    /// Rows side by side: when each is to be seen, and its time.
    struct Block {
        static constexpr std::size_t size = 16;

        Ticks<size> from, until, at;

        /// With what is never to be seen.
        void clear() {
            from.fill(last_tick);
            until.fill(first_tick);
            at.fill(first_tick);
        }

        /// Those in the window, a bit each.
        unsigned shown(const Window& window) const {
            return places_where<Ticks<size>::fours>([&](std::size_t i) {
                return (until.four[i] > window.now) & (at.four[i] > window.before) &
                       ~((from.four[i] > window.now) | (at.four[i] > window.most));
            });
        }
    };

    static constexpr std::size_t most_rows = most_incidents * Life::most_sightings;

    void lay_out(fetcher::TimeField field) {
        field_ = field;
        // A sighting is its time, its incident and its number: one number, to be sorted by.
        List<std::int64_t, most_rows> sightings;
        for (const Small::Id id : world_.oldest_first)
            for (std::size_t i = 0; i < world_.lives[id].sightings.size(); ++i) {
                const std::int64_t at = tick_of(fetcher::time_of(row_of(id, i), field));
                insert_sorted(sightings, at * 65536 + id * 256 + static_cast<std::int64_t>(i),
                              std::less());
            }
        rows_.clear();
        for (const std::int64_t sighting : sightings)
            add(static_cast<Small::Id>(sighting >> 8), static_cast<std::uint8_t>(sighting));
    }

    /// What queries see of an incident from its sighting `number` on, until the next.
    Small::Row row_of(Small::Id id, std::size_t number) const {
        const Life& life = world_.lives[id];
        const Life::Sighting& sighting = life.sightings[number];
        return {.incident_id = id,
                .creation_time = TimePoint{Millis{life.created_at(sighting.from)}},
                .modification_time = TimePoint{Millis{sighting.modified}}};
    }

    void add(Small::Id id, std::size_t number) {
        const Ticks<8>& changes = world_.lives[id].changes;
        const std::size_t place = rows_.size() % Block::size;
        Block& block = blocks_[rows_.size() / Block::size];
        if (place == 0) block.clear();
        rows_.push_back(row_of(id, number));
        block.from.set(place, changes[number]);
        block.until.set(place, changes[number + 1]);
        block.at.set(place, tick_of(fetcher::time_of(rows_.back(), field_)));
    }

    const World& world_;
    List<Small::Row, most_rows> rows_;
    std::array<Block, (most_rows + Block::size - 1) / Block::size> blocks_;  ///< of the rows
    fetcher::TimeField field_ = fetcher::TimeField::creation_time;
    Rows matches_;
};

}  // namespace harness::sim
