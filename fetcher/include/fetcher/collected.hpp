#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <optional>

#include "fetcher/copy_parts.hpp"
#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// Date is in whole seconds: the clock may stand anywhere in that second.
inline constexpr Millis rest_of_second{999};

/// What a server may be believed that the newest row of a page, which has rows, says about its
/// clock: a time that the clock has not reached by the reply's Date counts as that Date.
template <class Kind>
TimePoint newest_in(const PageOf<Kind>& page, TimeField field) {
    assert(!page.rows.empty());
    const TimePoint believed =
        page.server_time ? *page.server_time + rest_of_second : TimePoint::max();
    TimePoint newest = TimePoint::min();
    for (const auto& row : page.rows) {
        const TimePoint at = time_of(row, field);
        newest = std::max(newest, at > believed ? *page.server_time : at);
    }
    return newest;
}

/// The same of a page whose rows are in the order of that time.
template <class Kind>
TimePoint newest_in_order(const PageOf<Kind>& page, TimeField field) {
    assert(!page.rows.empty());
    const TimePoint last = time_of(page.rows.back(), field);
    if (!page.server_time || last <= *page.server_time + rest_of_second) return last;
    return newest_in(page, field);
}

/// What the pages of a run add up to: the batch, and what the next state is made of.
template <class Kind>
class Collected {
   public:
    using Row = typename Kind::Row;
    using Page = PageOf<Kind>;
    using State = CompleteStateOf<Kind>;
    using Rows = typename Kind::template List<Row>;

    /// `state` and `memory` must outlive it; `memory` may be nullptr.
    Collected(const State& state, std::int64_t limit, const MemoryOf<Kind>* memory)
        : state_(state),
          memory_(memory),
          field_(state.field),
          limit_(static_cast<std::size_t>(limit)) {}

    /// Takes the unknown rows in order until the batch is full; how many rows it took or knew. The
    /// rows are in the order of their time.
    std::size_t take(const Page& page) {
        if (!page.rows.empty()) see(newest_in_order(page, field_));
        read_clock(page);
        std::size_t looked_at = 0;
        for (const Row& row : page.rows) {
            if (full()) break;
            ++looked_at;
            if (!is_known(row.incident_id)) add(row);
        }
        return looked_at;
    }

    /// Remembers what a page says about the server's clock, and takes nothing.
    void see(const Page& page) {
        if (!page.rows.empty()) see(newest_in(page, field_));
        read_clock(page);
    }

    bool full() const { return batch_.size() >= limit_; }
    bool empty() const { return batch_.empty(); }

    /// Puts the batch in order, oldest first, and makes the next state, for a sweep that begins at
    /// the frontier. Call it once.
    void finish(TimePoint frontier, State& next) {
        next.field = field_;
        next.frontier = frontier;
        copy_parts(next.newest, state_.newest);
        if (newest_) next.newest = std::max(next.newest.value_or(*newest_), *newest_);
        next.batch = state_.batch + 1;
        next.resume.reset();
        // A clock that was set back: what was newest by the old one says nothing any more.
        if (next.newest && clock_) next.newest = std::min(*next.newest, *clock_ + rest_of_second);
        keep_ids(next);
        // What hid behind a sweep's position was read after it.
        const auto older = [&](const Row& a, const Row& b) {
            return time_of(a, field_) < time_of(b, field_);
        };
        if (!std::is_sorted(batch_.begin(), batch_.end(), older))
            std::stable_sort(batch_.begin(), batch_.end(), older);
    }

    /// In order once it is finished.
    Rows& batch() { return batch_; }

   private:
    using Seen = typename State::Seen;

    void see(TimePoint newest) { newest_ = std::max(newest_.value_or(newest), newest); }

    void read_clock(const Page& page) {
        if (page.server_time) clock_ = *page.server_time;
    }

    /// An incident that is modified comes back with a later time, so that a sweep by modification
    /// has to know an id for ever: here, unless a memory does.
    void keep_ids(State& next) const {
        const bool by_creation = field_ == TimeField::creation_time;
        if (!by_creation && memory_) {
            next.seen = state_.seen;
            return;
        }
        next.seen = Kind::merged(state_.seen, taken_);
        if (by_creation) Kind::forget_before(next.seen, next.frontier);
    }

    bool is_known(const typename Kind::Id& id) const {
        return Kind::has(state_.seen, id) || Kind::has(taken_, id) ||
               (memory_ && memory_->knows(id));
    }

    void add(const Row& row) {
        Kind::add(taken_, Seen{.id = row.incident_id, .at = time_of(row, field_)});
        batch_.push_back(row);
    }

    const State& state_;
    const MemoryOf<Kind>* memory_;
    TimeField field_;
    std::size_t limit_;
    Rows batch_;
    typename Kind::template Ids<Seen> taken_;  ///< the batch
    std::optional<TimePoint> newest_;
    std::optional<TimePoint> clock_;  ///< the server's, by the last page that told it
};

}  // namespace fetcher
