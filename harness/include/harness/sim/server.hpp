#pragma once

#include <algorithm>
#include <cstdint>

#include "fetcher/page.hpp"
#include "harness/sim/life.hpp"
#include "harness/sim/situations.hpp"
#include "mockxdr/mixed.hpp"

namespace harness::sim {

/// Answers page requests from a world as the mock does (a test holds the two against each other),
/// without text, filters of the query aside: the world's incidents are those that match.
class Server {
   public:
    explicit Server(const World& world) : world_(world) {}

    /// Request number `number`, from 1, at `now`. The page is empty for one that the API refuses.
    void answer(const fetcher::PageRequest& request, Ms now, std::uint64_t number, Page& page) {
        collect(request, now, number);
        page.rows.clear();
        page.restricted.clear();
        const auto count = static_cast<std::int64_t>(found_.size());
        page.total_count =
            std::min(std::max<std::int64_t>(0, count + world_.count_off), world_.count_cap);
        page.server_time = world_.date(now);
        const std::int64_t end = std::min(request.search_to, count);
        for (std::int64_t i = request.search_from; i < end; ++i)
            add(found_[static_cast<std::size_t>(i)], now, page);
        if (end > 0 && end < count &&
            found_[static_cast<std::size_t>(end - 1)].key ==
                found_[static_cast<std::size_t>(end)].key)
            situations.add(Situation::page_cuts_burst);
        if (!page.restricted.empty()) situations.add(Situation::short_page_of_hidden);
    }

    Situations situations;  ///< met so far

   private:
    /// One match and what it is sorted by.
    struct Found {
        Ms key;
        std::uint64_t tie;
        std::uint8_t index;
    };

    void add(const Found& found, Ms now, Page& page) const {
        const Life& life = world_.lives[found.index];
        if (life.hidden) {
            page.restricted.push_back(found.index);
            return;
        }
        page.rows.push_back({.incident_id = found.index,
                             .creation_time = TimePoint{Millis{life.created_at(now)}},
                             .modification_time = TimePoint{Millis{life.modified_at(now)}}});
    }

    std::uint64_t tie_of(std::uint8_t index, std::uint64_t seed, bool ascending) const {
        constexpr std::uint8_t by_id = 0, shuffled = 2;
        if (world_.ties == shuffled) return mockxdr::mixed(seed ^ mockxdr::mixed(index));
        return ascending || world_.ties != by_id ? index : ~std::uint64_t{index};
    }

    static bool before(const Found& a, const Found& b) {
        return a.key != b.key ? a.key < b.key : a.tie < b.tie;
    }

    void collect(const fetcher::PageRequest& request, Ms now, std::uint64_t number) {
        found_.clear();
        const bool by_creation = request.field == fetcher::TimeField::creation_time;
        const bool by_id = request.sort == fetcher::SortField::incident_id;
        const bool sorts_creation = request.sort == fetcher::SortField::creation_time;
        const bool ascending = request.direction == fetcher::Direction::asc;
        const Ms least = request.gte ? request.gte->time_since_epoch().count() : -never;
        const Ms most = request.lte ? request.lte->time_since_epoch().count() : never;
        const std::uint64_t seed =
            world_.ties == 2 ? mockxdr::mixed(world_.seed ^ mockxdr::mixed(number)) : 0;
        for (std::uint8_t i = 0; i < world_.lives.size(); ++i) {
            const Life& life = world_.lives[i];
            if (!life.is_there(now)) continue;
            const Ms modified = by_creation && sorts_creation ? 0 : life.modified_at(now);
            const Ms created = life.created_at(now);
            const Ms at = by_creation ? created : modified;
            if (at < least || at > most) continue;
            if (at == least) situations.add(Situation::exactly_on_the_edge);
            const Ms key = by_id ? i : sorts_creation ? created : modified;
            insert_sorted(
                found_,
                Found{.key = ascending ? key : -key, .tie = tie_of(i, seed, ascending), .index = i},
                before);
        }
    }

    const World& world_;
    List<Found, most_incidents> found_;
};

}  // namespace harness::sim
