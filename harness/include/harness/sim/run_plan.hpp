#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "harness/sim/schedule.hpp"

namespace harness::sim {

/// What a schedule plans for each of its scripted runs: whether it takes place, and its fault. A
/// run of the drain takes place and has none.
class RunPlan {
   public:
    explicit RunPlan(const Schedule& schedule);

    bool is_missed(int run) const { return missed_.has(run); }

    /// nullptr: no fault.
    const Schedule::Hit* hit(int run) const {
        const std::uint8_t index = by_run_[static_cast<std::size_t>(std::min(run, behind))];
        return index == none ? nullptr : &hits_[index];
    }

    /// The last run before which an older last run comes back; 0: none does.
    int last_restore() const { return last_restore_; }

   private:
    static constexpr int behind = 32;  ///< behind all that can be hit
    static constexpr std::uint8_t none = 255;

    List<Schedule::Hit, most_hits> hits_;
    std::array<std::uint8_t, behind + 1> by_run_;
    RunSpan missed_;
    int last_restore_ = 0;
};

}  // namespace harness::sim
