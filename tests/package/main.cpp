// Uses every exported library as a stranger would: plays a scenario, then serves one.
#include <harness/play.hpp>
#include <iostream>
#include <mockxdr/server.hpp>

int main() {
    const auto scenario = mockxdr::read_scenario(
        R"({ "title": "t", "start": "2024-01-01T12:00:00Z",
             "incidents": [{ "id": "1", "created": "10s" }] })",
        "inline", fetcher::policy_names());
    const auto result = harness::replay({.scenario = scenario,
                                         .policy = fetcher::policy("complete"),
                                         .contract = harness::Contract::reach},
                                        harness::direct_link());
    mockxdr::Service service(scenario, scenario.start, harness::test_keys());
    const mockxdr::Server server(service, [&] { return scenario.start; }, {});
    const bool served = server.port() > 0 && server.url().starts_with("http://127.0.0.1:");
    std::cout << "once: " << result.verdict.count(harness::Class::once) << "\n";
    return result.verdict.count(harness::Class::once) == 1 && served ? 0 : 1;
}
