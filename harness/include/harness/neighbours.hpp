#pragma once

#include <string>
#include <vector>

#include "harness/play.hpp"

namespace harness {

/// Something that happened to one incident of a scenario under a policy.
struct Failure {
    const mockxdr::Scenario& scenario;
    const fetcher::Policy& policy;
    Contract contract;
    IncidentId incident;
    Class verdict = Class::lost;
};

/// Which single changes of a scenario make a failure go away. Found by playing the neighbours.
struct Counterfactuals {
    std::vector<std::string> saves;    ///< the incident is then emitted once
    std::vector<std::string> excuses;  ///< it is then outside of the contract: no repair
    std::vector<std::string> no_help;  ///< the failure stays
};

Counterfactuals counterfactuals(const Failure& failure);

/// Each failed incident of a verdict: lost, duplicated, unexpected or late, in this order.
std::vector<IncidentVerdict> failures_of(const Verdict& verdict);

/// What became of one incident in at most 25 lines: the incidents that matter, the table of
/// requests, and the single changes that save it, excuse it or do not help.
std::string failure_report(const Failure& failure);

/// The smallest settings with which a policy still owes each incident that it owes with the
/// scenario's own, and has it once and in time: found by playing one after the other, up to 2h and
/// a limit of 200; nothing where none does.
struct SmallestSettings {
    std::optional<Millis> look_back;    ///< with the scenario's limit, in whole minutes
    std::optional<std::int64_t> limit;  ///< with the scenario's look_back
};
SmallestSettings smallest_settings(const mockxdr::Scenario& scenario, const fetcher::Policy& policy,
                                   Contract contract);

}  // namespace harness
