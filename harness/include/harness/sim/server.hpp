#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "fetcher/page.hpp"
#include "harness/sim/life.hpp"
#include "harness/sim/situations.hpp"
#include "mockxdr/mixed.hpp"

namespace harness::sim {

/// What queries see at a moment, oldest first by one of the times, then by id. It is laid out anew
/// only when the world has changed.
class View {
   public:
    using Rows = List<Small::Row, most_incidents>;

    explicit View(const World& world) : world_(world) {}

    /// Rows [begin, end) are what a request matches.
    struct Match {
        const Small::Row *begin, *end;
        bool on_edge;  ///< some are exactly at `gte`
    };

    /// The world at `now` through the bounds of a request.
    Match match(const fetcher::PageRequest& request, Ms now) {
        if (now < from_ || now >= until_ || request.field != field_) lay_out(now, request.field);
        const Tick least = tick_of(request.gte.value_or(TimePoint::min()));
        const Tick most = tick_of(request.lte.value_or(TimePoint::max()));
        // Counted, not searched: a branch for each row could not be foreseen. The counts are as
        // wide as what is counted, so that many are added at once.
        Tick before = 0, until = 0, on_edge = 0;
        for (const Tick tick : ticks_) {
            before += tick < least ? 1 : 0;
            until += tick <= most ? 1 : 0;
            on_edge += tick == least ? 1 : 0;
        }
        return {.begin = rows_.begin() + before,
                .end = rows_.begin() + std::max(before, until),
                .on_edge = on_edge > 0 && least <= most};
    }

   private:
    /// The time of a row that bounds are compared with.
    static TimePoint compared(const Small::Row& row, fetcher::TimeField field) {
        return field == fetcher::TimeField::creation_time ? row.creation_time
                                                          : row.modification_time;
    }

    void lay_out(Ms now, fetcher::TimeField field) {
        from_ = now;
        until_ = never;
        field_ = field;
        rows_.clear();
        for (const std::uint8_t id : world_.oldest_first) {
            const Life& life = world_.lives[id];
            const std::size_t changes = life.changes_by(now);
            until_ = std::min(until_, life.changes[changes]);
            if (changes == 0 || changes > life.sightings.size()) continue;
            const Small::Row row{
                .incident_id = id,
                .creation_time = TimePoint{Millis{life.created_at(now)}},
                .modification_time = TimePoint{Millis{life.sightings[changes - 1].modified}}};
            insert_sorted(rows_, row, [&](const Small::Row& a, const Small::Row& b) {
                const TimePoint left = compared(a, field), right = compared(b, field);
                return left < right || (left == right && a.incident_id < b.incident_id);
            });
        }
        ticks_.fill(last_tick);
        for (std::size_t i = 0; i < rows_.size(); ++i)
            ticks_[i] = tick_of(compared(rows_[i], field));
    }

    /// Milliseconds since the start, as small as they can be: many are compared at once.
    using Tick = std::int32_t;
    static constexpr Tick last_tick = std::numeric_limits<Tick>::max();

    /// What is further away than any incident counts as the furthest, short of `last_tick`: that is
    /// no row's, and no request may match it.
    static Tick tick_of(TimePoint at) {
        constexpr Ms least = start_ms + std::numeric_limits<Tick>::min(),
                     most = start_ms + last_tick - 1;
        return static_cast<Tick>(std::clamp(at.time_since_epoch().count(), least, most) - start_ms);
    }

    const World& world_;
    Rows rows_;
    std::array<Tick, most_incidents> ticks_;  ///< of the rows, then `last_tick`
    Ms from_ = never, until_ = never;         ///< the rows are those of [from, until)
    fetcher::TimeField field_ = fetcher::TimeField::creation_time;
};

/// Answers page requests from a world as the mock does (a test holds the two against each other),
/// without text, filters of the query aside: the world's incidents are those that match.
class Server {
   public:
    explicit Server(const World& world) : world_(world), view_(world) {}

