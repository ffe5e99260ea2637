#include "xdr/time.hpp"

#include <rapidcheck.h>

#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace xdr;

namespace {

const TimePoint noon = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1} + 12h;

}  // namespace

TEST_CASE("an instant is written with milliseconds only where it has some", "[time]") {
    CHECK(iso8601(noon) == "2024-01-01T12:00:00Z");
    CHECK(iso8601(noon + 250ms) == "2024-01-01T12:00:00.250Z");
    CHECK(iso8601(noon - 1ms) == "2024-01-01T11:59:59.999Z");
    CHECK(iso8601(TimePoint{-1ms}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("ISO 8601 is read in the forms that people write", "[time]") {
    const auto [text, time, zone] = GENERATE(table<std::string, TimePoint, bool>({
        {"2024-01-01", noon - 12h, false},
        {"2024-01-01T12:00", noon, false},
        {"2024-01-01 12:00:00", noon, false},
        {"2024-01-01T12:00:00.25", noon + 250ms, false},
        {"2024-01-01T12:00:00.123456Z", noon + 123ms, true},
        {"2024-01-01T14:00:00+02:00", noon, true},
        {"2024-01-01T10:30:00-0130", noon, true},
        {"2024-02-29T12:00:00Z", noon + 59 * 24h, true},
    }));
    CAPTURE(text);
    CHECK(read_iso8601(text) == ReadTime{.time = time, .names_zone = zone});
}

TEST_CASE("what is no time is not read as one", "[time]") {
    const auto text =
        GENERATE(as<std::string>{}, "", "2024", "2024-1-1", "2024-02-30", "2024-13-01",
                 "2024-01-01T", "2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z",
                 "2024-01-01T12:00:60Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00+2:00",
                 "2024-01-01T12:00:00Zulu", "2024-01-01T12:00:00 Z", "noon");
    CAPTURE(text);
    CHECK_FALSE(read_iso8601(text));
}

TEST_CASE("a time without a zone is refused where a zone is needed", "[time]") {
    CHECK(parse_iso8601("2024-01-01T12:00:00Z") == noon);
    const Problem problem = problem_of([] { parse_iso8601("2024-01-01T12:00:00"); });
    CHECK(problem.what == "'2024-01-01T12:00:00' is not a time with a zone");
    CHECK(problem.hint == "write it as 2024-01-01T12:00:00Z");
    CHECK(problem_of([] { parse_iso8601("2023-02-29T12:00:00Z"); }).what ==
          "'2023-02-29T12:00:00Z' is not a time of the calendar");
}

TEST_CASE("durations are read and written in their units", "[time]") {
    const auto [text, duration] = GENERATE(table<std::string, Millis>({
        {"0s", 0s},
        {"250ms", 250ms},
        {"90s", 90s},
        {"15m", 15min},
        {"1h30m", 90min},
        {"2d", 48h},
        {"-10s", -10s},
        {"1d2h3m4s5ms", 26h + 3min + 4s + 5ms},
        {"36525d", 36525 * 24h},
    }));
    CAPTURE(text);
    CHECK(parse_duration(text) == duration);
}

TEST_CASE("what is no duration is refused with the forms that are", "[time]") {
    const auto text = GENERATE(as<std::string>{}, "", "-", "15", "m", "15 m", "1.5h", "1m1h",
                               "1h1h", "+5m", "5M", "365251d", "99999999999999s", "1h-5m");
    CAPTURE(text);
    const Problem problem = problem_of([&] { parse_duration(text); });
    CHECK(problem.what == "'" + text + "' is not a duration");
    CHECK(problem.hint == "write it as 90s, 15m, 1h30m, 2d or 250ms");
}

TEST_CASE("every instant survives its text", "[time][property]") {
    require_property("iso8601 round trip", [] {
        // From year 0 to the end of year 9999.
        const TimePoint time{
            Millis{*rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000)}};
        RC_ASSERT(read_iso8601(iso8601(time)) == (ReadTime{.time = time, .names_zone = true}));
        RC_ASSERT(parse_iso8601(iso8601(time)) == time);
    });
}

TEST_CASE("every duration survives its text", "[time][property]") {
    require_property("duration round trip", [] {
        const std::int64_t most = 365250LL * 24 * 3600 * 1000;
        const auto unit = *rc::gen::element<std::int64_t>(1, 1000, 60'000, 3'600'000, 86'400'000);
        const Millis duration{*rc::gen::inRange(-most / unit, most / unit + 1) * unit};
        RC_ASSERT(parse_duration(duration_text(duration)) == duration);
    });
}
