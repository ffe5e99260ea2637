#include "harness/sim/run_plan.hpp"

#include <cassert>

namespace harness::sim {

RunPlan::RunPlan(const Schedule& schedule)
    : hits_(schedule.hits), missed_(missed_runs_of(schedule)) {
    const int scripted = schedule.runs + 1;
    assert(hits_.empty() || scripted < behind);
    by_run_.fill(none);
    const HitRuns hit_runs = hit_runs_of(schedule);
    for (std::size_t i = 0; i < hit_runs.size(); ++i) {
        const auto [first, last] = hit_runs[i];
        if (hits_[i].kind == Schedule::Hit::restore) last_restore_ = first;
        for (int run = first; run <= std::min(last, scripted); ++run)
            by_run_[static_cast<std::size_t>(run)] = static_cast<std::uint8_t>(i);
    }
}

}  // namespace harness::sim