    /// Request number `number`, from 1, at `now`; one that the API does not refuse.
    void answer(const fetcher::PageRequest& request, Ms now, std::uint64_t number, Page& page) {
        const Found found = find(request, now, number);
        page.rows.clear();
        page.restricted.clear();
        const std::int64_t count = found.end - found.begin;
        page.total_count =
            std::min(std::max<std::int64_t>(0, count + world_.count_off), world_.count_cap);
        page.server_time = world_.date(now);
        const std::int64_t end = std::min(request.search_to, count);
        for (std::int64_t i = request.search_from; i < end; ++i) add(found.begin[i], page);
        if (cuts_burst(request, found, end)) {
            situations.add(Situation::page_cuts_burst);
            depended_on_ties_ |= world_.ties == shuffled;
        }
        if (!page.restricted.empty()) situations.add(Situation::short_page_of_hidden);
    }

    void begin_run() { depended_on_ties_ = false; }
    /// Whether a page since then could have had other incidents, if ties came in another order.
    bool depended_on_ties() const { return depended_on_ties_; }

    Situations situations;  ///< met so far

   private:
    /// Matches, sorted.
    struct Found {
        const Small::Row *begin, *end;
    };

    void add(const Small::Row& row, Page& page) const {
        if (world_.lives[row.incident_id].hidden)
            page.restricted.push_back(row.incident_id);
        else
            page.rows.push_back(row);
    }

    static Ms key_of(const Small::Row& row, fetcher::SortField sort) {
        switch (sort) {
            case fetcher::SortField::incident_id:
                return row.incident_id;
            case fetcher::SortField::creation_time:
                return row.creation_time.time_since_epoch().count();
            case fetcher::SortField::modification_time:
                break;
        }
        return row.modification_time.time_since_epoch().count();
    }

    /// Whether a page that ends at place `end` leaves out matches of its last one's time.
    static bool cuts_burst(const fetcher::PageRequest& request, const Found& found,
                           std::int64_t end) {
        if (end <= 0 || end >= found.end - found.begin) return false;
        const Small::Row* next = found.begin + end;
        return key_of(*(next - 1), request.sort) == key_of(*next, request.sort);
    }

    Found find(const fetcher::PageRequest& request, Ms now, std::uint64_t number) {
        const View::Match match = view_.match(request, now);
        if (match.on_edge) situations.add(Situation::exactly_on_the_edge);
        const Found out{.begin = match.begin, .end = match.end};
        return is_in_order(request) ? out : sorted(out, request, number);
    }

    /// Whether a view has the order that is asked for.
    bool is_in_order(const fetcher::PageRequest& request) const {
        const auto same = request.field == fetcher::TimeField::creation_time
                              ? fetcher::SortField::creation_time
                              : fetcher::SortField::modification_time;
        return request.sort == same && request.direction == fetcher::Direction::asc &&
               world_.ties != shuffled;
    }

    Found sorted(Found found, const fetcher::PageRequest& request, std::uint64_t number) {
        const bool ascending = request.direction == fetcher::Direction::asc;
        const std::uint64_t seed =
            world_.ties == shuffled ? mockxdr::mixed(world_.seed ^ mockxdr::mixed(number)) : 0;
        const auto before = [&](const Small::Row& a, const Small::Row& b) {
            const Ms left = key_of(a, request.sort), right = key_of(b, request.sort);
            if (left != right) return (left < right) == ascending;
            return tie_of(a, seed, ascending) < tie_of(b, seed, ascending);
        };
        sorted_.clear();
        // As near to the order that is asked for as it comes.
        const std::int64_t count = found.end - found.begin;
        for (std::int64_t i = 0; i < count; ++i)
            insert_sorted(sorted_, found.begin[ascending ? i : count - 1 - i], before);
        return {.begin = sorted_.begin(), .end = sorted_.end()};
    }

    std::uint64_t tie_of(const Small::Row& row, std::uint64_t seed, bool ascending) const {
        const std::uint64_t id = row.incident_id;
        if (world_.ties == shuffled) return mockxdr::mixed(seed ^ mockxdr::mixed(id));
        return ascending || world_.ties != by_id ? id : ~id;
    }

    const World& world_;
    View view_;
    View::Rows sorted_;
    bool depended_on_ties_ = false;
};

}  // namespace harness::sim
