#include "xdr/date_text.hpp"

#include <rapidcheck.h>

#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace xdr;

namespace {

const TimePoint now = parse_iso8601("2024-03-31T12:00:00.5Z");

}  // namespace

TEST_CASE("a relative text counts back from now", "[date_text]") {
    const auto [text, time] = GENERATE(table<std::string, TimePoint>({
        {"3 days", now - 72h},
        {"12 hours ago", now - 12h},
        {"90 seconds", now - 90s},
        {"1 hour 30 minutes", now - 90min},
        {"2 days, 3 hours", now - 51h},
        {"1 hour and 5 minutes", now - 65min},
        {"1.5 hours", now - 90min},
        {"3d", now - 72h},
        {"5m", now - 5min},
        {"1h", now - 1h},
        {"a day", now - 24h},
        {"an hour", now - 1h},
        {"Three Days AGO", now - 72h},
        {"  2 weeks ", now - 14 * 24h},
        {"-3 days", now - 72h},
        {"in 3 days", now + 72h},
        {"now", now},
        {"today", now},
        {"yesterday", now - 24h},
    }));
    CAPTURE(text);
    CHECK(read_date_text(text, now) == ReadTime{.time = time, .names_zone = false});
}

TEST_CASE("months and years go by the calendar, the day clamped", "[date_text]") {
    CHECK(read_date_text("1 month", now)->time == parse_iso8601("2024-02-29T12:00:00.5Z"));
    CHECK(read_date_text("13 months", now)->time == parse_iso8601("2023-02-28T12:00:00.5Z"));
    CHECK(read_date_text("1 year ago", now)->time == parse_iso8601("2023-03-31T12:00:00.5Z"));
    CHECK(read_date_text("in 1 month", now)->time == parse_iso8601("2024-04-30T12:00:00.5Z"));
}

TEST_CASE("absolute texts name a time, and a zone if they say so", "[date_text]") {
    const TimePoint noon = parse_iso8601("2024-01-01T12:00:00Z");
    CHECK(read_date_text("2024-01-01T12:00:00Z", now) == ReadTime{noon, true});
    CHECK(read_date_text("2024-01-01 12:00:00", now) == ReadTime{noon, false});
    CHECK(read_date_text("2024-01-01", now) == ReadTime{noon - 12h, false});
    CHECK(read_date_text("1704110400", now) == ReadTime{noon, false});
    CHECK(read_date_text("1704110400123", now) == ReadTime{noon + 123ms, false});
    CHECK(read_date_text("1704110400123456", now) == ReadTime{noon + 123ms, false});
    CHECK(read_date_text("1704110400.987", now) == ReadTime{noon, false});
}

TEST_CASE("other texts name no time", "[date_text]") {
    const auto text =
        GENERATE(as<std::string>{}, "", "   ", "garbage", "2024-02-30", "2 fortnights", "5",
                 "12345", "ago", "in", "-", ".", "1.2.3 days", "3 days 4", "days 3",
                 "3 days tomorrow", "1704110400.x", "1.5 months", "24000000 days", "3420000 weeks",
                 "9999 years 9999 years", "999999999 weeks 999999999 weeks", "in 8000 years",
                 "3; days", "99999999 years", "and 3 days", "3 \xC3\xA4");
    CAPTURE(text);
    CHECK_FALSE(read_date_text(text, now));
}

TEST_CASE("every instant is a first_fetch text", "[date_text][property]") {
    require_property("date text round trip", [] {
        const TimePoint time{Millis{*rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000)}};
        RC_ASSERT(read_date_text(iso8601(time), now) ==
                  (ReadTime{.time = time, .names_zone = true}));
    });
    require_property("a duration's text goes back by as much", [] {
        const auto minutes = *rc::gen::inRange(0, 100'000);
        RC_ASSERT(read_date_text(std::to_string(minutes) + " minutes", now)->time ==
                  now - std::chrono::minutes{minutes});
    });
}
