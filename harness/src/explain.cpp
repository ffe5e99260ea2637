#include "harness/explain.hpp"

#include <algorithm>

#include "causes.hpp"
#include "text.hpp"

namespace harness {

namespace {

using mockxdr::Filter;

struct Why {
    Cause cause;
    std::string text;
};

/// Explains one incident: why each request did not bring it.
class Explainer {
   public:
    Explainer(const Evidence& evidence, const mockxdr::Incident& incident)
        : evidence_(evidence), incident_(incident) {}

    Why explain(const RunRecord& run, const RequestRecord& request) const {
        if (!request.failure.empty())
            return {Cause::request_failed, "request failed: " + request.failure};
        Answered answered(
            evidence_.world, evidence_.scenario.server, *request.query,
            {.now = request.at, .request = request.number, .changes = request.changes});
        if (auto why = answered.mismatch(incident_)) return {why->cause, std::move(why->text)};
        if (contains(request.returned)) return returned(run, request);
        KeptOut why = answered.off_page(incident_);
        return {why.cause, std::move(why.text)};
    }

   private:
    bool contains(const std::vector<IncidentId>& ids) const {
        return std::find(ids.begin(), ids.end(), incident_.id) != ids.end();
    }

    Why returned(const RunRecord& run, const RequestRecord& request) const {
        if (contains(run.emitted)) return emitted(run, request);
        const bool full = static_cast<std::int64_t>(run.emitted.size()) >= run.limit;
        // What a later run emits again was not known, if this one had no place left to come to it.
        const bool forgotten = full && emitted_after(run) && !passed_over(run, request);
        if (const RunRecord* before = emitted_before(run); before && !forgotten)
            return {Cause::dropped_as_known,
                    "read, dropped as known since run " + std::to_string(before->number)};
        if (run.emitted.empty() && !run.failure.empty())
            return {run.disturbed ? Cause::not_emitted_before_crash : Cause::run_failed,
                    "read, but the run failed: " + run.failure};
        if (full)
            return {Cause::over_the_limit, "read, over the limit of " + std::to_string(run.limit)};
        return {Cause::dropped, "read, and dropped by the fetcher"};
    }

    Why emitted(const RunRecord& run, const RequestRecord& request) const {
        const auto nth = times_returned_before(run, request) + 1;
        if (nth > std::count(run.emitted.begin(), run.emitted.end(), incident_.id))
            return {Cause::read_again, "read again in the same run"};
        const bool again = nth > 1 || emitted_before(run) != nullptr;
        const std::string what = again ? "EMITTED AGAIN" : "EMITTED";
        if (!run.saved)
            return {Cause::emitted_but_not_saved, what + ", but the run " + run.failure};
        return {Cause::emitted, what};
    }

    std::int64_t times_returned_before(const RunRecord& run, const RequestRecord& request) const {
        return std::count_if(evidence_.trace.requests.begin(), evidence_.trace.requests.end(),
                             [&](const RequestRecord& other) {
                                 return other.run == run.number && other.number < request.number &&
                                        contains(other.returned);
                             });
    }

    const RunRecord* emitted_before(const RunRecord& run) const {
        for (const RunRecord& before : evidence_.trace.runs) {
            if (before.number >= run.number) break;
            if (contains(before.emitted)) return &before;
        }
        return nullptr;
    }

    /// Whether the run emitted what it read after the incident.
    bool passed_over(const RunRecord& run, const RequestRecord& request) const {
        const auto is_emitted = [&](const IncidentId& id) {
            return std::find(run.emitted.begin(), run.emitted.end(), id) != run.emitted.end();
        };
        const auto& rows = request.returned;
        const auto at = std::find(rows.begin(), rows.end(), incident_.id);
        const auto& requests = evidence_.trace.requests;
        return std::any_of(at, rows.end(), is_emitted) ||
               std::any_of(requests.begin(), requests.end(), [&](const RequestRecord& later) {
                   return later.run == run.number && later.number > request.number &&
                          std::any_of(later.returned.begin(), later.returned.end(), is_emitted);
               });
    }

    bool emitted_after(const RunRecord& run) const {
        const auto& runs = evidence_.trace.runs;
        return std::any_of(runs.begin(), runs.end(), [&](const RunRecord& after) {
            return after.number > run.number && contains(after.emitted);
        });
    }

