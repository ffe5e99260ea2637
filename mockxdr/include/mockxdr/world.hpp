#pragma once

#include <map>
#include <span>
#include <vector>

#include "mockxdr/scenario.hpp"

namespace mockxdr {

/// What queries see of an incident in [from, until).
struct Version {
    TimePoint from{}, until{};  ///< `until` is TimePoint::max() if it never ends
    TimePoint modification_time{};
    Fields fields;  ///< what the scenario sets, later updates included
};

struct Incident {
    IncidentId id;
    TimePoint creation_time{};
    std::vector<std::string> absent;
    std::vector<Version> versions;  ///< in order of time, without gaps; empty if it is never seen
    std::size_t position = 0;       ///< in the file, from 0

    /// What queries see at `now`; nullptr if nothing.
    const Version* at(TimePoint now) const;
};

/// The value of a field as the API would send it, without regard to `absent`.
json::Value field_value(const Incident& incident, const Version& version, std::string_view name);

/// field_value as it is shown: the description is the manual one where that is set.
json::Value shown_value(const Incident& incident, const Version& version, std::string_view name);

/// The truth: a scenario laid out on the time line. Immutable.
class World {
   public:
    /// `start` is the instant that the scenario's offsets count from.
    World(const Scenario& scenario, TimePoint start);

    TimePoint start() const { return start_; }

    /// In the order of the file.
    std::span<const Incident> incidents() const { return incidents_; }

    /// nullptr for an id that is not of this world.
    const Incident* find(const IncidentId& id) const;

   private:
    TimePoint start_;
    std::vector<Incident> incidents_;
    std::map<IncidentId, std::size_t> by_id_;
};

}  // namespace mockxdr
