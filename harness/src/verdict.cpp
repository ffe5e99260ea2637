#include "harness/verdict.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "oracle.hpp"

namespace harness {

namespace {

using Emissions = std::map<IncidentId, std::vector<const RunRecord*>>;

Emissions emissions_of(const Trace& trace) {
    Emissions out;
    for (const RunRecord& run : trace.runs)
        for (const IncidentId& id : run.emitted) out[id].push_back(&run);
    return out;
}

/// Whether what run `earlier` emitted was not on record when run `later` began: it was not saved,
/// or an older last run had come back.
bool forgotten(const Trace& trace, const RunRecord& earlier, const RunRecord& later) {
    if (!earlier.saved) return true;
    return std::any_of(trace.runs.begin(), trace.runs.end(), [&](const RunRecord& run) {
        return run.restored && *run.restored < earlier.number && run.number > earlier.number &&
               run.number <= later.number;
    });
}

/// Why an incident may have been emitted more than once: before each later time the last run had
/// come not to tell of it, or its creation_time had moved. Nothing if it may not. `runs` in order.
std::optional<Excuse> repeated_by(const Trace& trace, const Offer& offer,
                                  const std::vector<const RunRecord*>& runs) {
    Excuse why = Excuse::repeated_by_crash;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const RunRecord &earlier = *runs[i - 1], &later = *runs[i];
        if (&earlier == &later) return std::nullopt;
        if (forgotten(trace, earlier, later)) continue;
        if (!moved_within(offer, earlier.started, later.ended)) return std::nullopt;
        why = Excuse::repeated_by_move;
    }
    return why;
}

std::vector<std::int64_t> numbers_of(const std::vector<const RunRecord*>& runs) {
    std::vector<std::int64_t> numbers;
    for (const RunRecord* run : runs) numbers.push_back(run->number);
    return numbers;
}

class Judge {
   public:
    Judge(const Oracle& oracle, const Trace& trace)
        : oracle_(oracle), trace_(trace), emissions_(emissions_of(trace)) {}

    IncidentVerdict judge(const Offer& offer) {
        IncidentVerdict verdict{.id = offer.incident->id,
                                .verdict = Class::excused,
                                .excuse = std::nullopt,
                                .owed = false,
                                .owed_since = {},
                                .runs = {}};
        Excuse excuse = Excuse::never_matched;
        const auto since = oracle_.owed(offer, excuse);
        verdict.owed = since.has_value();
        verdict.owed_since = since;
        const auto found = emissions_.extract(verdict.id);
        if (!found) return missed(std::move(verdict), excuse);
        verdict.runs = numbers_of(found.mapped());
        return emitted(std::move(verdict), offer, since, found.mapped());
    }

    /// Ids that no incident of the world has.
    std::vector<IncidentVerdict> unknown() const {
        std::vector<IncidentVerdict> out;
        for (const auto& [id, runs] : emissions_)
            out.push_back({.id = id,
                           .verdict = Class::unexpected,
                           .excuse = std::nullopt,
                           .owed = false,
                           .owed_since = {},
                           .runs = numbers_of(runs)});
        return out;
    }

   private:
    static IncidentVerdict missed(IncidentVerdict verdict, Excuse excuse) {
        verdict.verdict = verdict.owed ? Class::lost : Class::excused;
        if (!verdict.owed) verdict.excuse = excuse;
        return verdict;
    }

    IncidentVerdict emitted(IncidentVerdict verdict, const Offer& offer,
                            std::optional<TimePoint> since,
                            const std::vector<const RunRecord*>& runs) const {
        verdict.verdict = Class::once;
        if (offer.stretches.empty() || offer.restricted) {
            verdict.verdict = Class::unexpected;
        } else if (runs.size() > 1) {
            verdict.excuse = repeated_by(trace_, offer, runs);
            verdict.verdict = verdict.excuse ? Class::excused : Class::duplicated;
        } else if (since &&
                   oracle_.good_runs_between(*since, runs.front()->number) > trace_.drain_runs) {
            verdict.verdict = Class::late;
        }
        return verdict;
    }

