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
        const Matches found = view_.match(request, now);
        const std::int64_t count = found.count();
        page.rows.clear();
        page.restricted.clear();
        page.total_count =
            std::min(std::max<std::int64_t>(0, count + world_.count_off), world_.count_cap);
        page.server_time.emplace(world_.date(now));
        if (found.empty()) return;
        situations.add_if(fetcher::time_of(found.first(), request.field) ==
                              request.gte.value_or(TimePoint::max()),
                          Situation::exactly_on_the_edge);
        if (is_in_order(request, found))
            fill(found, count, request, page);
        else
            fill(sorted(found, request, number), count, request, page);
        if (!page.restricted.empty()) situations.add(Situation::short_page_of_hidden);
    }

    void begin_run() { depended_on_ties_ = false; }
    /// Whether a page since then could have had other incidents, if ties came in another order.
    bool depended_on_ties() const { return depended_on_ties_; }

    /// Whether what queries see changes after a moment, up to another; false before the first one.
    bool changes_within(Ms after, Ms last) const { return view_.changes_within(after, last); }

    Situations situations;  ///< met so far

   private:
    /// Puts the asked-for ones of `count` matches into the page.
    template <class Rows>
    void fill(Rows found, std::int64_t count, const fetcher::PageRequest& request, Page& page) {
        const std::int64_t end = std::min(request.search_to, count);
        if (request.search_from >= end) return;
        for (std::int64_t i = 0; i < request.search_from; ++i) found.drop_first();
        for (std::int64_t left = end - request.search_from; left > 1; --left) {
            add(found.first(), page);
            found.drop_first();
        }
        const Small::Row& last = found.first();
        add(last, page);
        if (end == count) return;
        found.drop_first();
        // The page leaves out matches of its last one's time.
        if (key_of(last, request.sort) != key_of(found.first(), request.sort)) return;
        situations.add(Situation::page_cuts_burst);
        depended_on_ties_ |= world_.ties == shuffled;
    }

    void add(const Small::Row& row, Page& page) const {
        if ((world_.hidden >> row.incident_id & 1U) != 0)
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

    /// Whether matches have the order that is asked for.
    bool is_in_order(const fetcher::PageRequest& request, const Matches& found) const {
        if (request.direction != fetcher::Direction::asc) return false;
        // One moment's are by id.
        if (request.sort == fetcher::SortField::incident_id)
            return request.gte && request.gte == request.lte;
        return is_by_time(request) && (world_.ties != shuffled || !found.may_have_ties());
    }

    /// Whether it is sorted by the time that `gte` and `lte` are compared with.
    static bool is_by_time(const fetcher::PageRequest& request) {
        return request.sort == (request.field == fetcher::TimeField::creation_time
                                    ? fetcher::SortField::creation_time
                                    : fetcher::SortField::modification_time);
    }

    /// A match and what it is sorted by.
    struct Sorted {
        Ms key;
        std::uint64_t tie;
        const Small::Row* row;
    };

    /// Matches in an order, as many as a page needs to know.
    class InOrder {
       public:
        explicit InOrder(const List<Sorted, most_incidents>& rows) : at_(rows.begin()) {}

        const Small::Row& first() const { return *at_->row; }
        void drop_first() { ++at_; }

       private:
        const Sorted* at_;
    };

    /// The first ones up to the end of the page, which is 1 or more, and one more. Not inlined:
    /// seldom, and large.
    [[gnu::noinline]] InOrder sorted(Matches found, const fetcher::PageRequest& request,
                                     std::uint64_t number) {
        const bool ascending = request.direction == fetcher::Direction::asc;
        const std::uint64_t seed =
            world_.ties == shuffled ? mockxdr::mixed(world_.seed ^ mockxdr::mixed(number)) : 0;
        const auto before = [&](const Sorted& a, const Sorted& b) {
            if (a.key != b.key) return (a.key < b.key) == ascending;
            return a.tie < b.tie;
        };
        const auto most =
            static_cast<std::size_t>(std::min<std::int64_t>(request.search_to + 1, most_incidents));
        const bool by_time = is_by_time(request);
        sorted_.clear();
        // As near to the order that is asked for as it comes.
        while (!found.empty()) {
            const Small::Row& row = ascending ? found.first() : found.last();
            const Ms key = key_of(row, request.sort);
            const bool is_behind = sorted_.size() == most && key != sorted_.back().key;
            if (by_time & is_behind) break;
            insert_sorted(sorted_, {.key = key, .tie = tie_of(row, seed, ascending), .row = &row},
                          before, most);
            if (ascending)
                found.drop_first();
            else
                found.drop_last();
        }
        return InOrder(sorted_);
    }

    std::uint64_t tie_of(const Small::Row& row, std::uint64_t seed, bool ascending) const {
        const std::uint64_t id = row.incident_id;
        if (world_.ties == shuffled) return mockxdr::mixed(seed ^ mockxdr::mixed(id));
        return ascending || world_.ties != by_id ? id : ~id;
    }

    const World& world_;
    View view_;
    List<Sorted, most_incidents> sorted_;
    bool depended_on_ties_ = false;
};

}  // namespace harness::sim
