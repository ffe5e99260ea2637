#include "fetcher/lookback.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "lookback_print.hpp"
#include "xdr/error.hpp"
#include "xdr/time.hpp"

namespace {

using namespace std::chrono_literals;
using namespace fetcher::lookback;
using xdr::TimePoint;

const TimePoint noon = xdr::parse_iso8601("2024-01-02T12:00:00Z");
const std::int64_t noon_s = 1704196800;

Settings settings(Revision revision) {
    return {.revision = revision, .limit = 2, .look_back = 5, .first_fetch = "1 hour"};
}

Revision any_revision() { return GENERATE(Revision::documented, Revision::current); }

LastRun last_time(std::string time) { return {.time = std::move(time)}; }

/// The start alone, for tests in which the end is of no interest.
std::string start(const LastRun& last_run, const Settings& in) {
    return get_fetch_run_time_range(last_run, in, noon).start;
}

Found made(FoundId id, std::string created) {
    return {.id = std::move(id), .created = std::move(created)};
}

const Found a = made("a", "2024-01-02T11:10:00"), b = made("b", "2024-01-02T11:20:00"),
            c = made("c", "2024-01-02T11:15:00");

// ---- the window

TEST_CASE("the first window runs from first_fetch to now", "[lookback]") {
    const Settings in = settings(any_revision());
    CHECK(get_fetch_run_time_range({}, in, noon + 999ms) ==
          Range{.start = "2024-01-02T11:00:00", .end = "2024-01-02T12:00:00"});
}

TEST_CASE("a later window starts at the time of the last run if that is old enough", "[lookback]") {
    const Settings in = settings(any_revision());
    CHECK(start(last_time("2024-01-02T11:54:59"), in) == "2024-01-02T11:54:59");
    CHECK(start(last_time("2024-01-02T11:55:00"), in) == "2024-01-02T11:55:00");
}

TEST_CASE("a window starts look_back ago if the last run's time is later", "[lookback]") {
    const Settings in = settings(any_revision());
    CHECK(start(last_time("2024-01-02T11:55:01"), in) == "2024-01-02T11:55:00");
    CHECK(start(last_time("2024-01-02T13:00:00"), in) == "2024-01-02T11:55:00");
}

TEST_CASE("a time in the future stays the start while look-back is off", "[lookback]") {
    Settings in = settings(any_revision());
    in.look_back = GENERATE(0, -5);
    CHECK(start(last_time("2024-01-02T13:00:00"), in) == "2024-01-02T13:00:00");
}

TEST_CASE("an empty, null or absent time makes way for first_fetch", "[lookback]") {
    const Settings in = settings(any_revision());
    CHECK(start(last_time(""), in) == "2024-01-02T11:00:00");
    CHECK(start({.time = Null{}}, in) == "2024-01-02T11:00:00");
}

TEST_CASE("a timezone shifts now and first_fetch but not the last run's time", "[lookback]") {
    Settings in = settings(any_revision());
    in.timezone = 2;
    in.first_fetch = "2024-01-01T00:00:00";
    CHECK(get_fetch_run_time_range({}, in, noon) ==
          Range{.start = "2024-01-01T02:00:00", .end = "2024-01-02T14:00:00"});
    CHECK(start(last_time("2024-01-02T11:00:00"), in) == "2024-01-02T11:00:00");
    CHECK(start(last_time("2024-01-02T13:58:00"), in) == "2024-01-02T13:55:00");
}

TEST_CASE("a timezone may be a fraction and negative", "[lookback]") {
    Settings in = settings(any_revision());
    in.timezone = -3.5;
    CHECK(get_fetch_run_time_range({}, in, noon) ==
          Range{.start = "2024-01-02T07:30:00", .end = "2024-01-02T08:30:00"});
}

TEST_CASE("both ends of the window are in date_format", "[lookback]") {
    Settings in = settings(any_revision());
    in.date_format = "%Y-%m-%d %H:%M:%S.%f";
    CHECK(get_fetch_run_time_range({}, in, noon + 250ms) ==
          Range{.start = "2024-01-02 11:00:00.250000", .end = "2024-01-02 12:00:00.250000"});
}

TEST_CASE("a window without a readable start raises", "[lookback]") {
    Settings in = settings(any_revision());
    CHECK_THROWS_AS(start(last_time("garbage"), in), xdr::Error);
    CHECK_THROWS_AS(start(last_time(" "), in), xdr::Error);
    in.first_fetch = GENERATE(as<std::string>(), "", " ", "garbage", "2 fortnights", "2024-02-30");
    CHECK_THROWS_AS(start({}, in), xdr::Error);
    in.first_fetch = std::nullopt;
    CHECK_THROWS_WITH(start({}, in), Catch::StartsWith("first_fetch: expected a time, got null"));
    CHECK(start(last_time("2024-01-02T11:00:00"), in) == "2024-01-02T11:00:00");
}

TEST_CASE("a start that names a zone raises in documented once look_back is on", "[lookback]") {
    Settings in = settings(Revision::documented);
    CHECK_THROWS_AS(start(last_time("2024-01-02T11:00:00Z"), in), xdr::Error);
    in.first_fetch = "2024-01-02T11:00:00+02:00";
    CHECK_THROWS_AS(start({}, in), xdr::Error);
    in.look_back = 0;
    CHECK(start(last_time("2024-01-02T11:00:00Z"), in) == "2024-01-02T11:00:00");
    CHECK(start({}, in) == "2024-01-02T09:00:00");
}

TEST_CASE("a date_format that ends in Z is a trap that closes in the second documented run",
          "[lookback]") {
    Settings in = settings(Revision::documented);
    in.date_format = "%Y-%m-%dT%H:%M:%SZ";
    const Range first = get_fetch_run_time_range({}, in, noon);
    CHECK(first.end == "2024-01-02T12:00:00Z");
    CHECK_THROWS_AS(start(last_time(first.end), in), xdr::Error);
}

TEST_CASE("a start that names a zone is moved to UTC in current", "[lookback]") {
    Settings in = settings(Revision::current);
    CHECK(start(last_time("2024-01-02T11:00:00+02:00"), in) == "2024-01-02T09:00:00");
    CHECK(start(last_time("2024-01-02T12:00:00Z"), in) == "2024-01-02T11:55:00");
}

TEST_CASE("look_back null raises in documented and is 0 in current", "[lookback]") {
    Settings in = settings(Revision::documented);
    in.look_back = std::nullopt;
    CHECK_THROWS_WITH(start(last_time("2024-01-02T11:59:00"), in),
                      Catch::StartsWith("look_back: expected minutes, got null"));
    in.revision = Revision::current;
    CHECK(start(last_time("2024-01-02T11:59:00"), in) == "2024-01-02T11:59:00");
}

TEST_CASE("durations beyond what can be written as a time are refused", "[lookback]") {
    Settings in = settings(any_revision());
    in.look_back = std::numeric_limits<std::int64_t>::max();
    CHECK_THROWS_AS(start({}, in), xdr::Error);
    in = settings(in.revision);
    in.timezone = GENERATE(1e300, -1e300, std::numeric_limits<double>::quiet_NaN(), 1e8);
    CHECK_THROWS_AS(start({}, in), xdr::Error);
}

// ---- the request limit and the selection

TEST_CASE("the request limit is the last run's unless that is absent, null or 0", "[lookback]") {
    CHECK(request_limit({.limit = 7}, 2) == 7);
    CHECK(request_limit({}, 2) == 2);
    CHECK(request_limit({.limit = Null{}}, 2) == 2);
    CHECK(request_limit({.limit = 0}, 2) == 2);
    CHECK(request_limit({.limit = -1}, 2) == -1);
    CHECK(request_limit({}, std::nullopt) == std::nullopt);
}

TEST_CASE("the selection drops known ids and keeps the first of the rest in order", "[lookback]") {
    const LastRun known{.found_incident_ids = FoundIds{{"b", noon_s}}};
    CHECK(filter_incidents_by_duplicates_and_limit({c, b, a, b}, known, 5) == std::vector{c, a});
    CHECK(filter_incidents_by_duplicates_and_limit({c, b, a}, known, 1) == std::vector{c});
}

TEST_CASE("two copies of an id in one answer are both kept", "[lookback]") {
    CHECK(filter_incidents_by_duplicates_and_limit({a, b, a}, {}, 3) == std::vector{a, b, a});
}

TEST_CASE("a limit of 0 keeps nothing, a negative one drops from the end, none keeps all",
          "[lookback]") {
    CHECK(filter_incidents_by_duplicates_and_limit({a, b, c}, {}, 0).empty());
    CHECK(filter_incidents_by_duplicates_and_limit({a, b, c}, {}, -2) == std::vector{a});
    CHECK(filter_incidents_by_duplicates_and_limit({a, b, c}, {}, -4).empty());
    CHECK(filter_incidents_by_duplicates_and_limit({a, b, c}, {}, std::nullopt) ==
          std::vector{a, b, c});
}

TEST_CASE("a numeric id is not the text with the same digits", "[lookback]") {
    const Found numeric = made(7, "2024-01-02T11:10:00");
    const LastRun in_memory{.found_incident_ids = FoundIds{{7, noon_s}}};
    const LastRun from_json{.found_incident_ids = FoundIds{{"7", noon_s}}};
    CHECK(filter_incidents_by_duplicates_and_limit({numeric}, in_memory, 1).empty());
    CHECK(filter_incidents_by_duplicates_and_limit({numeric}, from_json, 1) ==
          std::vector{numeric});
}

}  // namespace
