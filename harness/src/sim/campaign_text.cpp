#include "harness/sim/campaign_text.hpp"

#include <algorithm>

#include "harness/explain.hpp"
#include "harness/neighbours.hpp"
#include "text.hpp"
#include "xdr/text.hpp"

namespace harness::sim {

namespace {

constexpr std::uint64_t enough = 20'000;

std::string class_counts(const Summary& summary) {
    std::string out;
    for (std::size_t i = 0; i < summary.classes.size(); ++i)
        out += (i == 0 ? "" : "   ") + std::string(name_of(static_cast<Class>(i))) + " " +
               grouped(summary.classes[i]);
    return out;
}

/// Of too few schedules a share says nothing.
bool is_too_rare(const Summary& summary, std::size_t situation) {
    const auto percent = static_cast<std::uint64_t>(floors().at(situation).percent);
    return summary.schedules >= enough &&
           summary.situations.at(situation) * 100 < summary.schedules * percent;
}

std::string situations_text(const Summary& summary) {
    std::string out = padded("situation", 40) + "   share   floor\n";
    for (std::size_t i = 0; i < situation_count; ++i) {
        const Floor& floor = floors().at(i);
        out += padded(std::string(floor.name), 40) +
               right(tenths_of_percent(summary.situations.at(i), summary.schedules), 8) +
               right(std::to_string(floor.percent) + "%", 8) +
               (is_too_rare(summary, i) ? "   BELOW" : "") + "\n";
    }
    return out;
}

/// The cause that a reader should think of: what kept it out of the first request that could have
/// brought it.
std::string cause_of(const mockxdr::Scenario& scenario, const Result& result,
                     const IncidentVerdict& verdict) {
    const mockxdr::World world(scenario, scenario.start);
    const mockxdr::Incident* incident = world.find(verdict.id);
    if (!incident) return "no such incident";
    const auto findings =
        explain({.world = world, .scenario = scenario, .trace = result.trace}, *incident);
    for (const harness::Finding& finding : findings)
        if (finding.cause != Cause::not_created && finding.cause != Cause::not_indexed &&
            finding.cause != Cause::query_did_not_match)
            return finding.text;
    return findings.empty() ? "never asked for" : findings.back().text;
}

/// `2`, `2 and 3 more`: the runs that emitted what one had emitted before.
std::string repetitions(const std::vector<std::int64_t>& runs) {
    const std::string more = std::to_string(runs.size() - 2);
    return std::to_string(runs.at(1)) + (runs.size() > 2 ? " and " + more + " more" : "");
}

/// `current loses 2: beyond the page: rank 2 of 2, page ends at 1`.
std::string title_of(const mockxdr::Scenario& scenario, const Subject& subject,
                     const Result& result, const IncidentVerdict& verdict) {
    const std::string id = verdict.id.text();
    const auto last_run = [&] { return std::to_string(verdict.runs.back()); };
    switch (verdict.verdict) {
        case Class::lost:
            return subject.name + " loses " + id + ": " + cause_of(scenario, result, verdict);
        case Class::duplicated:
            return subject.name + " emits " + id + " again in run " + repetitions(verdict.runs);
        case Class::late:
            return subject.name + " emits " + id + " late, in run " + last_run();
        default:
            return subject.name + " emits " + id + ", which nobody asked for";
    }
}

}  // namespace

std::string campaign_text(const CampaignResult& result) {
    const Summary& summary = result.summary;
    std::string out = "policy     " + result.policy + ", seed " + std::to_string(result.seed);
    if (result.seeds > 1) out += " and " + std::to_string(result.seeds - 1) + " more";
    if (result.shard != "1/1") out += ", shard " + result.shard;
    out += "\nschedules  " + grouped(summary.schedules) + "   runs " + grouped(summary.runs) +
           "   vacuous " + tenths_of_percent(summary.vacuous_schedules, summary.schedules) +
           "   with one too late to be owed " +
           tenths_of_percent(summary.excused_schedules, summary.schedules) + "\n";
    out += "incidents  " + grouped(summary.incidents) + "   owed " + grouped(summary.owed) + "   " +
           class_counts(summary) + "\n";
    if (summary.disagreements > 0)
        out += "unknown    " + grouped(summary.disagreements) +
               " schedules, in which the two oracles disagree\n";
    const auto quantile = [&](int percent) {
        const Millis delay = summary.delays.quantile(percent);
        return (delay == Delays::longest ? "> " : "<= ") +
               xdr::duration_text(delay == Delays::longest ? delay - slot : delay);
    };
    out += "delay      from visible to emitted, in steps of 30s: half " + quantile(50) + ", 95% " +
           quantile(95) + ", 99% " + quantile(99) + "\n";
    out += "digest     " + hex(summary.digest) + "\n\n" + situations_text(summary);
    return out;
}

std::string again_text(const std::string& policy, std::uint64_t seed, std::uint64_t number) {
    return "again     mockxdr explore --policy " + policy + " --seed " + std::to_string(seed) +
           " --only " + std::to_string(number) + "\n";
}

std::string failure_text(const CampaignResult& result) {
    if (!result.summary.first) return {};
    const std::uint64_t number = result.summary.first->number;
    return "\nschedule " + std::to_string(number) + " fails\n" +
           again_text(result.policy, result.seed, number);
}

Health health_of(const Summary& summary) {
    Health out;
    if (summary.schedules == 0) return out;
    for (std::size_t i = 0; i < situation_count; ++i) {
        const Floor& floor = floors().at(i);
        if (is_too_rare(summary, i))
            out.failures.push_back("too rare: " + std::string(floor.name) + ", " +
                                   tenths_of_percent(summary.situations.at(i), summary.schedules) +
                                   " of at least " + std::to_string(floor.percent) + "%");
    }
    if (summary.excused_schedules * 10 > summary.schedules)
        out.warnings.push_back(
            "more than 10% of the schedules have an incident too late to be owed");
    if (summary.vacuous_schedules * 20 > summary.schedules)
        out.warnings.push_back("more than 5% of the schedules owe nothing");
    return out;
}

Origin origin_of(const Subject& subject, const Campaign& campaign, const Finding& finding) {
    const std::string seed = std::to_string(campaign.seed), number = std::to_string(finding.number);
    return {.how = "mockxdr explore, policy " + subject.name + ", seed " + seed + ", schedule " +
                   number,
            .file = subject.name + "-seed-" + seed + "-" + number};
}

Origin origin_of(const Subject& subject, const Schedule& counterexample) {
    const std::string n = std::to_string(counterexample.incidents.size()),
                      r = std::to_string(counterexample.runs + 1);
    return {
        .how = "mockxdr prove, policy " + subject.name + ", " + n + " incidents, " + r + " polls",
        .file = subject.name + "-scope-" + n + "-" + r};
}

mockxdr::Scenario found_scenario(const Schedule& schedule, const Subject& subject,
                                 const Origin& origin) {
    mockxdr::Scenario scenario = to_scenario(schedule);
    scenario.source =
        "found by " + origin.how + (origin.commit.empty() ? "" : ", commit " + origin.commit);
    const PolicyFetcher* any = std::get_if<PolicyFetcher>(&subject.fetcher);
    const fetcher::Policy& policy = any ? any->policy() : fetcher::policy(subject.name);
    const Result result = replay(
        {.scenario = scenario, .policy = policy, .contract = subject.contract}, direct_link());
    const auto failures = failures_of(result.verdict);
    if (failures.empty()) {
        scenario.title = subject.name + ": what the simulation judges so, a replay does not";
        return scenario;
    }
    scenario.title = title_of(scenario, subject, result, failures.front());
    scenario.expect["complete"] = {};
    const auto names = fetcher::policy_names();
    if (std::find(names.begin(), names.end(), subject.name) == names.end()) return scenario;
    if (subject.name.starts_with("complete")) {
        scenario.expect[subject.name] = {};
        return scenario;
    }
    scenario.expect[subject.name] = {.lost = result.verdict.ids(Class::lost),
                                     .duplicated = result.verdict.ids(Class::duplicated),
                                     .late = result.verdict.ids(Class::late),
                                     .unexpected = result.verdict.ids(Class::unexpected),
                                     .excused = {}};
    return scenario;
}

std::string proof_text(const Subject& subject, const Scope& scope, const Proof& proof) {
    std::string out = "policy     " + subject.name + "\n";
    for (const std::string& dimension : scope.dimensions()) out += "  " + dimension + "\n";
    out += "worlds     " + grouped(proof.worlds) + "\nschedules  " + grouped(proof.schedules) +
           ", which stand for " +
           (scope.symmetry == Scope::Symmetry::reduced && !proof.counterexample
                ? grouped(scope.all_schedules())
                : grouped(proof.schedules)) +
           "\nruns       " + grouped(proof.runs) + ", of which " + grouped(proof.played) +
           " were played; the others share their past with one of these or follow "
           "a run after which nothing changes\nowed       " +
           grouped(proof.owed) + "\n";
    if (!proof.counterexample)
        return out + "no counterexample up to " + xdr::counted(scope.incidents, "incident") +
               " and " + xdr::counted(scope.polls, "poll") + "\n";
    const Schedule& found = *proof.counterexample;
    return out + "REFUTED at " +
           xdr::counted(static_cast<std::int64_t>(found.incidents.size()), "incident") + " and " +
           xdr::counted(found.runs + 1, "poll") + ": " + grouped(proof.failures) +
           " schedules of that size fail, the first of them " +
           std::string(name_of(proof.worst.value_or(Class::lost))) + "\n";
}

std::string scores_head() {
    return padded("broken fetcher", 30) +
           "    mean     p95  survived  incidents  polls"
           "  smallest scope\n";
}

std::string score_line(const Score& score) {
    return padded(score.name, 30) + right(tenths(score.mean), 8) +
           right(std::to_string(score.p95), 8) +
           right(std::to_string(score.survived) + "/" + std::to_string(score.trials), 10) +
           right(tenths(score.incidents), 11) + right(tenths(score.polls), 7) + "  " +
           score.scope.value_or("-") + "\n";
}

std::vector<std::string> worse_scores(const std::vector<Score>& now, const Baseline& before) {
    std::vector<std::string> out;
    for (const Score& old : before.scores) {
        const auto same = std::find_if(now.begin(), now.end(),
                                       [&](const Score& score) { return score.name == old.name; });
        if (same == now.end())
            out.push_back(old.name + " is not in the zoo any more");
        else if (same->mean > old.mean * 1.5 && same->mean > old.mean + 2)
            out.push_back(old.name + " is caught after " + tenths(same->mean) +
                          " schedules, and was after " + tenths(old.mean) + " (" +
                          std::to_string(before.trials) + " trials, seed " +
                          std::to_string(before.seed) + ")");
    }
    return out;
}

}  // namespace harness::sim
