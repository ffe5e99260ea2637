#include <algorithm>

#include "harness/neighbours.hpp"

namespace harness {

namespace {

using namespace std::chrono_literals;
using mockxdr::Scenario;

constexpr std::int64_t most_minutes = 120, most_limit = 200;

bool is_clean(const Verdict& verdict) { return failures_of(verdict).empty(); }

}  // namespace

SmallestSettings smallest_settings(const mockxdr::Scenario& scenario, const fetcher::Policy& policy,
                                   Contract contract) {
    const auto play = [&](const Scenario& one) {
        return replay({.scenario = one, .policy = policy, .contract = contract}, direct_link())
            .verdict;
    };
    const Verdict own = play(scenario);
    const auto clean = [&](auto change) {
        Scenario neighbour = scenario;
        change(neighbour.fetch);
        const Verdict verdict = play(neighbour);
        // What is only excused with other settings is not had.
        const bool all = std::all_of(
            own.incidents.begin(), own.incidents.end(), [&](const IncidentVerdict& owed) {
                const auto same =
                    std::find_if(verdict.incidents.begin(), verdict.incidents.end(),
                                 [&](const IncidentVerdict& one) { return one.id == owed.id; });
                return !owed.owed || (same != verdict.incidents.end() && same->owed);
            });
        return all && is_clean(verdict);
    };
    SmallestSettings out;
    for (std::int64_t minutes = 0; minutes <= most_minutes && !out.look_back; ++minutes)
        if (clean([&](auto& fetch) { fetch.look_back = minutes * 1min; }))
            out.look_back = minutes * 1min;
    for (std::int64_t limit = 1; limit <= most_limit && !out.limit; ++limit)
        if (clean([&](auto& fetch) { fetch.limit = limit; })) out.limit = limit;
    return out;
}

}  // namespace harness
