#pragma once

#include <array>
#include <cstdint>

#include "harness/sim/schedule.hpp"

namespace harness::sim {

/// The faults of a schedule by run: at most one each.
class HitPlan {
   public:
    explicit HitPlan(const Schedule& schedule);

    const Schedule::Hit* of(int run) const {
        const std::uint8_t index = run <= last_run ? by_run_[static_cast<std::size_t>(run)] : none;
        return index == none ? nullptr : &hits_[index];
    }
    /// The last run before which an older last run comes back; 0: none does.
    int last_restore() const { return last_restore_; }

   private:
    static constexpr int last_run = 31;
    static constexpr std::uint8_t none = 255;

    List<Schedule::Hit, 8> hits_;
    std::array<std::uint8_t, last_run + 1> by_run_;
    int last_restore_ = 0;
};

}  // namespace harness::sim
