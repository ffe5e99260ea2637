#include "mockxdr/rate_limit.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
constexpr auto extra_data = Endpoint::get_incident_extra_data;
constexpr auto incidents = Endpoint::get_incidents;
const std::optional<Millis> taken;

}  // namespace

TEST_CASE("without quotas every request has a place", "[rate-limit]") {
    RateLimiter limiter{RateLimit{}};
    for (int i = 0; i < 1000; ++i) REQUIRE(limiter.refuse(extra_data, "1", noon) == taken);
}

TEST_CASE("a second has as many places as its quota, for all keys and endpoints together",
          "[rate-limit]") {
    RateLimiter limiter{RateLimit{.per_second = 3}};
    CHECK(limiter.refuse(incidents, "1", noon) == taken);
    CHECK(limiter.refuse(extra_data, "2", noon + 200ms) == taken);
    CHECK(limiter.refuse(std::nullopt, "", noon + 200ms) == taken);
    CHECK(limiter.refuse(incidents, "3", noon + 400ms) == 600ms);
    CHECK(limiter.refuse(incidents, "3", noon + 999ms) == 1ms);
    CHECK(limiter.refuse(incidents, "3", noon + 1s) == taken);
    CHECK(limiter.refuse(incidents, "1", noon + 1s) == 200ms);
}

TEST_CASE("the seconds slide: no span of one second holds more than the quota", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.per_second = 2}};
    CHECK(limiter.refuse(incidents, "1", noon + 900ms) == taken);
    CHECK(limiter.refuse(incidents, "1", noon + 950ms) == taken);
    CHECK(limiter.refuse(incidents, "1", noon + 1050ms) == 850ms);
}

TEST_CASE("extra data has a quota of its own, a minute and key", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.extra_data_per_minute = 1}};
    CHECK(limiter.refuse(extra_data, "1", noon) == taken);
    CHECK(limiter.refuse(extra_data, "1", noon + 20s) == 40s);
    CHECK(limiter.refuse(extra_data, "2", noon + 20s) == taken);
    CHECK(limiter.refuse(extra_data, "2", noon + 60s) == 20s);
    CHECK(limiter.refuse(extra_data, "1", noon + 60s) == taken);
}

TEST_CASE("the quota of extra data counts no other endpoint", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.extra_data_per_minute = 1}};
    const auto other =
        GENERATE(as<std::optional<Endpoint>>(), std::nullopt, Endpoint::get_incidents,
                 Endpoint::get_multiple_incidents_extra_data, Endpoint::update_incident,
                 Endpoint::healthcheck);
    CHECK(limiter.refuse(other, "1", noon) == taken);
    CHECK(limiter.refuse(other, "1", noon) == taken);
    CHECK(limiter.refuse(extra_data, "1", noon) == taken);
    CHECK(limiter.refuse(extra_data, "1", noon) == 1min);
}

TEST_CASE("a request that one quota refuses takes a place in neither", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.per_second = 2, .extra_data_per_minute = 1}};
    CHECK(limiter.refuse(extra_data, "1", noon) == taken);
    CHECK(limiter.refuse(extra_data, "1", noon) == 1min);
    CHECK(limiter.refuse(incidents, "1", noon) == taken);        // the second's other place
    CHECK(limiter.refuse(extra_data, "2", noon) == 1s);          // and no third
    CHECK(limiter.refuse(extra_data, "2", noon + 1s) == taken);  // the minute's place was not used
}

TEST_CASE("where both quotas refuse, the wait is the longer one", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.per_second = 1, .extra_data_per_minute = 1}};
    CHECK(limiter.refuse(extra_data, "1", noon) == taken);
    CHECK(limiter.refuse(extra_data, "1", noon + 500ms) == 59500ms);
    CHECK(limiter.refuse(incidents, "1", noon + 59500ms) == taken);
    CHECK(limiter.refuse(extra_data, "1", noon + 59600ms) == 900ms);
}

TEST_CASE("while time stands still no place gets free", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.per_second = 1}};
    CHECK(limiter.refuse(incidents, "1", noon) == taken);
    for (int i = 0; i < 1000; ++i) REQUIRE(limiter.refuse(incidents, "1", noon) == 1s);
    CHECK(limiter.refuse(incidents, "1", noon + 240h) == taken);
}

TEST_CASE("a quota of none lets nothing through", "[rate-limit]") {
    RateLimiter limiter{RateLimit{.per_second = 0}};
    CHECK(limiter.refuse(incidents, "1", noon) == 1s);
    CHECK(limiter.refuse(incidents, "1", noon + 1h) == 1s);
}

TEST_CASE("a refused request that waits as told finds a place", "[rate-limit][property]") {
    require_property("quotas hold in every span, and waits are exact", [] {
        const auto quota = *rc::gen::inRange<std::int64_t>(1, 4);
        RateLimiter limiter{RateLimit{.per_second = quota}};
        std::vector<TimePoint> let_in;
        TimePoint now = noon;
        for (int i = 0; i < 30; ++i) {
            now += Millis{*rc::gen::inRange<std::int64_t>(0, 600)};
            if (const auto wait = limiter.refuse(incidents, "1", now)) {
                RC_ASSERT(*wait > 0ms);
                RC_ASSERT(limiter.refuse(incidents, "1", now + *wait - 1ms) == 1ms);
                now += *wait;
                RC_ASSERT(!limiter.refuse(incidents, "1", now));
            }
            let_in.push_back(now);
            const auto within = std::count_if(let_in.begin(), let_in.end(),
                                              [&](TimePoint time) { return time > now - 1s; });
            RC_ASSERT(within <= quota);
        }
    });
}
