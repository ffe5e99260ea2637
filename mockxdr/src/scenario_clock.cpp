#include "scenario_parts.hpp"

namespace mockxdr {

Millis offset_at(const std::vector<ClockChange>& changes, Millis at) {
    Millis offset{0};
    for (const ClockChange& change : changes)
        if (change.from <= at) offset = change.offset;
    return offset;
}

std::vector<ClockChange> read_clock(ObjectReader& parent, std::string_view key) {
    std::vector<ClockChange> changes;
    for (const Spot& place : parent.array(key)) {
        ObjectReader object(place, parent.findings());
        object.require("from", "the time from which the clock is off");
        object.require("offset", "how far ahead the clock is");
        const auto from = object.duration("from", Sign::any);
        const auto offset = object.duration("offset", Sign::any);
        object.finish();
        if (!from || !offset) continue;
        changes.push_back({.from = *from, .offset = *offset});
        if (changes.size() > 1 && *from <= changes[changes.size() - 2].from)
            complain_at(place, "the changes are not in order of time",
                        "expected a later \"from\" than the one before", parent.findings());
    }
    return changes;
}

}  // namespace mockxdr
