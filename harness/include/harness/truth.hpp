#pragma once

#include <vector>

#include "harness/trace.hpp"
#include "mockxdr/world.hpp"

namespace harness {

/// From `from` on queries see the incident with these times.
struct Sighting {
    TimePoint from{}, creation_time{}, modification_time{};
};

/// A stretch of time, [from, until), in which the API's answer to what the user wants holds an
/// incident. `until` is TimePoint::max() if it never ends.
struct Stretch {
    TimePoint from{}, until{};
    TimePoint creation_time{};        ///< at `from`
    std::vector<Sighting> sightings;  ///< in order of time, the first at `from`
};

/// What the world offered of one incident, from the world alone: no fetcher has a say in it.
struct Offer {
    const mockxdr::Incident* incident = nullptr;
    bool restricted = false;
    std::vector<Stretch> stretches;  ///< in order of time
};

/// Whether a creation_time that moves begins a stretch of its own, as if one incident had gone and
/// another had come (ADR 0015).
enum class Splits { none, by_creation_time };

/// One offer for each incident, in the order of the file.
std::vector<Offer> offers(const mockxdr::World& world, const mockxdr::ServerOptions& options,
                          const mockxdr::Wanted& wanted, Splits splits = Splits::none);

/// Whether queries began to see another creation_time of an incident in (after, until].
bool moved_within(const Offer& offer, TimePoint after, TimePoint until);

}  // namespace harness
