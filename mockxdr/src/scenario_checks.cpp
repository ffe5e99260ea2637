#include <algorithm>
#include <set>

#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

using json::Value;

/// One finding for each element that holds an id which was there before.
void find_duplicates(const ReadScenario& read, Findings& findings) {
    std::set<IncidentId> ids;
    std::optional<std::size_t> reported;
    for (std::size_t i = 0; i < read.scenario.incidents.size(); ++i) {
        const IncidentId& id = read.scenario.incidents[i].id;
        const std::size_t element = read.elements[i];
        if (id.text().empty() || ids.insert(id).second || reported == element) continue;
        reported = element;
        const auto& elements = *read.root.find("incidents")->get_if<json::Array>();
        const Value* at = elements[element].find("id");
        findings.push_back({.at = at ? at->at() : json::Position{},
                            .pointer = "/incidents/" + std::to_string(element) + "/id",
                            .what = "the id '" + id.text() + "' stands twice",
                            .expected = "expected an id that no other incident has"});
    }
}

void check_known(const std::vector<IncidentId>& named, const Value* list,
                 const std::string& pointer, const std::set<IncidentId>& known,
                 Findings& findings) {
    for (const IncidentId& id : named)
        if (!known.contains(id))
            findings.push_back({.at = list ? list->at() : json::Position{},
                                .pointer = pointer,
                                .what = "no incident has the id '" + id.text() + "'",
                                .expected = "expected an id of \"incidents\""});
}

void check_expected(const ReadScenario& read, const std::set<IncidentId>& known,
                    Findings& findings) {
    const Value* expect = read.root.find("expect");
    for (const auto& [policy, expectation] : read.scenario.expect) {
        const Value* entry = expect ? expect->find(policy) : nullptr;
        const auto check = [&](const std::vector<IncidentId>& ids, std::string_view key) {
            check_known(ids, entry ? entry->find(key) : nullptr,
                        "/expect/" + policy + "/" + std::string(key), known, findings);
        };
        check(expectation.lost, "lost");
        check(expectation.duplicated, "duplicated");
        check(expectation.late, "late");
        check(expectation.unexpected, "unexpected");
        check(expectation.excused.value_or(std::vector<IncidentId>{}), "excused");
    }
}

bool has_findings(const Findings& findings, std::string_view part) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.pointer.starts_with(part); });
}

/// The first run at or after `from`, from 1; runs start every `every` after the start.
std::int64_t first_run_from(Millis from, Millis every) {
    const std::int64_t k = (from.count() + every.count() - 1) / every.count();
    return std::max<std::int64_t>(1, from <= Millis{0} ? 1 : k);
}

std::optional<std::string> why_never(const Fault& fault, const Scenario& scenario) {
    const FetchOptions& fetch = scenario.fetch;
    if (fault.run && *fault.run > fetch.runs)
        return "there are " + std::to_string(fetch.runs) + " runs only";
    // A run takes time only where requests do; then we cannot tell beforehand where it ends.
    if (!fault.from || scenario.server.latency > Millis{0}) return std::nullopt;
    const std::int64_t run = first_run_from(*fault.from, fetch.every);
    if (run > fetch.runs || run * fetch.every >= *fault.until)
        return "no run starts in its span; runs start every " + xdr::duration_text(fetch.every) +
               " from " + xdr::duration_text(fetch.every) + " to " +
               xdr::duration_text(fetch.every * fetch.runs);
    return std::nullopt;
}

}  // namespace

void check_ids(const ReadScenario& read, Findings& findings) {
    find_duplicates(read, findings);
    std::set<IncidentId> known;
    for (const IncidentSpec& incident : read.scenario.incidents) known.insert(incident.id);
    check_expected(read, known, findings);
    const Value* server = read.root.find("server");
    check_known(read.scenario.server.restricted, server ? server->find("restricted") : nullptr,
                "/server/restricted", known, findings);
}

void check_faults(const ReadScenario& read, Findings& findings) {
    const Value* fetch = read.root.find("fetch");
    const Value* list = read.root.find("faults");
    const auto* places = list ? list->get_if<json::Array>() : nullptr;
    // Without `fetch` the file is for `serve` alone, and nothing says when runs are. What is wrong
    // in either part would only be complained about twice.
    if (!fetch || !places || has_findings(findings, "/fetch") || has_findings(findings, "/faults"))
        return;
    for (std::size_t i = 0; i < places->size(); ++i)
        if (const auto why = why_never(read.scenario.faults[i], read.scenario))
            findings.push_back({.at = (*places)[i].at(),
                                .pointer = "/faults/" + std::to_string(i),
                                .what = "the fault can never fire: " + *why,
                                .expected = "move it to where a run is, or remove it"});
}

}  // namespace mockxdr
