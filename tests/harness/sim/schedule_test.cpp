#include "harness/sim/schedule.hpp"

#include <catch2/catch.hpp>

#include "harness/play.hpp"
#include "harness/scenario_text.hpp"
#include "harness/sim/explore.hpp"
#include "http_link.hpp"

using namespace harness;
using namespace harness::sim;

namespace {

mockxdr::Scenario reread(const std::string& text) {
    return mockxdr::read_scenario(text, "schedule.json", fetcher::policy_names());
}

}  // namespace

TEST_CASE("the file of a schedule says all that the schedule does", "[sim]") {
    const Campaign campaign{.seed = 21};
    for (std::uint64_t number = 0; number < 3000; ++number) {
        const mockxdr::Scenario scenario = to_scenario(campaign.schedule(number));
        const std::string text = scenario_text(scenario);
        INFO(text);
        REQUIRE(reread(text) == scenario);
    }
}

TEST_CASE("a file keeps title, source and expectations", "[sim]") {
    mockxdr::Scenario scenario = to_scenario(Campaign{.seed = 1}.schedule(1));
    scenario.title = "a \"title\" with \\ and \n in it";
    scenario.source = "somewhere";
    scenario.expect["complete"] = {};
    scenario.expect["current"] = {.lost = {xdr::IncidentId("1")},
                                  .duplicated = {xdr::IncidentId("2")},
                                  .late = {},
                                  .unexpected = {},
                                  .excused = std::vector<xdr::IncidentId>{}};
    CHECK(reread(scenario_text(scenario)) == scenario);
}

TEST_CASE("random schedules show the same over structs and over HTTP, broken replies included",
          "[sim][links]") {
    const Campaign campaign{.seed = 5};
    for (std::uint64_t number = 0; number < 150; ++number) {
        const mockxdr::Scenario scenario = to_scenario(campaign.schedule(number));
        for (const std::string_view name : {"complete", "complete-modified"}) {
            const Game game{.scenario = scenario,
                            .policy = fetcher::policy(name),
                            .contract = contract_of(name)};
            const Trace direct = play(game, direct_link()), http = play(game, http_link());
            INFO(name << ", schedule " << number << "\n" << scenario_text(scenario));
            REQUIRE(to_text(direct) == to_text(http));
        }
    }
}
