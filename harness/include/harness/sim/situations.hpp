#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace harness::sim {

struct Schedule;
struct World;

/// Rare things that a campaign must have met: a generator that misses them tests nothing.
enum class Situation : std::uint8_t {
    late_within_look_back,
    late_across_the_edge,
    exactly_on_the_edge,
    burst,
    burst_above_limit,
    several_pages,
    page_cuts_burst,
    matches_later,
    unmatched_between_pages,
    drift_between_pages,
    crash_after_emit,
    crash_after_save,
    restored,
    failed_run,
    long_outage,
    empty_between_full,
    ties_shuffled,
    short_page_of_hidden,
    clock_wrong,
    settings_changed,
    budget_spent,
    count_wrong,
    creation_time_moved,
    polls_at_odd_times,
};
inline constexpr std::size_t situation_count =
    static_cast<std::size_t>(Situation::polls_at_odd_times) + 1;

/// Those that one play met.
class Situations {
   public:
    void add(Situation situation) { add_if(true, situation); }
    /// Not for an `if` in front of it: a branch could not be foreseen.
    void add_if(bool happened, Situation situation) {
        bits_ |= (happened ? 1U : 0U) << static_cast<unsigned>(situation);
    }
    bool has(Situation situation) const {
        return ((bits_ >> static_cast<unsigned>(situation)) & 1U) != 0;
    }

   private:
    std::uint32_t bits_ = 0;
};

/// How a situation is called, and the share of all schedules in which it must happen, in percent.
struct Floor {
    std::string_view name;
    int percent;
};
const std::array<Floor, situation_count>& floors();

/// What can be told from the schedule alone.
Situations planned(const Schedule& schedule, const World& world);

}  // namespace harness::sim
