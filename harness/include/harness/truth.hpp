#pragma once

#include <vector>

#include "harness/trace.hpp"
#include "mockxdr/world.hpp"

namespace harness {

/// From `from` on queries see the incident as last modified at `modification_time`.
struct Sighting {
    TimePoint from{}, modification_time{};
};

/// A stretch of time, [from, until), in which the API's answer to what the user wants holds an
/// incident. `until` is TimePoint::max() if it never ends.
struct Stretch {
    TimePoint from{}, until{};
    std::vector<Sighting> sightings;  ///< in order of time, the first at `from`
};

/// What the world offered of one incident, from the world alone: no fetcher has a say in it.
struct Offer {
    const mockxdr::Incident* incident = nullptr;
    bool restricted = false;
    std::vector<Stretch> stretches;  ///< in order of time, apart from each other
};

/// One offer for each incident, in the order of the file.
std::vector<Offer> offers(const mockxdr::World& world, const mockxdr::ServerOptions& options,
                          const mockxdr::Wanted& wanted);

}  // namespace harness
