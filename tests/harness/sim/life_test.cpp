#include "harness/sim/life.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "harness/sim/view.hpp"
#include "mockxdr/select.hpp"

using namespace harness::sim;

namespace {

struct Case {
    Schedule schedule;
    std::string text;
};

/// Schedules of one incident that changes in every way, or not at all, and all at once.
std::vector<Case> cases() {
    using Incident = Schedule::Incident;
    struct Part {
        const char* name;
        std::uint8_t Incident::*field;
        std::vector<int> values;
    };
    const std::vector<Part> parts{
        {"delay", &Incident::delay, {0, 1, 4}},    {"match", &Incident::match, {0, 1, 5}},
        {"close", &Incident::close, {0, 2}},       {"gone", &Incident::gone, {0, 1, 4, 6}},
        {"touch", &Incident::touch, {0, 1, 3}},    {"lag", &Incident::lag, {0, 1, 4}},
        {"ahead", &Incident::ahead, {0, 1}},       {"move", &Incident::move, {0, 1, 3, 120}},
        {"move_to", &Incident::move_to, {0, 1, 3}}};
    std::vector<Case> out{{{}, ""}};
    out[0].schedule.incidents.push_back({});
    for (const Part& part : parts) {
        std::vector<Case> more;
        for (const Case& one : out)
            for (const int value : part.values) {
                more.push_back(one);
                more.back().schedule.incidents[0].*part.field = static_cast<std::uint8_t>(value);
                if (value > 0)
                    more.back().text += std::string(part.name) + " " + std::to_string(value) + " ";
            }
        out = more;
    }
    return out;
}

struct Row {
    TimePoint created, modified;

    friend bool operator==(const Row&, const Row&) = default;
};

/// What the mock shows of the one incident.
std::vector<Row> really(const mockxdr::World& world, const mockxdr::Scenario& scenario, Ms now) {
    mockxdr::Query query;
    query.filters = {
        {mockxdr::FilterField::status, mockxdr::Operator::in, std::vector<std::string>{"new"}}};
    std::vector<Row> out;
    const auto seen =
        mockxdr::select(world, scenario.server, query, {.now = TimePoint{Millis{now}}});
    for (const auto& row : seen.rows)
        out.push_back({row.version->creation_time, row.version->modification_time});
    return out;
}

std::vector<Row> simulated(View& view, Ms now) {
    std::vector<Row> out;
    for (Matches left = view.match({}, now); !left.empty(); left.drop_first())
        out.push_back({left.first().creation_time, left.first().modification_time});
    return out;
}

}  // namespace

TEST_CASE("the simulated world shows an incident as the mock does, whatever happens to it",
          "[sim]") {
    const Ms step = slot.count() / 2;
    int seen = 0, moved = 0;
    for (const Case& one : cases()) {
        const World world(one.schedule);
        View view(world);
        const mockxdr::Scenario scenario = to_scenario(one.schedule);
        const mockxdr::World real(scenario, scenario.start);
        INFO(one.text);
        for (int i = -1; i < 22; ++i)
            for (const Ms off : {0, 1}) {
                const Ms now = start_ms + i * step + off;
                INFO("at " << now - start_ms);
                REQUIRE(simulated(view, now) == really(real, scenario, now));
            }
        const Life& life = world.lives[0];
        seen += life.is_seen();
        moved += life.moved != never;
        REQUIRE(life.is_seen() == !life.sightings.empty());
        // A creation_time that moves to where it is does not move.
        REQUIRE((life.moved == never || life.created != life.created_later));
    }
    CHECK(seen > 8'000);
    CHECK(moved > 500);
}
