#include "harness/truth.hpp"

#include <algorithm>
#include <utility>

#include "mockxdr/select.hpp"

namespace harness {

namespace {

std::vector<Stretch> stretches(const mockxdr::Incident& incident,
                               const std::vector<mockxdr::Filter>& filters, Splits splits) {
    std::vector<Stretch> out;
    TimePoint creation_time{};
    for (const mockxdr::Version& version : incident.versions) {
        if (!mockxdr::matches(filters, {.incident = &incident, .version = &version})) continue;
        const bool moved =
            splits == Splits::by_creation_time && version.creation_time != creation_time;
        creation_time = version.creation_time;
        if (out.empty() || out.back().until != version.from || moved)
            out.push_back({.from = version.from,
                           .until = version.until,
                           .creation_time = creation_time,
                           .sightings = {}});
        out.back().until = version.until;
        out.back().sightings.push_back({.from = version.from,
                                        .creation_time = version.creation_time,
                                        .modification_time = version.modification_time});
    }
    return out;
}

}  // namespace

std::vector<Offer> offers(const mockxdr::World& world, const mockxdr::ServerOptions& options,
                          const mockxdr::Wanted& wanted, Splits splits) {
    const std::vector<mockxdr::Filter> filters = mockxdr::filters_of(wanted);
    std::vector<Offer> out;
    for (const mockxdr::Incident& incident : world.incidents()) {
        const auto& ids = options.restricted;
        out.push_back({.incident = &incident,
                       .restricted = std::find(ids.begin(), ids.end(), incident.id) != ids.end(),
                       .stretches = stretches(incident, filters, splits)});
    }
    return out;
}

bool moved_within(const Offer& offer, TimePoint after, TimePoint until) {
    const Sighting* before = nullptr;
    for (const Stretch& stretch : offer.stretches)
        for (const Sighting& sighting : stretch.sightings) {
            const Sighting* last = std::exchange(before, &sighting);
            if (last && last->creation_time != sighting.creation_time && after < sighting.from &&
                sighting.from <= until)
                return true;
        }
    return false;
}

}  // namespace harness
