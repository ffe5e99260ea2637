#include "ways.hpp"

#include <algorithm>

namespace harness {

namespace {

using mockxdr::Filter;
using mockxdr::FilterField;

bool is_lower_bound(const Filter& filter) {
    return std::holds_alternative<TimePoint>(filter.value) && filter.op == mockxdr::Operator::gte;
}

Way way_of(const JournalEntry& entry) {
    Way way{.endpoint = *entry.endpoint};
    for (const Filter& filter : entry.query->filters) {
        if (!is_lower_bound(filter)) continue;
        (filter.field == FilterField::creation_time ? way.from_creation : way.from_modification) =
            true;
    }
    if (entry.query->sort) way.direction = entry.query->sort->direction;
    return way;
}

}  // namespace

std::string describe(const Way& way) {
    std::string text(name_of(way.endpoint));
    if (way.from_creation) text += " with creation_time >=";
    if (way.from_modification)
        text += way.from_creation ? " and modification_time >=" : " with modification_time >=";
    if (!way.from_creation && !way.from_modification) text += " with no lower bound of time";
    return text +
           (way.direction ? ", sorted " + std::string(name_of(*way.direction)) : ", not sorted");
}

bool could_bring(const JournalEntry& entry, const mockxdr::Incident& incident,
                 const std::vector<Filter>& wanted) {
    const mockxdr::Match match{.incident = &incident,
                               .version = incident.at(entry.at, entry.changes)};
    if (!match.version || !mockxdr::matches(wanted, match)) return false;
    const auto& filters = entry.query->filters;
    return std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
        return is_lower_bound(filter) || mockxdr::matches(filter, match);
    });
}

void WayUse::sort_rows() { std::sort(rows_.begin(), rows_.end()); }

std::optional<TimePoint> WayUse::first(std::uint32_t position) const {
    const auto found =
        std::lower_bound(rows_.begin(), rows_.end(), std::pair(position, TimePoint::min()));
    return found != rows_.end() && found->first == position ? std::optional(found->second)
                                                            : std::nullopt;
}

std::optional<TimePoint> WayUse::chance(const mockxdr::Incident& incident,
                                        const std::vector<Filter>& wanted, TimePoint from,
                                        TimePoint until) const {
    auto entry = std::lower_bound(
        entries_.begin(), entries_.end(), from,
        [](const JournalEntry* before, TimePoint wanted_at) { return before->at < wanted_at; });
    for (; entry != entries_.end() && (*entry)->at <= until; ++entry)
        if (could_bring(**entry, incident, wanted)) return (*entry)->at;
    return std::nullopt;
}

std::map<Way, WayUse> ways_of(const Journal& journal, const mockxdr::World& world,
                              const std::vector<Filter>& wanted) {
    const auto& all = journal.entries();
    const auto lists = [](const JournalEntry& entry) {
        return entry.answered() && !looks_up(*entry.query);
    };
    const bool skips_probes = journal.asks_for_more();
    std::map<Way, WayUse> ways;
    for (const JournalEntry& entry : all) {
        if (!lists(entry) || (skips_probes && is_probe(*entry.query))) continue;
        WayUse& use = ways[way_of(entry)];
        use.add(entry);
        for (const std::uint32_t position : entry.returned) {
            const mockxdr::Incident& incident = world.incidents()[position];
            const mockxdr::Match match{.incident = &incident,
                                       .version = incident.at(entry.at, entry.changes)};
            if (mockxdr::matches(wanted, match)) use.add_row(position, entry.at);
        }
    }
    for (auto& [way, use] : ways) use.sort_rows();
    return ways;
}

}  // namespace harness
