#include "harness/sim/shrink.hpp"

#include <catch2/catch.hpp>

#include "harness/sim/score.hpp"
#include "harness/zoo.hpp"

using namespace harness;
using namespace harness::sim;

TEST_CASE("an incident takes as many choices as the shrinker thinks", "[sim]") {
    const auto choices_of = [](std::uint8_t incidents) {
        const Tape tape{static_cast<std::uint8_t>(incidents - 1)};
        Recorded recorded(tape);
        CHECK(draw(recorded, Menu{}).incidents.size() == incidents);
        return recorded.read();
    };
    CHECK(choices_of(3) - choices_of(2) == incident_choices);
    CHECK(choices_of(1) == frame_choices + incident_choices + 1);
}

TEST_CASE("a schedule is made as small as what it fails by", "[sim]") {
    const Menu menu;
    const Campaign campaign{.seed = 6};
    // Any schedule in which an incident is late by three slots or more, with a limit above one.
    const auto fails = [](const Schedule& schedule) {
        return schedule.limit >= 1 &&
               std::any_of(schedule.incidents.begin(), schedule.incidents.end(),
                           [](const auto& incident) { return incident.delay >= 3; });
    };
    int shrunk_any = 0;
    for (std::uint64_t number = 0; number < 60; ++number) {
        if (!fails(campaign.schedule(number))) continue;
        ++shrunk_any;
        const Shrunk small = shrink(campaign.tape(number), menu, fails);
        REQUIRE(fails(small.schedule));
        CHECK(small.schedule.incidents.size() == 1);
        CHECK(small.schedule.incidents[0].delay == 3);
        CHECK(small.schedule.limit == 1);
        CHECK(small.schedule.hits.empty());
        CHECK(small.schedule.runs == 0);
        Recorded recorded(small.tape);
        CHECK(draw(recorded, menu) == small.schedule);
    }
    CHECK(shrunk_any > 5);
}

TEST_CASE("the same tape is always made small in the same way", "[sim]") {
    const Subject broken = subject("first-page-only");
    const Campaign campaign{.seed = 1, .menu = menu_for(broken)};
    const auto finding = explore(broken, campaign, 0, 1000, OnFailure::stop).first;
    REQUIRE(finding);
    const Shrunk once = shrunk(broken, campaign, *finding);
    CHECK(shrunk(broken, campaign, *finding).tape == once.tape);
    CHECK(outcome_of(broken, once.schedule).worst == finding->worst);
}

TEST_CASE("nothing is played twice while a schedule is made small", "[sim]") {
    const Subject broken = subject("newest-first");
    const Campaign campaign{.seed = 1, .menu = menu_for(broken)};
    const auto finding = explore(broken, campaign, 0, 1000, OnFailure::stop).first;
    REQUIRE(finding);
    std::vector<Schedule> played;
    shrink(campaign.tape(finding->number), campaign.menu, [&](const Schedule& schedule) {
        CHECK(std::find(played.begin(), played.end(), schedule) == played.end());
        played.push_back(schedule);
        return outcome_of(broken, schedule).worst == finding->worst;
    });
    CHECK(played.size() > 50);
}

TEST_CASE("every broken fetcher is caught soon, by a schedule that can be read", "[sim][zoo]") {
    for (const ZooMember& member : zoo()) {
        const Score found = score(subject(member.policy->name()),
                                  {.seed = 5, .count = 5, .shrinks = 5, .scope = {.incidents = 0}});
        INFO(member.policy->name() << ": " << member.slip);
        CHECK(found.survived == 0);
        CHECK(found.mean <= 250);
        // To fill a list of ids takes as many incidents.
        const bool capped = member.policy->name().starts_with("ids-capped");
        CHECK(found.incidents <= (capped ? 7 : 3));
        CHECK(found.polls <= 3);
    }
}
