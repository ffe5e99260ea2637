#include <algorithm>
#include <set>

#include "id_index.hpp"
#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

using json::Value;

/// The text of the id at a position.
struct TextsOf {
    const std::vector<IncidentSpec>& incidents;
    const std::string& operator()(std::size_t position) const {
        return incidents[position].id.text();
    }
};

/// The ids of all incidents.
class KnownIds {
   public:
    explicit KnownIds(const std::vector<IncidentSpec>& incidents)
        : incidents_(incidents), index_(incidents.size()) {
        for (std::uint32_t i = 0; i < incidents.size(); ++i) index_.add(i, TextsOf{incidents});
    }

    bool contains(const IncidentId& id) const {
        return index_.find(id.text(), TextsOf{incidents_}) != IdIndex::none;
    }

   private:
    const std::vector<IncidentSpec>& incidents_;
    IdIndex index_;
};

/// One finding for each element that holds an id which was there before.
void find_duplicates(const ReadScenario& read, Findings& findings) {
    const std::vector<IncidentSpec>& incidents = read.scenario.incidents;
    IdIndex known(incidents.size());
    std::optional<std::size_t> reported;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        const IncidentId& id = incidents[i].id;
        const std::size_t element = read.elements[i];
        if (id.text().empty() || known.add(static_cast<std::uint32_t>(i), TextsOf{incidents}) ||
            reported == element)
            continue;
        reported = element;
        const auto& elements = *read.root.find("incidents")->get_if<json::Array>();
        const Value* at = elements[element].find("id");
        findings.push_back({.at = at ? at->at() : json::Position{},
                            .pointer = "/incidents/" + std::to_string(element) + "/id",
                            .what = "the id '" + id.text() + "' stands twice",
                            .expected = "expected an id that no other incident has"});
    }
}

/// One finding for each element of a list of ids that names one which no incident has, or one that
/// is among those `named` before.
void check_listed(const Value* list, const std::string& pointer, const KnownIds& known,
                  std::set<IncidentId>& named, Findings& findings) {
    const auto* items = list ? list->get_if<json::Array>() : nullptr;
    for (std::size_t i = 0; items && i < items->size(); ++i) {
        const auto* text = (*items)[i].get_if<std::string>();
        if (!text) continue;
        const Spot place{.value = (*items)[i], .pointer = pointer + "/" + std::to_string(i)};
        for (const IncidentId& id : expand_ids(*text)) {
            const bool is_known = known.contains(id);
            if (is_known && named.insert(id).second) continue;
            if (is_known)
                complain_at(place, "the id '" + id.text() + "' stands twice", "name it once",
                            findings);
            else
                complain_at(place, "no incident has the id '" + id.text() + "'",
                            "expected an id of \"incidents\"", findings);
            break;
        }
    }
}

void check_expected(const Value& expect, const KnownIds& known, Findings& findings) {
    const auto* policies = expect.get_if<json::Object>();
    if (!policies) return;
    for (const json::Member& policy : *policies) {
        const auto* classes = policy.value.get_if<json::Object>();
        if (!classes) continue;
        std::set<IncidentId> named;  // an incident ends in one class
        for (const json::Member& in : *classes)
            check_listed(&in.value,
                         json::pointer_to(json::pointer_to("/expect", policy.key), in.key), known,
                         named, findings);
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

/// Whether the file says when runs are. One without `fetch` is for `serve`, at any time.
enum class Runs { scheduled, unknown };

std::optional<std::string> why_never(const Fault& fault, const Scenario& scenario, Runs runs) {
    const FetchOptions& fetch = scenario.fetch;
    // A client of `serve` may use other endpoints, at any time.
    if (fault.endpoint.value_or(Endpoint::get_incidents) != Endpoint::get_incidents)
        return std::nullopt;
    if (fault.probability) return std::nullopt;
    const auto* restore = std::get_if<Restore>(&fault.effect);
    if (restore && fault.run && *fault.run < restore->saves + 2)
        return "before run " + std::to_string(*fault.run) + " there are at most " +
               std::to_string(*fault.run - 1) + " saves, and it needs " +
               std::to_string(restore->saves + 1);
    if (fault.run && *fault.run > fetch.runs)
        return "there are " + std::to_string(fetch.runs) + " runs only";
    const OddPoll* poll = fault.run ? fetch.odd_poll(*fault.run) : nullptr;
    if (poll && poll->missed) return "run " + std::to_string(*fault.run) + " is missed";
    if (!fetch.polls.empty()) return std::nullopt;
    // A run takes time only where requests do; then we cannot tell beforehand where it ends.
    if (!fault.from || runs == Runs::unknown || scenario.server.latency > Millis{0})
        return std::nullopt;
    if (fault.run) {
        const Millis starts = *fault.run * fetch.every;
        if (*fault.from <= starts && starts < *fault.until) return std::nullopt;
        return "run " + std::to_string(*fault.run) + " starts at " + xdr::duration_text(starts) +
               ", not in its span";
    }
    const std::int64_t run = first_run_from(*fault.from, fetch.every);
    if (run > fetch.runs || run * fetch.every >= *fault.until)
        return "no run starts in its span; runs start every " + xdr::duration_text(fetch.every) +
               " from " + xdr::duration_text(fetch.every) + " to " +
               xdr::duration_text(fetch.every * fetch.runs);
    return std::nullopt;
}

}  // namespace

void check_ids(const ReadScenario& read, Findings& findings) {
    // What is wrong with the incidents would be said again for each id that is missing for it.
    const bool readable = !has_findings(findings, "/incidents");
    find_duplicates(read, findings);
    if (!readable) return;
    const Value* server = read.root.find("server");
    const Value* restricted = server ? server->find("restricted") : nullptr;
    if (!read.root.find("expect") && !restricted) return;
    const KnownIds known(read.scenario.incidents);
    if (const Value* expect = read.root.find("expect")) check_expected(*expect, known, findings);
    std::set<IncidentId> named;
    check_listed(restricted, "/server/restricted", known, named, findings);
}

void check_faults(const ReadScenario& read, Findings& findings) {
    const Runs runs = read.root.find("fetch") ? Runs::scheduled : Runs::unknown;
    const Value* list = read.root.find("faults");
    const auto* places = list ? list->get_if<json::Array>() : nullptr;
    // What is wrong in either part would only be complained about twice.
    if (!places || has_findings(findings, "/fetch") || has_findings(findings, "/faults")) return;
    for (std::size_t i = 0; i < places->size(); ++i)
        if (const auto why = why_never(read.scenario.faults[i], read.scenario, runs))
            findings.push_back({.at = (*places)[i].at(),
                                .pointer = "/faults/" + std::to_string(i),
                                .what = "the fault can never fire: " + *why,
                                .expected = "move it to where a run is, or remove it"});
}

}  // namespace mockxdr
