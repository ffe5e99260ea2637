// Both links must show the same: one scenario, one fetcher, one trace.
#include "fetcher/policy.hpp"
#include "harness/play.hpp"
#include "http_link.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace harness;

TEST_CASE("direct and http give the same trace for every shipped scenario", "[links]") {
    const auto files = shipped_scenario_files();
    REQUIRE(files.size() >= 15);
    for (const std::string& file : files) {
        const mockxdr::Scenario scenario = shipped_scenario(file);
        for (const std::string_view name : fetcher::policy_names()) {
            const Game game{.scenario = scenario,
                            .policy = fetcher::policy(name),
                            .contract = contract_of(name)};
            const Trace direct = play(game, direct_link()), http = play(game, http_link());
            INFO(file << ", policy " << name);
            CHECK(to_text(direct) == to_text(http));
            CHECK(direct == http);
        }
    }
}
