#include <iostream>

#include "files.hpp"
#include "harness/neighbours.hpp"
#include "harness/zoo.hpp"
#include "simulator.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

bool is_clean(const mockxdr::Scenario& scenario, const fetcher::Policy& policy, Contract contract) {
    return failures_of(
               replay({.scenario = scenario, .policy = policy, .contract = contract}, direct_link())
                   .verdict)
        .empty();
}

void tell_smallest(const mockxdr::Scenario& scenario, const fetcher::Policy& policy,
                   Contract contract) {
    const SmallestSettings smallest = smallest_settings(scenario, policy, contract);
    const std::string name(policy.name());
    std::cout << "smallest look_back with which " << name
              << " has all that it owes once and in time: "
              << (smallest.look_back ? xdr::duration_text(*smallest.look_back) : "none up to 2h")
              << " (limit " << scenario.fetch.limit << ")\n"
              << "smallest limit with which it does: "
              << (smallest.limit ? std::to_string(*smallest.limit) : "none up to 200")
              << " (look_back " << xdr::duration_text(scenario.fetch.look_back) << ")\n";
    const bool grew = (smallest.limit && *smallest.limit < scenario.fetch.limit) ||
                      (smallest.look_back && *smallest.look_back < scenario.fetch.look_back);
    if (grew && !is_clean(scenario, policy, contract))
        std::cout << "the file has more, and that is not so with it: more does not always help\n";
}

/// Nothing failed with it: says what became of it instead.
Exit tell_incident(const ExplainOptions& options, const Verdict& verdict) {
    for (const IncidentVerdict& incident : verdict.incidents) {
        if (incident.id.text() != options.incident) continue;
        std::cout << options.incident << " is " << name_of(incident.verdict)
                  << (incident.excuse ? ": " + std::string(describe(*incident.excuse)) : "")
                  << "\n";
        return Exit::ok;
    }
    throw xdr::Error({.where = "--incident",
                      .what = "there is no incident '" + options.incident + "' in " + options.file,
                      .hint = "mockxdr replay --json lists them"});
}

}  // namespace

Exit explain_scenario(const ExplainOptions& options) {
    const mockxdr::Scenario scenario = load_scenario(options.file);
    const auto& [policy, contract] = find_fetcher(options.policy);
    if (options.min_look_back) {
        tell_smallest(scenario, policy, contract);
        return Exit::ok;
    }
    const Result result =
        replay({.scenario = scenario, .policy = policy, .contract = contract}, direct_link());
    bool found = false;
    for (const IncidentVerdict& verdict : failures_of(result.verdict)) {
        if (!options.incident.empty() && verdict.id.text() != options.incident) continue;
        std::cout << (found ? "\n" : "")
                  << failure_report({.scenario = scenario,
                                     .policy = policy,
                                     .contract = contract,
                                     .incident = verdict.id,
                                     .verdict = verdict.verdict});
        found = true;
        if (options.incident.empty()) break;
    }
    if (found) return Exit::ok;
    if (!options.incident.empty()) return tell_incident(options, result.verdict);
    std::cout << options.policy << " loses and repeats nothing in " << options.file << "\n";
    return Exit::ok;
}

}  // namespace harness
