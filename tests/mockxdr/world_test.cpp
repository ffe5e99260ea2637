#include "mockxdr/world.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

World world_of(const std::string& incident) {
    return World(scenario("\"incidents\": [" + incident + "]"), noon);
}

std::string status_at(const World& world, TimePoint now) {
    const Incident& incident = world.incidents()[0];
    const Version* version = incident.at(now);
    return version ? *field_value(incident, *version, "status").get_if<std::string>() : "unseen";
}

TimePoint modified_at(const World& world, TimePoint now) {
    return world.incidents()[0].at(now)->modification_time;
}

}  // namespace

TEST_CASE("an incident is seen from when it is indexed", "[world]") {
    const World world = world_of(R"({"id": "1", "created": "10s", "indexed_after": "6m"})");
    CHECK(world.incidents()[0].created == noon + 10s);
    CHECK(status_at(world, noon + 6min + 10s - 1ms) == "unseen");
    CHECK(status_at(world, noon + 6min + 10s) == "new");
    CHECK(status_at(world, noon + 1000h) == "new");
}

TEST_CASE("an update is seen when it is indexed, dated when it was made", "[world]") {
    const World world = world_of(R"({"id": "1", "created": "0s", "updates":
        [{"at": "5m", "set": {"status": "under_investigation"}, "indexed_after": "30s"}]})");
    CHECK(status_at(world, noon + 5min + 29s) == "new");
    CHECK(modified_at(world, noon + 5min + 29s) == noon);
    CHECK(status_at(world, noon + 5min + 30s) == "under_investigation");
    CHECK(modified_at(world, noon + 5min + 30s) == noon + 5min);
}

TEST_CASE("updates are applied in the order in which they were made", "[world]") {
    const World world = world_of(R"({"id": "1", "created": "0s", "updates": [
        {"at": "2m", "set": {"status": "resolved_other"}},
        {"at": "1m", "set": {"status": "under_investigation"}, "indexed_after": "5m"}]})");
    CHECK(status_at(world, noon + 2min) == "resolved_other");
    CHECK(status_at(world, noon + 6min) == "resolved_other");
    CHECK(modified_at(world, noon + 6min) == noon + 2min);
}

TEST_CASE("an update may move the creation time", "[world]") {
    World world = world_of(R"({"id": "1", "created": "0s", "updates": [
        {"at": "2m", "created": "-1h", "indexed_after": "30s"},
        {"at": "3m", "set": {"starred": true}},
        {"on": {"request": 1}, "created": "1m"}]})");
    const auto created_at = [&](TimePoint now) {
        const Incident& incident = world.incidents()[0];
        return *field_value(incident, *incident.at(now), "creation_time").get_if<std::int64_t>();
    };
    const auto ms = [](TimePoint time) { return time.time_since_epoch().count(); };
    CHECK(world.moving() == std::vector<std::uint32_t>{0});
    CHECK(created_at(noon + 2min) == ms(noon));
    CHECK(created_at(noon + 2min + 30s) == ms(noon - 1h));
    CHECK(modified_at(world, noon + 2min + 30s) == noon + 2min);
    CHECK(created_at(noon + 3min) == ms(noon - 1h));
    world.answered(1, noon + 4min);
    CHECK(created_at(noon + 4min) == ms(noon + 1min));
    CHECK(world.incidents()[0].created == noon);
    CHECK(world_of(R"({"id": "1", "created": "0s", "updates": [{"at": "1m", "set": {}}]})")
              .moving()
              .empty());
}

TEST_CASE("a change after a move is dated when it is made", "[world][trigger]") {
    World world = world_of(R"({"id": "1", "created": "0s", "updates": [
        {"on": {"request": 1}, "created": "10m"}, {"on": {"request": 2}, "set": {}}]})");
    world.answered(1, noon + 1min);
    world.answered(1, noon + 2min);
    CHECK(modified_at(world, noon + 2min) == noon + 2min);
    world.update(world.incidents()[0], {{"starred", true}}, noon + 3min);
    CHECK(modified_at(world, noon + 3min) == noon + 3min);
}

TEST_CASE("an incident that is indexed after its update shows the update at once", "[world]") {
    const World world = world_of(R"({"id": "1", "created": "0s", "indexed_after": "10m",
        "updates": [{"at": "1m", "set": {"status": "resolved_other"}}]})");
    CHECK(status_at(world, noon + 9min) == "unseen");
    CHECK(status_at(world, noon + 10min) == "resolved_other");
    CHECK(world.incidents()[0].versions.size() == 1);
}

TEST_CASE("a removed incident is gone from that instant on", "[world]") {
    const World world = world_of(R"({"id": "1", "created": "2m", "removed_at": "7m"})");
    CHECK(status_at(world, noon + 7min - 1ms) == "new");
    CHECK(status_at(world, noon + 7min) == "unseen");
}