    const Oracle& oracle_;
    const Trace& trace_;
    Emissions emissions_;
};

/// How many more runs a request budget may make of it: enough for reading all from end to end three
/// times. A page needs two requests where rows are ties; one of nothing but rows that the key may
/// not read is passed by halving an hour down to a millisecond, with up to four requests each time.
/// A page need not be full for that where total_count claims more.
std::int64_t runs_of_requests(const std::vector<Offer>& offers, const mockxdr::Scenario& scenario) {
    if (!scenario.fetch.max_requests) return 0;
    const auto restricted = std::count_if(offers.begin(), offers.end(),
                                          [](const Offer& offer) { return offer.restricted; });
    const std::int64_t rows = static_cast<std::int64_t>(offers.size());
    const std::int64_t pages = 2 * rows / std::max<std::int64_t>(1, scenario.server.page_cap - 1);
    const std::int64_t clusters =
        scenario.server.total_count_off_by > 0 ? restricted : restricted / scenario.server.page_cap;
    const std::int64_t pass = 3 + rows + pages + 4 * 23 * clusters;
    // One request of a run may be a probe.
    return 3 * pass / std::max<std::int64_t>(1, *scenario.fetch.max_requests - 1) + 1;
}

}  // namespace

std::string_view name_of(Contract contract) {
    static constexpr std::array<std::string_view, 3> names{"reach", "modified", "window"};
    return names.at(static_cast<std::size_t>(contract));
}

std::string_view name_of(Class verdict) {
    static constexpr std::array<std::string_view, 6> names{"once", "duplicated", "lost",
                                                           "late", "excused",    "unexpected"};
    return names.at(static_cast<std::size_t>(verdict));
}

std::string_view describe(Excuse excuse) {
    static constexpr std::array<std::string_view, 9> texts{
        "never matched the query",
        "the key may not read it",
        "created before first fetch",
        "visible later than look_back",
        "visible only after the last scripted run",
        "gone before a run with room",
        "hit by a fault outside the promise",
        "repeated because the last run did not tell of it",
        "repeated because its creation_time moved"};
    return texts.at(static_cast<std::size_t>(excuse));
}

Contract contract_of(std::string_view policy) {
    if (policy == "complete") return Contract::reach;
    if (policy == "complete-modified") return Contract::modified;
    return Contract::window;
}

std::int64_t Verdict::count(Class verdict) const {
    return std::count_if(incidents.begin(), incidents.end(), [&](const IncidentVerdict& incident) {
        return incident.verdict == verdict;
    });
}

std::vector<IncidentId> Verdict::ids(Class verdict) const {
    std::vector<IncidentId> out;
    for (const IncidentVerdict& incident : incidents)
        if (incident.verdict == verdict) out.push_back(incident.id);
    return out;
}

Verdict judge(const Evidence& evidence, Contract contract) {
    const Oracle oracle(evidence, contract);
    Judge judge(oracle, evidence.trace);
    Verdict verdict;
    for (const Offer& offer : oracle.offers()) {
        verdict.incidents.push_back(judge.judge(offer));
        verdict.owed += verdict.incidents.back().owed ? 1 : 0;
    }
    for (IncidentVerdict& unknown : judge.unknown())
        verdict.incidents.push_back(std::move(unknown));
    return verdict;
}

std::int64_t smallest_limit(const mockxdr::FetchOptions& fetch) {
    std::int64_t limit = fetch.limit;
    for (const mockxdr::SettingChange& change : fetch.changes)
        limit = std::min(limit, change.limit.value_or(limit));
    return limit;
}

std::int64_t drain_runs(const mockxdr::World& world, const mockxdr::Scenario& scenario) {
    const std::int64_t limit = smallest_limit(scenario.fetch);
    const std::vector<Offer> all = offers(world, scenario.server, scenario.fetch.query);
    const auto matching = std::count_if(all.begin(), all.end(), [](const Offer& offer) {
        return !offer.restricted && !offer.stretches.empty();
    });
    // What waits for a request may come to match in the drain itself.
    const auto places = matching + static_cast<std::int64_t>(world.waiting().size());
    const std::int64_t full_batches = (places + limit - 1) / limit + 2;
    return full_batches + runs_of_requests(all, scenario);
}

}  // namespace harness
