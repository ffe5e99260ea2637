#include "scenario_parts.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t most_ids = 1'000'000;

/// Both ends of `first..last`, as written.
struct Range {
    std::string first, last;
};

std::optional<Range> range_in(const std::string& text) {
    const std::size_t dots = text.find("..");
    if (dots == std::string::npos) return std::nullopt;
    return Range{.first = text.substr(0, dots), .last = text.substr(dots + 2)};
}

/// Why a range is none; empty if it is one.
std::string fault_of(const Range& range) {
    const auto fits = [](const std::string& end) { return xdr::is_digits(end) && end.size() < 18; };
    if (!fits(range.first) || !fits(range.last)) return "is not a range of ids";
    const std::int64_t first = std::stoll(range.first), last = std::stoll(range.last);
    if (last < first) return "runs backwards";
    return last - first >= most_ids ? "names more than a million ids" : "";
}

}  // namespace

std::vector<IncidentId> expand_ids(const std::string& text) {
    const auto range = range_in(text);
    if (!range) return {IncidentId(text)};
    std::vector<IncidentId> ids;
    if (!fault_of(*range).empty()) return ids;
    for (std::int64_t n = std::stoll(range->first); n <= std::stoll(range->last); ++n) {
        std::string id = std::to_string(n);
        if (id.size() < range->first.size()) id.insert(0, range->first.size() - id.size(), '0');
        ids.emplace_back(std::move(id));
    }
    return ids;
}

std::vector<IncidentId> read_ids(const Spot& place, Findings& findings) {
    std::vector<IncidentId> ids;
    for (const Spot& item : read_array(place, findings)) {
        const auto text = read_text(item, findings);
        if (!text) continue;
        const auto range = range_in(*text);
        if (const std::string fault = range ? fault_of(*range) : ""; !fault.empty())
            findings.push_back({.at = item.value.at(),
                                .pointer = item.pointer,
                                .what = "'" + *text + "' " + fault,
                                .expected = "expected first..last in digits, such as 2001..2050"});
        for (IncidentId& id : expand_ids(*text)) ids.push_back(std::move(id));
    }
    return ids;
}

}  // namespace mockxdr
