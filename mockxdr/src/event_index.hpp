#pragma once

#include <set>
#include <span>
#include <vector>

#include "mockxdr/world.hpp"

namespace mockxdr {

/// The events of a world in order of time, kept up to date when an incident is laid out again.
class EventIndex {
   public:
    /// Reads all incidents; to be called once, before anything is changed.
    void fill(std::span<const Incident> incidents);

    /// Call before what an incident shows from `now` on changes, and `add` after.
    void remove(const Incident& incident, TimePoint now);
    void add(const Incident& incident, TimePoint now);

    std::vector<Event> between(TimePoint after, TimePoint until) const;

   private:
    struct Earlier {
        bool operator()(const Event& a, const Event& b) const;
    };

    std::vector<Event> planned_;           ///< by the scenario's times, sorted
    std::vector<bool> changed_;            ///< of each incident: `planned_` is no longer true of it
    std::set<Event, Earlier> of_changed_;  ///< the events of these
};

}  // namespace mockxdr