    const Evidence& evidence_;
    const mockxdr::Incident& incident_;
};

std::string clock_text(TimePoint time) { return xdr::iso8601(time).substr(11); }

std::string bound(const RequestRecord& request, mockxdr::Operator op) {
    for (const Filter& filter : request.query->filters)
        if (const auto* time = std::get_if<TimePoint>(&filter.value); time && filter.op == op)
            return clock_text(*time);
    return "";
}

std::string window_of(const Finding& finding) {
    if (!finding.request || !finding.request->query) return "-";
    const std::string until = bound(*finding.request, mockxdr::Operator::lte);
    return bound(*finding.request, mockxdr::Operator::gte) + " .. " + until;
}

std::string page_of(const Finding& finding) {
    if (!finding.request || !finding.request->query) return "-";
    return std::to_string(finding.request->query->search_from) + ".." +
           std::to_string(finding.request->query->search_to);
}

std::string row(const std::vector<std::string>& cells) {
    static constexpr std::size_t widths[] = {5, 14, 31, 10};
    std::string line = " ";
    for (std::size_t i = 0; i < cells.size(); ++i)
        line += " " + (i + 1 < cells.size() ? padded(cells[i], widths[i]) : cells[i]);
    return line + "\n";
}

std::string row(const Finding& finding) {
    return row({std::to_string(finding.run->number), clock_text(finding.run->started),
                window_of(finding), page_of(finding), finding.text});
}

/// Whether a reader need not see both. The first emission is not like those that repeat it.
bool are_alike(const Finding& a, const Finding& b) {
    return a.cause == b.cause && (a.cause != Cause::emitted || a.text == b.text);
}

/// Of a stretch of one cause: its first and last row, and how many lie between.
std::string folded(const std::vector<Finding>& findings) {
    std::string text;
    for (std::size_t i = 0; i < findings.size();) {
        std::size_t end = i + 1;
        while (end < findings.size() && are_alike(findings[end], findings[i])) ++end;
        const bool fold = end - i > 3;
        text += row(findings[i]);
        if (fold)
            text += row({"...", "", "", "", std::to_string(end - i - 2) + " more like these"});
        for (std::size_t k = fold ? end - 1 : i + 1; k < end; ++k) text += row(findings[k]);
        i = end;
    }
    return text;
}

std::string life_of(const mockxdr::Incident& incident) {
    std::string text = "created " + xdr::iso8601(incident.created);
    if (incident.versions.empty()) return text + ", never visible";
    const Millis delay = incident.versions.front().from - incident.created;
    text += delay > Millis{0} ? ", indexed " + xdr::duration_text(delay) + " later"
                              : ", indexed at once";
    if (incident.versions.size() > 1) text += ", updates seen at";
    for (std::size_t i = 1; i < incident.versions.size(); ++i)
        text += " " + clock_text(incident.versions[i].from);
    for (std::size_t i = 1; i < incident.versions.size(); ++i)
        if (const auto& version = incident.versions[i];
            version.creation_time != incident.versions[i - 1].creation_time)
            text += ", creation_time moved to " + clock_text(version.creation_time) + " at " +
                    clock_text(version.from);
    if (const TimePoint until = incident.versions.back().until; until != TimePoint::max())
        text += ", removed at " + clock_text(until);
    return text;
}

}  // namespace

mockxdr::World world_after(const mockxdr::Scenario& scenario, const Trace& trace) {
    mockxdr::World world(scenario, scenario.start);
    for (const RequestRecord& request : trace.requests)
        if (request.query && request.failure.empty())
            world.answered(request.query->page(), request.at);
    return world;
}

std::vector<Finding> explain(const Evidence& evidence, const mockxdr::Incident& incident) {
    const Explainer explainer(evidence, incident);
    std::vector<Finding> findings;
    for (const RunRecord& run : evidence.trace.runs) {
        bool asked = false;
        for (const RequestRecord& request : evidence.trace.requests) {
            if (request.run != run.number) continue;
            asked = true;
            auto [cause, text] = explainer.explain(run, request);
            findings.push_back(
                {.run = &run, .request = &request, .cause = cause, .text = std::move(text)});
        }
        if (!asked)
            findings.push_back({.run = &run,
                                .request = nullptr,
                                .cause = Cause::run_failed,
                                .text = "run failed before it asked: " + run.failure});
    }
    return findings;
}

std::string explanation(const Evidence& evidence, const IncidentVerdict& verdict) {
    std::string title = std::string(name_of(verdict.verdict)) + " " + verdict.id.text();
    const mockxdr::Incident* incident = evidence.world.find(verdict.id);
    if (!incident) return title + ": no incident of the world has this id\n";
    return title + ": " + life_of(*incident) + "\n" +
           row({"run", "at", "window", "rows", "what became of it"}) +
           folded(explain(evidence, *incident));
}

}  // namespace harness
