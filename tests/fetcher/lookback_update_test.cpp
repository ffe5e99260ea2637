#include <catch2/catch.hpp>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "fetcher/lookback.hpp"
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

Found made(FoundId id, std::string created) {
    return {.id = std::move(id), .created = std::move(created)};
}

const Range window{.start = "2024-01-02T11:00:00", .end = "2024-01-02T12:00:00"};
const Found a = made("a", "2024-01-02T11:10:00"), b = made("b", "2024-01-02T11:20:00"),
            c = made("c", "2024-01-02T11:15:00");

Fetched got(std::vector<Found> incidents) {
    return {.range = window, .incidents = std::move(incidents)};
}

Fetched got(std::vector<Found> incidents, std::int64_t new_offset) {
    return {.range = window, .incidents = std::move(incidents), .new_offset = new_offset};
}

using Time = std::variant<Null, std::string>;
using Limit = std::variant<Null, std::int64_t>;

// ---- the newest created time

TEST_CASE("the newest created time is found in any order", "[lookback]") {
    CHECK(get_latest_incident_created_time({a, b, c}, settings(any_revision())) == *b.created);
}

TEST_CASE("increase_last_run_time adds a millisecond where date_format can show it", "[lookback]") {
    Settings in = settings(any_revision());
    in.increase_last_run_time = true;
    CHECK(get_latest_incident_created_time({a}, in) == *a.created);
    in.date_format = "%Y-%m-%dT%H:%M:%S.%f";
    CHECK(get_latest_incident_created_time({made("a", "2024-01-02T11:10:00.25")}, in) ==
          "2024-01-02T11:10:00.251000");
}

TEST_CASE("a created time that is missing or not in date_format raises", "[lookback]") {
    const Settings in = settings(any_revision());
    const Found bad = GENERATE(Found{.id = "x"}, made("x", "garbage"),
                               made("x", "2024-01-02T11:10:00.250"), made("x", ""));
    CHECK_THROWS_AS(get_latest_incident_created_time({a, bad}, in), xdr::Error);
    CHECK_THROWS_AS(update_last_run_object({}, got({bad}), in, noon), xdr::Error);
    CHECK_THROWS_AS(get_latest_incident_created_time({}, in), xdr::Error);
}

// ---- forgetting

TEST_CASE("documented forgets an id at twice look_back, current a second later", "[lookback]") {
    const FoundIds ids{{"1", noon_s - 599}, {"2", noon_s - 600}, {"3", noon_s - 601}};
    CHECK(remove_old_incidents_ids(ids, settings(Revision::documented), noon + 999ms) ==
          FoundIds{{"1", noon_s - 599}});
    CHECK(remove_old_incidents_ids(ids, settings(Revision::current), noon + 999ms) ==
          FoundIds{{"1", noon_s - 599}, {"2", noon_s - 600}});
}

TEST_CASE("look-back off keeps an id for its second in current and not at all in documented",
          "[lookback]") {
    Settings in = settings(Revision::documented);
    in.look_back = 0;
    const FoundIds ids{{"old", noon_s - 1}, {"new", noon_s}};
    CHECK(remove_old_incidents_ids(ids, in, noon).empty());
    in.revision = Revision::current;
    CHECK(remove_old_incidents_ids(ids, in, noon) == FoundIds{{"new", noon_s}});
    in.look_back = -1;
    CHECK(remove_old_incidents_ids(ids, in, noon).empty());
}

TEST_CASE("documented leaves found_incident_ids absent while no id is kept", "[lookback]") {
    Settings in = settings(Revision::documented);
    CHECK(get_found_incident_ids({}, {}, in, Forgetting::on, noon) == std::nullopt);
    CHECK(get_found_incident_ids({}, {a}, in, Forgetting::on, noon) == FoundIds{{"a", noon_s}});
    in.look_back = GENERATE(0, -5);
    CHECK(get_found_incident_ids({}, {a}, in, Forgetting::on, noon) == std::nullopt);
}

TEST_CASE("documented removes nothing when no id is young", "[lookback]") {
    Settings in = settings(Revision::documented);
    const LastRun old{.found_incident_ids = FoundIds{{"old", 1}}};
    CHECK(get_found_incident_ids(old, {}, in, Forgetting::on, noon) == FoundIds{{"old", 1}});
    CHECK(get_found_incident_ids(old, {a}, in, Forgetting::on, noon) == FoundIds{{"a", noon_s}});
    in.look_back = 0;
    CHECK(get_found_incident_ids(old, {a}, in, Forgetting::on, noon) ==
          FoundIds{{"a", noon_s}, {"old", 1}});
    const LastRun empty{.found_incident_ids = FoundIds{}};
    CHECK(get_found_incident_ids(empty, {}, in, Forgetting::on, noon) == FoundIds{});
}

