#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mockxdr/scenario.hpp"

namespace mockxdr {

/// How many changes clients and triggers have made to a world by some moment.
using ChangeCount = std::uint64_t;
inline constexpr ChangeCount all_changes = std::numeric_limits<ChangeCount>::max();

/// What queries see of an incident in [from, until).
struct Version {
    TimePoint from{}, until{};  ///< `until` is TimePoint::max() if it never ends
    TimePoint creation_time{}, modification_time{};
    Fields fields{};           ///< what the scenario sets, later updates included
    ChangeCount change = 0;    ///< the change that made it; 0 if the scenario's times did
    ChangeCount ended_by = 0;  ///< the change that ended it; 0 if the scenario's times do
};

struct Incident {
    IncidentId id;
    TimePoint created{};  ///< its creation_time at first; a version may show another
    std::vector<std::string> absent{};
    std::vector<Version> versions{};  ///< in order of time, without gaps; empty if it is never seen
    std::size_t position = 0;         ///< in the file, from 0
    Shared<ExtraSpec> extra{};

    /// What queries see at `now`, or saw there when only the first `changes` had been made; nullptr
    /// if nothing.
    const Version* at(TimePoint now, ChangeCount changes = all_changes) const;
};

/// The value of a field as the API would send it, without regard to `absent`.
json::Value field_value(const Incident& incident, const Version& version, std::string_view name);

/// field_value as it is shown: the description is the manual one where that is set.
json::Value shown_value(const Incident& incident, const Version& version, std::string_view name);

/// One thing that happens in a world.
struct Event {
    enum class Kind { appears, changes, disappears };

    TimePoint at{};
    std::size_t position = 0;  ///< of the incident
    Kind kind = Kind::appears;

    friend bool operator==(const Event&, const Event&) = default;
};

/// The truth: a scenario laid out on the time line, and what clients and triggers made of it.
class World {
   public:
    /// `start` is the instant that the scenario's offsets count from.
    World(const Scenario& scenario, TimePoint start);
    ~World();
    World(World&& other) noexcept;
    World& operator=(World&& other) noexcept;

    TimePoint start() const { return start_; }

    /// In the order of the file.
    std::span<const Incident> incidents() const { return incidents_; }

    /// nullptr for an id that is not of this world.
    const Incident* find(const IncidentId& id) const;

    /// A client changes an incident that queries see at `now`: seen at once, and under the changes
    /// that the scenario makes later. What was seen before stays on record. `now` never goes back
    /// from one change to the next.
    void update(const Incident& incident, const Fields& set, TimePoint now);

    /// A get_incidents request was answered with rows at `now`; `page` counts from 1. What waited
    /// for it happens.
    void answered(std::int64_t page, TimePoint now);

    /// The incidents of which something still waits for a request, in the order of the file.
    std::vector<const Incident*> waiting() const;

    /// The incidents whose creation_time an update moves, by position, in the order of the file.
    const std::vector<std::uint32_t>& moving() const;

    ChangeCount changes() const { return changed_.size(); }

    /// The incident that change number `change`, from 1, was made to.
    const Incident& changed(ChangeCount change) const { return incidents_[changed_[change - 1]]; }

    /// What happens in (after, until], in order of time and of the file.
    std::vector<Event> events(TimePoint after, TimePoint until) const;

   private:
    class Plans;

    template <class Change>
    void change(std::size_t position, TimePoint now, Change&& change);

    TimePoint start_;
    std::vector<Incident> incidents_;
    std::vector<std::size_t> changed_;
    std::unique_ptr<Plans> plans_;
};

}  // namespace mockxdr
