#include "fetcher/pacing.hpp"

#include <algorithm>

namespace fetcher {

Millis Pacing::take(TimePoint now) {
    // Whoever took a place has waited for it: a later one is of a clock that was set back since.
    for (TimePoint& place : taken_) place = std::min(place, now);
    TimePoint at = now;
    if (taken_.size() >= places_) {
        at = std::max(now, taken_.front() + span_);
        taken_.pop_front();
    }
    taken_.push_back(at);
    return at - now;
}

}  // namespace fetcher