TEST_CASE("current always stores found_incident_ids and may be told to forget nothing",
          "[lookback]") {
    const Settings in = settings(Revision::current);
    const LastRun old{.found_incident_ids = FoundIds{{"old", 1}}};
    CHECK(get_found_incident_ids({}, {}, in, Forgetting::on, noon) == FoundIds{});
    CHECK(get_found_incident_ids(old, {}, in, Forgetting::on, noon) == FoundIds{});
    CHECK(get_found_incident_ids(old, {a}, in, Forgetting::off, noon) ==
          FoundIds{{"a", noon_s}, {"old", 1}});
}

// ---- documented: the new time and limit

TEST_CASE("nothing new moves time to the end and the limit back", "[lookback]") {
    const LastRun before{.time = "2024-01-02T11:00:00", .limit = 8};
    CHECK(create_updated_last_run_object(before, got({}), settings(any_revision())) ==
          Changes{.time = window.end, .limit = 2});
}

TEST_CASE("documented moves time to the newest new incident of a batch that is not full",
          "[lookback]") {
    CHECK(create_updated_last_run_object({.limit = 8}, got({a}), settings(Revision::documented)) ==
          Changes{.time = *a.created, .limit = 2});
}

TEST_CASE("documented keeps the start and grows the limit after a full batch", "[lookback]") {
    const Settings in = settings(Revision::documented);
    CHECK(create_updated_last_run_object({.limit = 8}, got({a, b}), in) ==
          Changes{.time = window.start, .limit = 10});
    CHECK(create_updated_last_run_object({}, got({a, b}), in) ==
          Changes{.time = window.start, .limit = 4});
    CHECK(create_updated_last_run_object({.limit = 0}, got({a, b}), in).limit == Limit{2});
    CHECK_THROWS_AS(create_updated_last_run_object({.limit = Null{}}, got({a, b}), in), xdr::Error);
}

TEST_CASE("documented moves on after a full batch only while look_back is 0", "[lookback]") {
    Settings in = settings(Revision::documented);
    in.look_back = 0;
    CHECK(create_updated_last_run_object({.limit = 8}, got({a, b}), in) ==
          Changes{.time = *b.created, .limit = 2});
    in.look_back = -5;
    CHECK(create_updated_last_run_object({.limit = 8}, got({a, b}), in) ==
          Changes{.time = window.start, .limit = 10});
}

TEST_CASE("a limit beyond 64 bits is refused", "[lookback]") {
    const LastRun before{.limit = std::numeric_limits<std::int64_t>::max()};
    CHECK_THROWS_AS(
        create_updated_last_run_object(before, got({a, b}), settings(Revision::documented)),
        xdr::Error);
}

// ---- current: the new time and limit

TEST_CASE("current moves time to the newest new incident and counts known ids into the limit",
          "[lookback]") {
    Settings in = settings(Revision::current);
    const LastRun before{.limit = 8, .found_incident_ids = FoundIds{{"x", 1}, {"y", noon_s}}};
    CHECK(create_updated_last_run_object(before, got({a, b}), in) ==
          Changes{.time = *b.created, .limit = 6});
    CHECK(create_updated_last_run_object({}, got({a}), in).limit == Limit{3});
    in.look_back = GENERATE(0, -5);
    CHECK(create_updated_last_run_object(before, got({a, b}), in).limit == Limit{2});
}

TEST_CASE("current forgets nothing while time stands still", "[lookback]") {
    const Settings in = settings(Revision::current);
    const LastRun before{.time = window.start, .found_incident_ids = FoundIds{{"x", 1}}};
    const Found still = made("a", window.start);
    CHECK(update_last_run_object(before, got({still}), in, noon) ==
          LastRun{.time = window.start,
                  .limit = 4,
                  .found_incident_ids = FoundIds{{"a", noon_s}, {"x", 1}}});
    CHECK(update_last_run_object(before, got({a}), in, noon).found_incident_ids ==
          FoundIds{{"a", noon_s}});
}

