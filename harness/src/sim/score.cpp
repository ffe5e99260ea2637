#include "harness/sim/score.hpp"

#include <algorithm>

namespace harness::sim {

namespace {

/// The first failure of a trial.
std::optional<Finding> first_failure(const Subject& subject, const Campaign& campaign,
                                     std::uint64_t most) {
    return explore(subject, campaign, 0, most, OnFailure::stop).first;
}

void add_shrunk(const Subject& subject, const Campaign& campaign, const Finding& finding,
                Score& out) {
    const Shrunk small = shrunk(subject, campaign, finding);
    out.incidents += static_cast<double>(small.schedule.incidents.size());
    out.polls += small.schedule.runs + 1;
}

std::string smallest_scope(const Subject& subject, const Scope& scope) {
    const Proof proof = prove(subject, scope);
    if (!proof.counterexample)
        return "none up to " + std::to_string(scope.incidents) + " x " +
               std::to_string(scope.polls);
    return std::to_string(proof.counterexample->incidents.size()) + " x " +
           std::to_string(proof.counterexample->runs + 1);
}

}  // namespace

Shrunk shrunk(const Subject& subject, const Campaign& campaign, const Finding& finding) {
    const bool disagreed = !finding.disagreement.empty();
    const auto fails = [&](const Schedule& schedule) {
        const Outcome outcome = outcome_of(subject, schedule);
        return disagreed ? !outcome.disagreement.empty() : outcome.worst == finding.worst;
    };
    return shrink(campaign.tape(finding.number), campaign.menu, fails);
}

Score score(const Subject& subject, const Trials& trials) {
    Score out{.name = subject.name, .trials = trials.count};
    std::vector<std::uint64_t> caught_after;
    int shrinks = 0;
    for (int trial = 0; trial < trials.count; ++trial) {
        const Campaign campaign{.seed = mockxdr::mixed(trials.seed) + static_cast<unsigned>(trial),
                                .menu = menu_for(subject)};
        const auto finding = first_failure(subject, campaign, trials.most_schedules);
        out.survived += !finding;
        caught_after.push_back(finding ? finding->number + 1 : trials.most_schedules);
        if (!finding || shrinks == trials.shrinks) continue;
        ++shrinks;
        add_shrunk(subject, campaign, *finding, out);
    }
    std::sort(caught_after.begin(), caught_after.end());
    for (const std::uint64_t count : caught_after) out.mean += static_cast<double>(count);
    out.mean /= std::max(1, trials.count);
    if (!caught_after.empty()) out.p95 = caught_after[(caught_after.size() * 95 - 1) / 100];
    if (shrinks > 0) {
        out.incidents /= shrinks;
        out.polls /= shrinks;
    }
    if (trials.scope.incidents > 0) out.scope = smallest_scope(subject, trials.scope);
    return out;
}

}  // namespace harness::sim
