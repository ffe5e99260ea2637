#include "harness/truth.hpp"

#include <algorithm>

#include "mockxdr/select.hpp"

namespace harness {

namespace {

std::vector<Stretch> stretches(const mockxdr::Incident& incident,
                               const std::vector<mockxdr::Filter>& filters) {
    std::vector<Stretch> out;
    for (const mockxdr::Version& version : incident.versions) {
        if (!mockxdr::matches(filters, {.incident = &incident, .version = &version})) continue;
        if (out.empty() || out.back().until != version.from)
            out.push_back({.from = version.from, .until = version.until, .sightings = {}});
        out.back().until = version.until;
        out.back().sightings.push_back(
            {.from = version.from, .modification_time = version.modification_time});
    }
    return out;
}

}  // namespace

std::vector<Offer> offers(const mockxdr::World& world, const mockxdr::ServerOptions& options,
                          const mockxdr::Wanted& wanted) {
    const std::vector<mockxdr::Filter> filters = mockxdr::filters_of(wanted);
    std::vector<Offer> out;
    for (const mockxdr::Incident& incident : world.incidents()) {
        const auto& ids = options.restricted;
        out.push_back({.incident = &incident,
                       .restricted = std::find(ids.begin(), ids.end(), incident.id) != ids.end(),
                       .stretches = stretches(incident, filters)});
    }
    return out;
}

}  // namespace harness