TEST_CASE("current with increase_last_run_time compares the increased time with the start",
          "[lookback]") {
    Settings in = settings(Revision::current);
    in.date_format = "%Y-%m-%dT%H:%M:%S.%f";
    in.increase_last_run_time = true;
    const std::string at = "2024-01-02T11:00:00.000000";
    const Fetched fetched{.range = {.start = at, .end = at}, .incidents = {made("a", at)}};
    CHECK(create_updated_last_run_object({}, fetched, in) ==
          Changes{.time = "2024-01-02T11:00:00.001000", .limit = 3});
}

TEST_CASE("a next offset keeps the time, null if there was none", "[lookback]") {
    const Settings in = settings(Revision::current);
    const LastRun before{.time = "2024-01-02T10:00:00", .limit = 8};
    CHECK(create_updated_last_run_object(before, got({a, b}, 4), in) ==
          Changes{.time = "2024-01-02T10:00:00", .limit = 2, .offset = 4});
    CHECK(create_updated_last_run_object({}, got({a, b}, 4), in) ==
          Changes{.time = Null{}, .limit = 2, .offset = 4});
}

TEST_CASE("a next offset of 0 moves the time and keeps the limit", "[lookback]") {
    const Settings in = settings(Revision::current);
    const LastRun before{.limit = 8, .found_incident_ids = FoundIds{{"x", 1}}};
    CHECK(create_updated_last_run_object(before, got({a, b}, 0), in) ==
          Changes{.time = *b.created, .limit = 2, .offset = 0});
    CHECK(update_last_run_object(before, got({}, 0), in, noon) ==
          LastRun{.time = window.end, .limit = 2, .found_incident_ids = FoundIds{}, .offset = 0});
}

TEST_CASE("the offset counts up until everything was read", "[lookback]") {
    CHECK(calculate_new_offset({.old_offset = 4, .returned = 2, .total = 7}) == 6);
    CHECK(calculate_new_offset({.old_offset = 4, .returned = 2, .total = 6}) == 0);
    CHECK(calculate_new_offset({.old_offset = 4, .returned = 0, .total = 7}) == 0);
    CHECK(calculate_new_offset({.old_offset = 4, .returned = 2, .total = 0}) == 6);
    CHECK(calculate_new_offset({.old_offset = 4, .returned = 2, .total = std::nullopt}) == 6);
}

TEST_CASE("documented has no offset mode", "[lookback]") {
    CHECK_THROWS_AS(create_updated_last_run_object({}, got({a}, 2), settings(Revision::documented)),
                    xdr::Error);
}

// ---- edge cases

TEST_CASE("look_back null raises in documented and stands for 0 in current", "[lookback]") {
    Settings in = settings(Revision::documented);
    in.look_back = std::nullopt;
    CHECK_THROWS_AS(update_last_run_object({}, got({a}), in, noon), xdr::Error);
    CHECK_THROWS_AS(remove_old_incidents_ids({}, in, noon), xdr::Error);
    in.revision = Revision::current;
    CHECK(create_updated_last_run_object({}, got({a}), in).limit == Limit{2});
}

TEST_CASE("a missing limit raises always in current, in documented once something is new",
          "[lookback]") {
    Settings in = settings(Revision::documented);
    in.limit = std::nullopt;
    CHECK(create_updated_last_run_object({}, got({}), in) ==
          Changes{.time = window.end, .limit = Null{}});
    CHECK_THROWS_AS(create_updated_last_run_object({}, got({a}), in), xdr::Error);
    in.revision = Revision::current;
    CHECK_THROWS_AS(create_updated_last_run_object({}, got({}), in), xdr::Error);
    CHECK_THROWS_AS(create_updated_last_run_object({}, got({a}), in), xdr::Error);
}

TEST_CASE("a full documented batch is saved although a created time is unreadable", "[lookback]") {
    const Settings in = settings(Revision::documented);
    CHECK(create_updated_last_run_object({}, got({a, made("x", "garbage")}), in).time ==
          Time{window.start});
}

TEST_CASE("other keys of the last run are kept", "[lookback]") {
    const LastRun before{.offset = 3, .other = {{"mine", "[1, 2]"}}};
    const LastRun after = update_last_run_object(before, got({a}), settings(any_revision()), noon);
    CHECK(after.other == before.other);
    CHECK(after.offset == before.offset);
    CHECK(after.time == Time{*a.created});
}

}  // namespace
