#include "harness/report.hpp"

#include <algorithm>

#include "harness/explain.hpp"
#include "mockxdr/json.hpp"
#include "text.hpp"
#include "xdr/text.hpp"

namespace harness {

namespace {

using mockxdr::json::Array;
using mockxdr::json::Null;
using mockxdr::json::Object;
using mockxdr::json::Value;

std::string number(std::int64_t value, std::size_t width) {
    return right(std::to_string(value), width);
}

std::string opinion(const Played& played) {
    if (!played.judgement.judged) return "not judged";
    if (played.judgement.exit == Exit::vacuous) return "VACUOUS";
    if (played.judgement.exit != Exit::ok) return "NOT AS EXPECTED";
    const Verdict& verdict = played.result.verdict;
    const bool clean = verdict.count(Class::lost) + verdict.count(Class::duplicated) +
                           verdict.count(Class::late) + verdict.count(Class::unexpected) ==
                       0;
    return clean ? "clean" : "as expected";
}

std::string row(const Played& played, const NameWidths& widths) {
    const Verdict& verdict = played.result.verdict;
    std::string line = padded(played.file, widths.file) + "  " +
                       padded(played.policy, widths.policy) + " " + number(verdict.owed, 5);
    for (const Class in : all_classes) line += number(verdict.count(in), name_of(in).size() + 2);
    return line + "  " + opinion(played) + "\n";
}

std::string summary(const std::vector<Played>& played) {
    const auto unexpected = std::count_if(played.begin(), played.end(), [](const Played& one) {
        return one.judgement.exit != Exit::ok;
    });
    const auto free = std::count_if(played.begin(), played.end(),
                                    [](const Played& one) { return !one.judgement.judged; });
    const auto judged = static_cast<std::ptrdiff_t>(played.size()) - free;
    std::string text = xdr::counted(static_cast<std::int64_t>(played.size()), "replay") + ": ";
    if (unexpected > 0)
        text += std::to_string(unexpected) + " not as expected";
    else if (judged > 0)
        text += free > 0 ? std::to_string(judged) + " as expected" : "all as expected";
    if (free > 0) text += (judged > 0 ? ", " : "") + std::to_string(free) + " not judged";
    return text + "\n";
}

/// The excused incidents, by reason.
std::string excuses(const Verdict& verdict) {
    std::string text;
    for (int i = 0; i <= static_cast<int>(Excuse::repeated_by_move); ++i) {
        const auto excuse = static_cast<Excuse>(i);
        std::string ids;
        std::size_t count = 0;
        for (const IncidentVerdict& incident : verdict.incidents)
            if (incident.excuse == excuse && ++count <= 5)
                ids += (count > 1 ? ", " : "") + incident.id.text();
        if (count == 0) continue;
        if (count > 5) ids += " and " + std::to_string(count - 5) + " more";
        text += "excused, " + std::string(describe(excuse)) + ": " + ids + "\n";
    }
    return text;
}

Value ids(const std::vector<IncidentId>& of) {
    Array out;
    for (const IncidentId& id : of) out.emplace_back(id.text());
    return out;
}

Value incident(const IncidentVerdict& verdict) {
    Array runs;
    for (const std::int64_t run : verdict.runs) runs.emplace_back(run);
    Object out{{"id", verdict.id.text(), {}},
               {"class", std::string(name_of(verdict.verdict)), {}},
               {"owed", verdict.owed, {}},
               {"runs", std::move(runs), {}}};
    if (verdict.excuse) out.push_back({"reason", std::string(describe(*verdict.excuse)), {}});
    return out;
}

Value as_expected(const Judgement& judgement) {
    if (!judgement.judged) return Null{};
    return judgement.exit == Exit::ok;
}

Value to_value(const Played& played) {
    const Verdict& verdict = played.result.verdict;
    Array incidents, differences;
    for (const IncidentVerdict& one : verdict.incidents) incidents.push_back(incident(one));
    for (const std::string& text : played.judgement.differences) differences.emplace_back(text);
    Object out{{"scenario", played.file, {}},
               {"title", played.scenario->title, {}},
               {"policy", played.policy, {}},
               {"contract", std::string(name_of(played.contract)), {}},
               {"runs", static_cast<std::int64_t>(played.result.trace.runs.size()), {}},
               {"requests", static_cast<std::int64_t>(played.result.trace.requests.size()), {}},
               {"owed", verdict.owed, {}}};
    for (const Class in : all_classes)
        if (in != Class::once) out.push_back({std::string(name_of(in)), ids(verdict.ids(in)), {}});
    out.push_back({"judged", played.judgement.judged, {}});
    out.push_back({"as_expected", as_expected(played.judgement), {}});
    out.push_back({"differences", std::move(differences), {}});
    out.push_back({"exit", static_cast<std::int64_t>(played.judgement.exit), {}});
    out.push_back({"incidents", std::move(incidents), {}});
    return out;
}

}  // namespace

std::string verdict_table(const std::vector<Played>& played) {
    const NameWidths widths = widths_of(played, 17);
    std::string text =
        padded("scenario", widths.file) + "  " + padded("policy", widths.policy) + "  owed";
    for (const Class in : all_classes) text += "  " + std::string(name_of(in));
    text += "  verdict\n";
    for (const Played& one : played) text += row(one, widths);
    return text + summary(played);
}

std::string explanations(const Played& played, std::size_t most) {
    const mockxdr::World world = world_after(*played.scenario, played.result.trace);
    const Evidence evidence{
        .world = world, .scenario = *played.scenario, .trace = played.result.trace};
    std::string text;
    std::size_t shown = 0, more = 0;
    for (const IncidentVerdict& incident : played.result.verdict.incidents) {
        if (incident.verdict == Class::once || incident.verdict == Class::excused) continue;
        if (shown++ < most)
            text += "\n" + explanation(evidence, incident);
        else
            ++more;
    }
    if (more > 0) text += "\n" + std::to_string(more) + " more; --explain shows all\n";
    if (const std::string excused = excuses(played.result.verdict); !excused.empty())
        text += "\n" + excused;
    if (text.empty()) return text;
    return "\n" + played.file + ", policy " + played.policy + ", contract " +
           std::string(name_of(played.contract)) + text;
}

std::string to_json(const std::vector<Played>& played) {
    Array out;
    for (const Played& one : played) out.push_back(to_value(one));
    return mockxdr::json::write(out);
}

}  // namespace harness
