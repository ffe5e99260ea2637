#include "harness/sim/run_plan.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "harness/sim/life.hpp"
#include "harness/sim/situations.hpp"

using namespace harness::sim;
using Hit = Schedule::Hit;

namespace {

/// Of each run from 1 to 12: `-` missed, `.` nothing, else the number of its fault.
std::string text_of(const Schedule& schedule) {
    const RunPlan plan(schedule);
    std::string out;
    for (int run = 1; run <= 12; ++run) {
        const Hit* hit = plan.hit(run);
        if (plan.is_missed(run))
            out += '-';
        else
            out += hit ? std::to_string(hit->kind) : ".";
    }
    return out;
}

Schedule with_hits(std::initializer_list<Hit> hits) {
    Schedule out;
    out.runs = 7;  // eight
    for (const Hit& hit : hits) out.hits.push_back(hit);
    return out;
}

}  // namespace

TEST_CASE("a plan tells the fault of each scripted run", "[sim]") {
    CHECK(text_of(with_hits({})) == "............");
    CHECK(text_of(with_hits({{.gap = 0, .kind = Hit::cut, .more = 2},
                             {.gap = 1, .kind = Hit::lost_save, .more = 3},
                             {.gap = 0, .kind = Hit::reset, .more = 9}})) == "333.9111....");
    CHECK(RunPlan(with_hits({{.gap = 4, .kind = Hit::restore, .more = 1}})).last_restore() == 5);
    CHECK(RunPlan(with_hits({{.gap = 4, .kind = Hit::cut, .more = 1}})).last_restore() == 0);
}

TEST_CASE("no run of the drain is missed or has a fault", "[sim]") {
    Schedule schedule = with_hits({{.gap = 8, .kind = Hit::cut, .more = 2}});
    CHECK(text_of(schedule) == "............");
    schedule.missed_run = 7;
    schedule.missed_runs = 4;
    CHECK(text_of(schedule) == "......--....");
    schedule.missed_run = 3;
    schedule.missed_runs = 0;
    CHECK(text_of(schedule) == "..-.........");
    schedule.missed_run = 9;
    CHECK(text_of(schedule) == "............");
    CHECK(RunPlan(schedule).hit(1000) == nullptr);
}

TEST_CASE("a run fails only where it takes place", "[sim]") {
    const auto fails = [](const Schedule& schedule) {
        return planned(schedule, World(schedule)).has(Situation::failed_run);
    };
    CHECK(fails(with_hits({{.gap = 7, .kind = Hit::cut, .more = 0}})));
    CHECK_FALSE(fails(with_hits({{.gap = 8, .kind = Hit::cut, .more = 0}})));
    CHECK_FALSE(fails(with_hits({{.gap = 7, .kind = Hit::crash_after_emit, .more = 0}})));
    Schedule missed = with_hits({{.gap = 2, .kind = Hit::cut, .more = 0}});
    missed.missed_run = 3;
    CHECK_FALSE(fails(missed));
}
