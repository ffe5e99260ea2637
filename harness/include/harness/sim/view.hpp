#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <functional>

#include "fetcher/page.hpp"
#include "harness/sim/life.hpp"

namespace harness::sim {

/// Some of the rows of a View, in its order.
class Matches {
   public:
    /// `places` are a bit each, `ties` those of rows that have the time of another.
    Matches(const Small::Row* rows, std::uint64_t places, std::int64_t size, std::uint64_t ties)
        : rows_(rows), places_(places), size_(size), ties_(ties) {}

    /// How many there were at first.
    std::int64_t size() const { return size_; }
    bool empty() const { return places_ == 0; }
    const Small::Row& first() const { return rows_[std::countr_zero(places_)]; }
    const Small::Row& last() const { return rows_[std::bit_width(places_) - 1]; }
    /// Without any two have one time; with it they need not.
    bool may_have_ties() const { return (places_ & ties_) != 0; }
    void drop_first() { places_ &= places_ - 1; }
    void drop_last() { places_ ^= std::bit_floor(places_); }

   private:
    const Small::Row* rows_;
    std::uint64_t places_;
    std::int64_t size_;
    std::uint64_t ties_;
};

/// What queries see at any moment, in the order of one of the times, then of the ids. It is laid
/// out once: a request looks through all that ever is to be seen, many at a time.
class View {
   public:
    explicit View(const World& world) : world_(world) {}

    /// What a request matches at `now`, until it is asked for another field.
    Matches match(const fetcher::PageRequest& request, Ms now) {
        if (rows_.empty() || request.field != field_) lay_out(request.field);
        const Tick gte = tick_of(request.gte.value_or(TimePoint::min()));
        const Tick lte = tick_of(request.lte.value_or(TimePoint::max()));
        const Window window{.now = four_of(lowered(static_cast<Tick>(now - start_ms))),
                            .first = four_of(lowered(gte)),
                            .length = four_of(lowered(std::max(lte - gte + 1, 0)))};
        std::uint64_t places = 0;
        std::int64_t count = 0;
        const Block* block = blocks_.data();
        for (std::size_t first = 0; first < rows_.size(); first += Block::size) {
            const Found found = (block++)->shown(window);
            places |= std::uint64_t{found.places} << first;
            count += found.count;
        }
        return {rows_.begin(), places, count, ties_};
    }

    /// Whether something of the last field that was asked for is seen, or seen no more, from a
    /// moment after `after` on, up to `last`.
    bool changes_within(Ms after, Ms last) const {
        const Tick from = tick_of(after), until = tick_of(last);
        unsigned count = 0;
        for (std::size_t first = 0; first < rows_.size(); first += Block::size)
            count += blocks_[first / Block::size].changing(from, until);
        return count != 0;
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
        Found shown(const Window& window) const {
            return places_where<Ticks<size>::fours>([&](std::size_t i) {
                return (length.four[i] > minus(window.now, from.four[i])) &
                       (window.length > minus(at.four[i], window.first));
            });
        }

        /// How many begin or end after a tick, up to another.
        unsigned changing(Tick after, Tick last) const {
            return places_where<Ticks<size>::fours>([&](std::size_t i) {
                       return ((from.four[i] > after) & ~(from.four[i] > last)) |
                              ((until.four[i] > after) & ~(until.four[i] > last));
                   })
                .count;
        }
    };

    static constexpr std::size_t most_rows = most_incidents * Life::most_sightings;
    static_assert(most_rows <= 64);

    void lay_out(fetcher::TimeField field) {
        field_ = field;
        rows_.clear();
        ties_ = 0;
        // Without these all are in order of the times as they are first seen, and so of all.
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
        // This one and the one before it.
        const bool ties = count > 0 && at == last_;
        ties_ |= (std::uint64_t{ties} * 3) << count >> 1;
        last_ = at;
    }

    const World& world_;
    List<Small::Row, most_rows> rows_;
    std::array<Block, (most_rows + Block::size - 1) / Block::size> blocks_;  ///< of the rows
    std::uint64_t ties_ = 0;  ///< places of rows that have the time of another
    Tick last_ = 0;           ///< time of the last row
    fetcher::TimeField field_ = fetcher::TimeField::creation_time;
};

}  // namespace harness::sim