TEST_CASE("an incident removed before it was indexed is never seen", "[world]") {
    const World world =
        world_of(R"({"id": "1", "created": "0s", "indexed_after": "8m", "removed_at": "7m"})");
    CHECK(world.incidents()[0].versions.empty());
    CHECK(status_at(world, noon + 9min) == "unseen");
}

TEST_CASE("a field is what the scenario sets, or its default", "[world]") {
    const World world =
        world_of(R"({"id": "12", "created": "1s", "fields": {"severity": "high", "hosts": null}})");
    const Incident& incident = world.incidents()[0];
    const Version& version = *incident.at(noon + 1s);
    CHECK(*field_value(incident, version, "incident_id").get_if<std::string>() == "12");
    CHECK(*field_value(incident, version, "creation_time").get_if<std::int64_t>() == 1704110401000);
    CHECK(*field_value(incident, version, "severity").get_if<std::string>() == "high");
    CHECK(field_value(incident, version, "hosts").is_null());
    CHECK(*field_value(incident, version, "xdr_url").get_if<std::string>() ==
          "https://mockxdr.invalid/incident-view?caseId=12");
}

TEST_CASE("a world finds its incidents by id", "[world]") {
    const World world = world_of(R"({"repeat": 3, "id": "2{n:02}", "created": "0s"})");
    CHECK(world.find(IncidentId("202")) == &world.incidents()[1]);
    CHECK(world.find(IncidentId("204")) == nullptr);
}

TEST_CASE("a client's update is seen at once, and dated when it was made", "[world]") {
    World world = world_of(R"({"id": "1", "created": "0s"})");
    world.update(world.incidents()[0], {{"status", "resolved_other"}}, noon + 5min);
    CHECK(status_at(world, noon + 5min - 1ms) == "new");
    CHECK(status_at(world, noon + 5min) == "resolved_other");
    CHECK(modified_at(world, noon + 5min) == noon + 5min);
    CHECK(world.changes() == 1);
    CHECK(&world.changed(1) == &world.incidents()[0]);
}

TEST_CASE("later changes of the scenario come over a client's update", "[world]") {
    World world = world_of(R"({"id": "1", "created": "0s", "removed_at": "20m", "updates": [
        {"at": "10m", "set": {"status": "resolved_auto"}},
        {"at": "4m", "set": {"status": "new"}, "indexed_after": "3m"}]})");
    world.update(world.incidents()[0], {{"status", "resolved_other"}}, noon + 5min);
    CHECK(status_at(world, noon + 7min) == "resolved_other");
    CHECK(modified_at(world, noon + 7min) == noon + 5min);
    CHECK(status_at(world, noon + 10min) == "resolved_auto");
    CHECK(status_at(world, noon + 20min) == "unseen");
}

TEST_CASE("what was seen in the millisecond of a change stays on record", "[world]") {
    World world = world_of(R"({"id": "1", "created": "0s", "removed_on": {"request": 1}})");
    const TimePoint now = noon + 5min;
    const Incident& incident = world.incidents()[0];
    world.update(incident, {{"status", "resolved_other"}}, now);
    world.update(incident, {{"status", "resolved_auto"}}, now);
    world.answered(1, now);
    const auto status = [&](ChangeCount changes) {
        const Version* version = incident.at(now, changes);
        return version ? *field_value(incident, *version, "status").get_if<std::string>() : "";
    };
    CHECK(status(0) == "new");
    CHECK(status(1) == "resolved_other");
    CHECK(status(2) == "resolved_auto");
    CHECK(status(3).empty());
    CHECK(incident.at(now) == nullptr);
    CHECK(incident.at(now - 1ms) == &incident.versions[0]);
    CHECK(incident.versions[1].change == 1);
}

TEST_CASE("thousands of changes in one millisecond are one event", "[world]") {
    using enum Event::Kind;
    World world = world_of(R"({"id": "1", "created": "0s", "removed_at": "20m"})");
    const TimePoint now = noon + 5min;
    const Incident& incident = world.incidents()[0];
    constexpr ChangeCount many = 30'000;
    for (ChangeCount i = 0; i < many; ++i)
        world.update(incident, {{"status", i % 2 == 0 ? "new" : "resolved_other"}}, now);
    CHECK(world.events(TimePoint::min(), TimePoint::max()) ==
          std::vector<Event>{{noon, 0, appears}, {now, 0, changes}, {noon + 20min, 0, disappears}});
    CHECK(incident.at(now, many / 2)->change == many / 2);
    world.update(incident, {{"status", "new"}}, now + 1min);
    CHECK(world.events(noon, now + 1min) ==
          std::vector<Event>{{now, 0, changes}, {now + 1min, 0, changes}});
}

TEST_CASE("what appears and changes in one millisecond are two events", "[world]") {
    using enum Event::Kind;
    World world = world_of(R"({"id": "1", "created": "0s", "on": {"request": 1}})");
    world.answered(1, noon);
    for (int i = 0; i < 3; ++i) world.update(world.incidents()[0], {{"starred", true}}, noon);
    CHECK(world.events(TimePoint::min(), TimePoint::max()) ==
          std::vector<Event>{{noon, 0, appears}, {noon, 0, changes}});
}

