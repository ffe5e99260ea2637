#include <cstdint>
#include <iostream>

#include "commands.hpp"
#include "files.hpp"
#include "harness/report.hpp"
#include "harness/zoo.hpp"
#include "http_link.hpp"

namespace harness {

namespace {

using Scenarios = std::vector<std::pair<std::string, mockxdr::Scenario>>;

/// All scenarios, or all that is wrong with any of them.
Scenarios load(const std::vector<std::string>& paths) {
    Scenarios scenarios;
    std::vector<xdr::Problem> problems;
    for (const std::string& file : scenario_files(paths)) {
        try {
            scenarios.emplace_back(file, load_scenario(file));
        } catch (const mockxdr::ScenarioError& error) {
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        }
    }
    if (!problems.empty()) throw mockxdr::ScenarioError(problems);
    return scenarios;
}

Contract contract_named(const std::string& name) {
    for (const Contract contract : {Contract::reach, Contract::modified, Contract::window})
        if (name_of(contract) == name) return contract;
    throw xdr::Error({.where = "--contract",
                      .what = "there is no contract '" + name + "'",
                      .hint = "choose one of reach, modified, window"});
}

Played play_one(const std::string& file, const mockxdr::Scenario& scenario,
                const std::string& policy, const ReplayOptions& options, const Link& link) {
    Played played;
    played.file = file;
    played.policy = policy;
    const NamedFetcher fetcher = find_fetcher(policy);
    played.contract =
        options.contract.empty() ? fetcher.contract : contract_named(options.contract);
    played.scenario = &scenario;
    played.result = harness::replay(
        {.scenario = scenario, .policy = fetcher.policy, .contract = played.contract}, link);
    // What a file expects, it expects under the policy's own contract.
    if (played.contract == fetcher.contract)
        played.judgement = compare(scenario, policy, played.result);
    else
        played.judgement.judged = false;
    return played;
}

void print(const std::vector<Played>& all, const ReplayOptions& options, bool single) {
    if (options.json) {
        std::cout << to_json(all) << "\n";
        return;
    }
    for (const Played& played : all)
        if (options.trace)
            std::cout << played.file << ", policy " << played.policy << "\n"
                      << to_text(played.result.trace) << "\n";
    std::cout << verdict_table(all);
    for (const Played& played : all) {
        const bool failed = played.judgement.exit != Exit::ok;
        if (failed || options.explain || single)
            std::cout << explanations(played, options.explain ? SIZE_MAX : 3);
        if (!failed) continue;
        std::cout << "\n" << played.file << ", policy " << played.policy << ": not as expected\n";
        for (const std::string& difference : played.judgement.differences)
            std::cout << "  " << difference << "\n";
        std::cout << "  repeat: mockxdr replay " << quoted(played.file) << " --policy "
                  << played.policy << "\n";
    }
}

}  // namespace

Exit replay(const ReplayOptions& options) {
    const Scenarios scenarios = load(options.paths);
    const Link link = options.over == "direct" ? direct_link() : http_link();
    std::vector<Played> all;
    Exit exit = Exit::ok;
    for (const auto& [file, scenario] : scenarios)
        for (const std::string& policy : options.policies) {
            all.push_back(play_one(file, scenario, policy, options, link));
            exit = worst(exit, all.back().judgement.exit);
        }
    print(all, options, scenarios.size() == 1);
    return exit;
}

}  // namespace harness
