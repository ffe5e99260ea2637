#pragma once

#include <compare>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/live.hpp"

namespace harness {

/// How a client asks for a list: by what it asks, not for which time or page. Only the client knows
/// which of its ways brings what it hands on, and which serves something else, such as a mirror.
struct Way {
    mockxdr::Endpoint endpoint = mockxdr::Endpoint::get_incidents;
    bool from_creation = false, from_modification = false;  ///< the times it bounds from below
    std::optional<mockxdr::Direction> direction{};          ///< nothing if it does not sort

    friend bool operator==(const Way&, const Way&) = default;
    friend auto operator<=>(const Way&, const Way&) = default;
};

/// `get_incidents with creation_time >=, sorted asc`.
std::string describe(const Way& way);

/// Whether the request could have brought an incident that it did not: but for its lower bounds of
/// time it asks for it, and `wanted` does too, as the incident was when it was answered.
bool could_bring(const JournalEntry& entry, const mockxdr::Incident& incident,
                 const std::vector<mockxdr::Filter>& wanted);

/// What one way brought. The journal must outlive it.
class WayUse {
   public:
    /// A request of this way that was answered; in order of time.
    void add(const JournalEntry& entry) { entries_.push_back(&entry); }
    void add_row(std::uint32_t position, TimePoint at) { rows_.emplace_back(position, at); }

    /// To be called once all rows are added.
    void sort_rows();

    TimePoint first_asked() const { return entries_.front()->at; }
    TimePoint last_asked() const { return entries_.back()->at; }

    /// When it first brought the incident as the scenario's query wants it.
    std::optional<TimePoint> first(std::uint32_t position) const;

    /// When it first could have brought what is there in [from, until).
    std::optional<TimePoint> chance(const mockxdr::Incident& incident,
                                    const std::vector<mockxdr::Filter>& wanted, TimePoint from,
                                    TimePoint until) const;

   private:
    std::vector<const JournalEntry*> entries_;
    std::vector<std::pair<std::uint32_t, TimePoint>> rows_;
};

/// All ways in which the client lists. Look-ups do not count, nor do probes of a client that also
/// asks for more than one row.
std::map<Way, WayUse> ways_of(const Journal& journal, const mockxdr::World& world,
                              const std::vector<mockxdr::Filter>& wanted);

}  // namespace harness
