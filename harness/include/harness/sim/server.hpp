#pragma once

#include <algorithm>
#include <cstdint>

#include "harness/sim/situations.hpp"
#include "harness/sim/view.hpp"
#include "mockxdr/mixed.hpp"

namespace harness::sim {

/// Answers page requests from a world as the mock does (a test holds the two against each other),
/// without text, filters of the query aside: the world's incidents are those that match.
class Server {
   public:
    explicit Server(const World& world) : world_(world), view_(world) {}

    /// Request number `number`, from 1, at `now`; one that the API does not refuse.
    void answer(const fetcher::PageRequest& request, Ms now, std::uint64_t number, Page& page) {
        const View::Match match = view_.match(request, now);
        if (match.on_edge) situations.add(Situation::exactly_on_the_edge);
        const View::Rows& found =
            is_in_order(request, match.rows) ? match.rows : sorted(match.rows, request, number);
        page.rows.clear();
        page.restricted.clear();
        const auto count = static_cast<std::int64_t>(found.size());
        page.total_count =
            std::min(std::max<std::int64_t>(0, count + world_.count_off), world_.count_cap);
        page.server_time = world_.date(now);
        const std::int64_t end = std::min(request.search_to, count);
        for (std::int64_t i = request.search_from; i < end; ++i)
            add(*found[static_cast<std::size_t>(i)], page);
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
    static bool cuts_burst(const fetcher::PageRequest& request, const View::Rows& found,
                           std::int64_t end) {
        const auto place = static_cast<std::size_t>(end);
        if (end <= 0 || place >= found.size()) return false;
        return key_of(*found[place - 1], request.sort) == key_of(*found[place], request.sort);
    }

    /// Whether matches have the order that is asked for.
    bool is_in_order(const fetcher::PageRequest& request, const View::Rows& rows) const {
        if (request.direction != fetcher::Direction::asc) return false;
        // One moment's are by id.
        if (request.sort == fetcher::SortField::incident_id)
            return request.gte && request.gte == request.lte;
        const bool same = (request.sort == fetcher::SortField::creation_time) ==
                          (request.field == fetcher::TimeField::creation_time);
        return same && (world_.ties != shuffled || !has_ties(rows, request.sort));
    }

    static bool has_ties(const View::Rows& rows, fetcher::SortField sort) {
        return std::adjacent_find(rows.begin(), rows.end(),
                                  [&](const Small::Row* a, const Small::Row* b) {
                                      return key_of(*a, sort) == key_of(*b, sort);
                                  }) != rows.end();
    }

    const View::Rows& sorted(const View::Rows& found, const fetcher::PageRequest& request,
                             std::uint64_t number) {
        const bool ascending = request.direction == fetcher::Direction::asc;
        const std::uint64_t seed =
            world_.ties == shuffled ? mockxdr::mixed(world_.seed ^ mockxdr::mixed(number)) : 0;
        const auto before = [&](const Small::Row* a, const Small::Row* b) {
            const Ms left = key_of(*a, request.sort), right = key_of(*b, request.sort);
            if (left != right) return (left < right) == ascending;
            return tie_of(*a, seed, ascending) < tie_of(*b, seed, ascending);
        };
        sorted_.clear();
        // As near to the order that is asked for as it comes.
        for (std::size_t i = 0; i < found.size(); ++i)
            insert_sorted(sorted_, found[ascending ? i : found.size() - 1 - i], before);
        return sorted_;
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
