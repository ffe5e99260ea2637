#include <algorithm>

#include "harness/explain.hpp"
#include "harness/neighbours.hpp"
#include "xdr/text.hpp"

namespace harness {

namespace {

using mockxdr::Scenario;

std::string joined(const std::vector<std::string>& texts, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < std::min(most, texts.size()); ++i)
        out += (i == 0 ? "" : " · ") + texts[i];
    if (texts.size() > most) out += " · " + std::to_string(texts.size() - most) + " more";
    return out;
}

std::string line(const std::string& head, const std::vector<std::string>& texts) {
    constexpr std::size_t width = 27, most = 6;
    if (texts.empty()) return {};
    return head + std::string(width - head.size(), ' ') + joined(texts, most) + "\n";
}

/// The first lines and the last ones of a text that is too long.
std::string folded(const std::string& text, std::size_t most) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    std::string out;
    const std::size_t head = most * 2 / 3;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool cut = lines.size() > most && i >= head && i + (most - head - 1) < lines.size();
        if (cut && i == head)
            out += "  ...  " + std::to_string(lines.size() - most + 1) + " lines\n";
        if (!cut) out += lines[i] + "\n";
    }
    return out;
}

}  // namespace

std::string failure_report(const Failure& failure) {
    constexpr std::size_t most_table = 18;
    const Scenario& scenario = failure.scenario;
    const Result result =
        replay({.scenario = scenario, .policy = failure.policy, .contract = failure.contract},
               direct_link());
    const mockxdr::World world = world_after(scenario, result.trace);
    std::string text =
        "scenario  " +
        xdr::counted(static_cast<std::int64_t>(scenario.incidents.size()), "incident") + ", " +
        xdr::counted(scenario.fetch.runs, "poll") + ", limit " +
        std::to_string(scenario.fetch.limit) + ", look_back " +
        xdr::duration_text(scenario.fetch.look_back) + ", page cap " +
        std::to_string(scenario.server.page_cap) + "; policy " +
        std::string(failure.policy.name()) + "\n";
    for (const IncidentVerdict& verdict : result.verdict.incidents)
        if (verdict.id == failure.incident)
            text += folded(
                explanation({.world = world, .scenario = scenario, .trace = result.trace}, verdict),
                most_table);
    const Counterfactuals found = counterfactuals(failure);
    text += line("one change that saves it", found.saves);
    text += line("changes that only excuse", found.excuses);
    text += line("changes that do not help", found.no_help);
    return text;
}

}  // namespace harness