TEST_CASE("an incident appears with the request that it waits for", "[world][trigger]") {
    World world = world_of(R"({"id": "1", "created": "0s", "on": {"request": 2}})");
    CHECK(world.waiting() == std::vector{&world.incidents()[0]});
    world.answered(1, noon + 1min);
    CHECK(status_at(world, noon + 1min) == "unseen");
    world.answered(7, noon + 2min);
    CHECK(status_at(world, noon + 2min) == "new");
    CHECK(world.waiting().empty());
    CHECK(modified_at(world, noon + 2min) == noon);
}

TEST_CASE("an incident that is indexed after its request appears when it is indexed",
          "[world][trigger]") {
    World world =
        world_of(R"({"id": "1", "created": "0s", "indexed_after": "5m", "on": {"request": 1}})");
    world.answered(1, noon + 1min);
    CHECK(status_at(world, noon + 5min - 1ms) == "unseen");
    CHECK(status_at(world, noon + 5min) == "new");
}

TEST_CASE("a page counts its own requests", "[world][trigger]") {
    World world = world_of(R"({"id": "1", "created": "0s", "updates": [
        {"on": {"page": 2, "request": 2}, "set": {"status": "resolved_other"}}]})");
    for (const std::int64_t page : {1, 2, 1, 3}) world.answered(page, noon + 1min);
    CHECK(status_at(world, noon + 1min) == "new");
    world.answered(2, noon + 1min);
    CHECK(status_at(world, noon + 1min) == "resolved_other");
    CHECK(modified_at(world, noon + 1min) == noon + 1min);
    CHECK(world.changes() == 1);
}

TEST_CASE("what one request brings happens in the order of the file", "[world][trigger]") {
    World world = world_of(R"({"id": "1", "created": "0s", "on": {"page": 1}, "updates": [
        {"on": {"page": 1}, "set": {"status": "resolved_other"}},
        {"on": {"request": 1}, "set": {"status": "resolved_auto"}}]},
        {"id": "2", "created": "0s", "removed_on": {"request": 1}})");
    world.answered(1, noon + 1min);
    CHECK(status_at(world, noon + 1min) == "resolved_auto");
    CHECK(world.incidents()[1].at(noon + 1min) == nullptr);
    CHECK(world.incidents()[1].at(noon + 1min - 1ms) != nullptr);
    CHECK(world.changes() == 4);
}

TEST_CASE("an update that comes before its incident is not dated before it", "[world][trigger]") {
    World world = world_of(R"({"id": "1", "created": "5m", "updates": [
        {"on": {"request": 1}, "set": {"status": "resolved_other"}}]})");
    world.answered(1, noon + 1min);
    CHECK(status_at(world, noon + 5min) == "resolved_other");
    CHECK(modified_at(world, noon + 5min) == noon + 5min);
}

TEST_CASE("events tell what happens, in order of time and of the file", "[world]") {
    using enum Event::Kind;
    World world = world_of(R"(
        {"id": "1", "created": "2m", "removed_at": "4m"},
        {"id": "2", "created": "1m", "updates": [{"at": "2m", "set": {}}]})");
    const auto all = world.events(TimePoint::min(), TimePoint::max());
    CHECK(all == std::vector<Event>{{noon + 1min, 1, appears},
                                    {noon + 2min, 0, appears},
                                    {noon + 2min, 1, changes},
                                    {noon + 4min, 0, disappears}});
    CHECK(world.events(noon + 1min, noon + 2min) ==
          std::vector<Event>{{noon + 2min, 0, appears}, {noon + 2min, 1, changes}});
    CHECK(world.events(noon + 2min, noon + 2min).empty());
    world.update(world.incidents()[1], {{"starred", true}}, noon + 3min);
    CHECK(world.events(noon + 2min, noon + 4min) ==
          std::vector<Event>{{noon + 3min, 1, changes}, {noon + 4min, 0, disappears}});
}

TEST_CASE("incidents of a repeat share what is seen of them", "[world]") {
    const World world = world_of(R"({"repeat": 2, "id": "{n}", "created": "0s", "spacing": "1m",
        "fields": {"severity": "high"},
        "updates": [{"at": "1m", "set": {"status": "resolved_other"}}]})");
    const auto& first = world.incidents()[0].versions.at(1).fields;
    const auto& second = world.incidents()[1].versions.at(1).fields;
    CHECK(first.find("severity") == second.find("severity"));
}

TEST_CASE("incidents of a repeat wait for the same request", "[world][trigger]") {
    World world = world_of(R"({"repeat": 3, "id": "{n}", "created": "0s", "spacing": "1s",
        "on": {"request": 2, "page": 1}})");
    CHECK(world.waiting().size() == 3);
    world.answered(1, noon + 1min);
    CHECK(world.waiting().size() == 3);
    world.answered(1, noon + 1min);
    CHECK(world.waiting().empty());
    CHECK(world.incidents()[2].at(noon + 1min) != nullptr);
}
