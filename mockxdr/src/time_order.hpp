#pragma once

#include <set>
#include <span>

#include "visible_order.hpp"

namespace mockxdr {

/// The rank of each incident, by position, in the order of their ids.
std::vector<std::uint32_t> id_ranks(std::span<const Incident> incidents);

/// What one query is to get of an order.
struct Wish {
    Times times{};
    CodeSet codes = 0;
    Direction direction = Direction::asc;
    std::uint32_t from = 0, count = 0;  ///< ranks of the page
};

/// How many there are and which of them, by position, are on the page.
struct Found {
    std::uint32_t total = 0;
    std::vector<std::uint32_t> positions{};
};

/// Incidents in order of their first creation_time and id. What moves away from there must not be
/// shown here.
class CreationOrder {
   public:
    /// Nothing is seen yet.
    CreationOrder(std::span<const Incident> incidents, const std::vector<std::uint32_t>& ranks);

    /// `codes` by position.
    void show_all(const std::vector<Code>& codes);
    void show(std::uint32_t position, Code code) { visible_.set(place_of_[position], code); }

    std::uint32_t count(const Times& times, CodeSet codes) const;
    Found find(const Wish& wish) const;

   private:
    std::vector<TimePoint> times_;          ///< by place
    std::vector<std::uint32_t> positions_;  ///< by place
    std::vector<std::uint32_t> place_of_;   ///< by position
    VisibleOrder visible_;
};

/// Incidents in order of their ids.
class IdOrder {
   public:
    IdOrder(const std::vector<std::uint32_t>& ranks, const std::vector<Code>& codes);

    void show(std::uint32_t rank, Code code) { visible_.set(rank, code); }
    Found find(const Wish& wish) const;

   private:
    std::vector<std::uint32_t> positions_;  ///< by rank
    VisibleOrder visible_;
};

/// Versions in order of modification_time and id: those of today and those that time will bring.
/// Incidents that are changed by others than time stand aside, to be looked at one by one.
class ModificationOrder {
   public:
    /// `codes` by position, as seen at `now`.
    ModificationOrder(std::span<const Incident> incidents, const std::vector<std::uint32_t>& ranks,
                      const std::vector<Code>& codes, TimePoint now);

    /// An incident shows another version than before, or none.
    void show(const Match& match, Code code);

    void set_aside(std::uint32_t position);
    const std::set<std::uint32_t>& aside() const { return aside_; }

    /// Of those that are not aside.
    std::uint32_t count(const Times& times, CodeSet codes) const;

    /// `aside`: those of them that match, in the order asked for.
    Found find(const Wish& wish, const std::vector<Match>& aside) const;

   private:
    using Place = VisibleOrder::Place;
    static constexpr Place nowhere = UINT32_MAX;

    Place place_of(const Match& match) const;

    const std::vector<std::uint32_t>& ranks_;
    std::vector<TimePoint> times_;          ///< by place
    std::vector<std::uint32_t> positions_;  ///< by place
    std::vector<std::uint32_t> versions_;   ///< by place
    std::vector<Place> shown_at_;           ///< by position
    VisibleOrder visible_;
    std::set<std::uint32_t> aside_;
};

}  // namespace mockxdr
