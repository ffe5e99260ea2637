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
    CHECK(world.incidents()[0].creation_time == noon + 10s);
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
