#pragma once

#include <array>

#include "mockxdr/world.hpp"

namespace mockxdr {

/// What an incident's versions are made from.
struct Timeline {
    /// One update, made at `at`, seen by queries from `seen` on.
    struct Change {
        TimePoint at{}, seen{};
        Fields set{};
        std::optional<TimePoint> created{};  ///< the creation_time from then on
    };

    TimePoint born{};      ///< the creation_time before anything moved it
    TimePoint created{};   ///< the creation_time with no change applied
    TimePoint seen{};      ///< queries see the incident from then on
    bool waiting = false;  ///< for its trigger; until that fires nobody sees it
    TimePoint removed = TimePoint::max();
    TimePoint modified{};           ///< with no change applied
    Fields fields{};                ///< the same
    std::vector<Change> changes{};  ///< in order of `at`, then of the file, then of being made
};

/// Puts fields over others, and hands out again what it made of the same ones: the incidents of a
/// `repeat` share their versions' fields.
class Overlays {
   public:
    Fields over(const Fields& earlier, const Fields& later);

   private:
    struct Made {
        Fields earlier{}, later{}, result{};
    };

    std::array<Made, 8> made_{};
    std::size_t next_ = 0;
};

/// Where an update moves the creation_time; nothing if it does not.
std::optional<TimePoint> moved_to(const Update& update, TimePoint start);

/// What the scenario's times say; what waits for a trigger is left out.
Timeline timeline_of(const IncidentSpec& spec, TimePoint start);

/// The timeline of an incident that has one version and nothing to come but its removal.
Timeline timeline_of(const Incident& incident);

/// What queries see from `from` on.
std::vector<Version> versions_from(const Timeline& timeline, TimePoint from, Overlays& overlays);

/// Adds a change that is made and seen at `now`, its own times aside.
void add_change(Timeline& timeline, Timeline::Change change, TimePoint now);

/// Lays out again what is seen from `now` on, after change number `change` was made to the
/// timeline. What was seen before stays as it was, at `now` too: `Incident::at` tells the two apart
/// by the number of the change. Folds what is settled into the start of the timeline.
void lay_out_again(Incident& incident, Timeline& timeline, TimePoint now, ChangeCount change);

}  // namespace mockxdr
