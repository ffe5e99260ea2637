#include "collected.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fetcher {

namespace {

using namespace std::chrono_literals;
using Seen = CompleteState::Seen;

/// Date is in whole seconds: the clock may stand anywhere in that second.
constexpr Millis rest_of_second = 999ms;

bool by_id(const Seen& a, const Seen& b) { return a.id < b.id; }

}  // namespace

TimePoint time_of(const Row& row, TimeField field) {
    return field == TimeField::creation_time ? row.creation_time : row.modification_time;
}

std::optional<TimePoint> newest_in(const Page& page, TimeField field) {
    std::optional<TimePoint> newest;
    for (const Row& row : page.rows) {
        const TimePoint at = time_of(row, field);
        const bool ahead = page.server_time && at > *page.server_time + rest_of_second;
        const TimePoint reached = ahead ? *page.server_time : at;
        newest = std::max(newest.value_or(reached), reached);
    }
    return newest;
}

Collected::Collected(const CompleteState& state, std::int64_t limit)
    : state_(state), field_(state.field), limit_(static_cast<std::size_t>(limit)) {}

std::size_t Collected::take(const Page& page) {
    see(page);
    std::size_t looked_at = 0;
    for (const Row& row : page.rows) {
        if (full()) break;
        ++looked_at;
        if (!is_known(row.incident_id)) add(row);
    }
    return looked_at;
}

void Collected::see(const Page& page) {
    if (const auto newest = newest_in(page, field_))
        newest_ = std::max(newest_.value_or(*newest), *newest);
    if (page.server_time) clock_ = page.server_time;
}

std::optional<TimePoint> Collected::newest() const {
    if (!newest_ || !state_.newest) return newest_ ? newest_ : state_.newest;
    return std::max(*newest_, *state_.newest);
}

Batch Collected::finish(Finish finish) {
    CompleteState next{.field = field_,
                       .frontier = finish.frontier,
                       .newest = newest(),
                       .seen = {},
                       .batch = state_.batch + 1,
                       .resume = std::move(finish.resume)};
    // A clock that was set back: what was newest by the old one says nothing any more.
    if (next.newest && clock_) next.newest = std::min(*next.newest, *clock_ + rest_of_second);
    std::merge(state_.seen.begin(), state_.seen.end(), taken_.begin(), taken_.end(),
               std::back_inserter(next.seen), by_id);
    // An incident that is modified comes back with a later time: those are kept for ever.
    if (field_ == TimeField::creation_time)
        std::erase_if(next.seen, [&](const Seen& seen) { return seen.at < next.frontier; });
    // What hid behind a sweep's position was read after it.
    std::stable_sort(batch_.begin(), batch_.end(), [&](const Row& a, const Row& b) {
        return time_of(a, field_) < time_of(b, field_);
    });
    return {.incidents = std::move(batch_), .state = std::move(next), .end = finish.end};
}

bool Collected::is_known(const IncidentId& id) const {
    const Seen wanted{.id = id, .at = {}};
    return std::binary_search(state_.seen.begin(), state_.seen.end(), wanted, by_id) ||
           std::binary_search(taken_.begin(), taken_.end(), wanted, by_id);
}

void Collected::add(const Row& row) {
    const Seen seen{.id = row.incident_id, .at = time_of(row, field_)};
    taken_.insert(std::upper_bound(taken_.begin(), taken_.end(), seen, by_id), seen);
    batch_.push_back(row);
}

}  // namespace fetcher
