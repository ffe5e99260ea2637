#include "harness/sim/hit_plan.hpp"

#include <algorithm>

namespace harness::sim {

HitPlan::HitPlan(const Schedule& schedule) : hits_(schedule.hits) {
    by_run_.fill(none);
    for (std::size_t i = 0; i < schedule.hits.size(); ++i) {
        const Schedule::Hit& hit = schedule.hits[i];
        const int first = run_of(schedule, i);
        if (hit.kind == Schedule::Hit::restore) last_restore_ = first;
        const int more = hit.kind < Schedule::Hit::crash_before_emit ? hit.more : 0;
        for (int run = first; run <= std::min(first + more, last_run); ++run)
            by_run_[static_cast<std::size_t>(run)] = static_cast<std::uint8_t>(i);
    }
}

}  // namespace harness::sim
