#include "mockxdr/rate_limit.hpp"

#include <algorithm>

namespace mockxdr {

namespace {

/// How long until one of `quota` places of that length is free, 0 if one is. Forgets those that
/// are over.
Millis wait(std::deque<TimePoint>& taken, std::int64_t quota, Millis length, TimePoint now) {
    while (!taken.empty() && taken.front() + length <= now) taken.pop_front();
    if (quota < 1) return length;
    if (taken.size() < static_cast<std::size_t>(quota)) return Millis{0};
    return taken.front() + length - now;
}

}  // namespace

std::optional<Millis> RateLimiter::refuse(std::optional<Endpoint> endpoint,
                                          const std::string& key_id, TimePoint now) {
    std::deque<TimePoint>* extra_data = nullptr;
    Millis longest{0};
    if (limit_.per_second) longest = wait(all_, *limit_.per_second, std::chrono::seconds{1}, now);
    if (limit_.extra_data_per_minute && endpoint == Endpoint::get_incident_extra_data) {
        extra_data = &extra_data_[key_id];
        longest = std::max(longest, wait(*extra_data, *limit_.extra_data_per_minute,
                                         std::chrono::minutes{1}, now));
    }
    if (longest > Millis{0}) return longest;
    if (limit_.per_second) all_.push_back(now);
    if (extra_data) extra_data->push_back(now);
    return std::nullopt;
}

}  // namespace mockxdr
