#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "mockxdr/endpoint.hpp"
#include "mockxdr/server_options.hpp"

namespace mockxdr {

using xdr::TimePoint;

/// Counts requests against the quotas, by the clock in force: a request fills a place for the
/// second, or the minute, after it. A refused request fills none. Holds no more than the quotas.
/// Source: "Get Started with APIs" (10 requests a second and tenant), "Get Extra Incident Data"
/// (10 a minute).
class RateLimiter {
   public:
    explicit RateLimiter(const RateLimit& limit) : limit_(limit) {}

    /// Takes a place for the request. If there is none: how long until there is one, above 0.
    /// `now` never goes back. A quota below 1 lets nothing through.
    std::optional<Millis> refuse(std::optional<Endpoint> endpoint, const std::string& key_id,
                                 TimePoint now);

   private:
    RateLimit limit_;
    std::deque<TimePoint> all_;  ///< when the places were taken, in order
    std::map<std::string, std::deque<TimePoint>> extra_data_;  ///< by key
};

}  // namespace mockxdr
