#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <functional>

#include "fetcher/page.hpp"
#include "harness/sim/life.hpp"

namespace harness::sim {

/// Some of the rows of a View, in its order.
class Matches {
   public:
    /// By place, a bit each.
    struct Places {
        std::uint64_t matching = 0;
        std::uint64_t ties = 0;  ///< of all rows, those that have the time of the one before
        std::int64_t count = 0;  ///< of those that match
    };

    Matches(const Small::Row* rows, const Places& places) : rows_(rows), places_(places) {}

    /// How many there were before any was dropped.
    std::int64_t count() const { return places_.count; }
    bool empty() const { return places_.matching == 0; }
    const Small::Row& first() const { return rows_[std::countr_zero(places_.matching)]; }
    const Small::Row& last() const { return rows_[std::bit_width(places_.matching) - 1]; }
    /// False: no two have one time. True: some may.
    bool may_have_ties() const { return (places_.matching & places_.ties) != 0; }
    void drop_first() { places_.matching &= places_.matching - 1; }
    void drop_last() { places_.matching ^= std::bit_floor(places_.matching); }

   private:
    const Small::Row* rows_;
    Places places_;
};

/// What queries see at any moment, in the order of one of the times, then of the ids. It is laid
/// out once: a request looks through all that ever is to be seen, many at a time.
class View {
   public:
    explicit View(const World& world) : world_(world) {}

    /// What a request matches at `now`; good until a request has another field.
    Matches match(const fetcher::PageRequest& request, Ms now) {
        if (rows_.empty() || request.field != field_) lay_out(request.field);
        const Tick gte = tick_of(request.gte.value_or(TimePoint::min()));
        const Tick lte = tick_of(request.lte.value_or(TimePoint::max()));
        assert(happens_within(now));
        const Window window{.now = four_of(lowered(static_cast<Tick>(now - start_ms))),
                            .first = four_of(lowered(gte)),
                            .length = four_of(lowered(std::max(lte - gte + 1, 0)))};
        Matches::Places places{.ties = ties_};
        const Block* block = blocks_.data();
        for (std::size_t first = 0; first < rows_.size(); first += Block::size) {
            const PlacesFound found = (block++)->shown(window);
            places.matching |= std::uint64_t{found.places} << first;
            places.count += found.count;
        }
        return {rows_.begin(), places};
    }

    /// Whether some row begins or ceases to be seen after a moment, up to another; false before the
    /// first request.
    bool changes_within(Ms after, Ms last) const {
        const Tick from = tick_of(after), until = tick_of(last);
        bool changes = false;
        for (std::size_t first = 0; first < rows_.size(); first += Block::size)
            changes |= blocks_[first / Block::size].changes_within(from, until);
        return changes;
    }

   private:
    /// The moment of a query and the times that it asks for, lowered.
    struct Window {
        FourTicks now, first, length;
    };

    /// Rows side by side: when each is to be seen, and its time.
    struct Block {
        static constexpr std::size_t size = 12;

        Ticks<size> from, until, at;
        Ticks<size> length;  ///< for how many ticks it is to be seen, lowered

        /// With what is never to be seen.
        void clear() {
            from.fill(last_tick);
            until.fill(last_tick);
            at.fill(first_tick);
            length.fill(lowered(0));
        }

        /// Those in the window.
        PlacesFound shown(const Window& window) const {
            return places_where<Ticks<size>::fours>([&](std::size_t i) {
                return (length.four[i] > minus(window.now, from.four[i])) &
                       (window.length > minus(at.four[i], window.first));
            });
        }

        /// Whether some begin or end after a tick, up to another.
        bool changes_within(Tick after, Tick last) const {
            return places_where<Ticks<size>::fours>([&](std::size_t i) {
                       return ((from.four[i] > after) & ~(from.four[i] > last)) |
                              ((until.four[i] > after) & ~(until.four[i] > last));
                   }).count != 0;
        }
    };

    static constexpr std::size_t most_rows = most_incidents * Life::most_sightings;
    static_assert(most_rows <= 64);

    void lay_out(fetcher::TimeField field) {
        field_ = field;
        rows_.clear();
        ties_ = 0;
        // Where no creation_time moves, the order of incidents is that of their rows.
        if (world_.moves || field != fetcher::TimeField::creation_time) return lay_out_sorted();
        for (const Small::Id id : world_.oldest_first)
            for (std::size_t i = 0; i < world_.lives[id].sightings.size(); ++i) add(id, i);
    }

    void lay_out_sorted() {
        // A sighting is its time, its incident and its number: one number, to be sorted by.
        List<std::int64_t, most_rows> sightings;
        for (const Small::Id id : world_.oldest_first)
            for (std::size_t i = 0; i < world_.lives[id].sightings.size(); ++i) {
                const std::int64_t at = tick_of(fetcher::time_of(row_of(id, i), field_));
                insert_sorted(sightings, at * 65536 + id * 256 + static_cast<std::int64_t>(i),
                              std::less());
            }
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
        const std::size_t count = rows_.size(), place = count % Block::size;
        Block& block = blocks_[count / Block::size];
        if (place == 0) block.clear();
        rows_.push_back(row_of(id, number));
        const Tick at = tick_of(fetcher::time_of(rows_.back(), field_));
        block.from.set(place, changes[number]);
        block.until.set(place, changes[number + 1]);
        block.length.set(place, lowered(changes[number + 1] - changes[number]));
        block.at.set(place, at);
        const bool ties = count > 0 && at == last_;
        ties_ |= std::uint64_t{ties} << count;
        last_ = at;
    }

    const World& world_;
    List<Small::Row, most_rows> rows_;
    std::array<Block, (most_rows + Block::size - 1) / Block::size> blocks_;  ///< of the rows
    std::uint64_t ties_ = 0;  ///< by place, a bit each: rows that have the time of the one before
    Tick last_ = 0;           ///< time of the last row
    fetcher::TimeField field_ = fetcher::TimeField::creation_time;
};

}  // namespace harness::sim
