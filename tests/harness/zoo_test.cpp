#include "harness/zoo.hpp"

#include "harness/play.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace harness;

namespace {

bool catches(const mockxdr::Scenario& scenario, const ZooMember& member) {
    const Result result =
        replay({.scenario = scenario, .policy = *member.policy, .contract = member.contract},
               direct_link());
    return result.verdict.count(Class::lost) + result.verdict.count(Class::duplicated) > 0;
}

}  // namespace

TEST_CASE("every member of the zoo is caught by a shipped scenario", "[zoo]") {
    for (const ZooMember& member : zoo()) {
        std::vector<std::string> caught_by;
        for (const std::string& file : shipped_scenario_files())
            if (catches(shipped_scenario(file), member)) caught_by.push_back(file);
        INFO(member.policy->name() << ": " << member.slip);
        CHECK_FALSE(caught_by.empty());
    }
}

TEST_CASE("the members of the zoo have names and references of their own", "[zoo]") {
    REQUIRE(zoo().size() >= 25);
    for (const ZooMember& a : zoo()) {
        CHECK_FALSE(a.slip.empty());
        CHECK_FALSE(a.reference.empty());
        CHECK(std::count_if(zoo().begin(), zoo().end(), [&](const ZooMember& b) {
                  return b.policy->name() == a.policy->name();
              }) == 1);
    }
}
