#include "harness/sim/run_plan.hpp"

namespace harness::sim {

RunPlan::RunPlan(const Schedule& schedule) : hits_(schedule.hits) {
    const int scripted = schedule.runs + 1;
    by_run_.fill(none);
    const HitRuns hit_runs = hit_runs_of(schedule);
    for (std::size_t i = 0; i < hit_runs.size(); ++i) {
        const auto [first, last] = hit_runs[i];
        if (hits_[i].kind == Schedule::Hit::restore) last_restore_ = first;
        for (int run = first; run <= std::min({last, scripted, behind - 1}); ++run)
            by_run_[static_cast<std::size_t>(run)] = static_cast<std::uint8_t>(i);
    }
    if (schedule.missed_run == 0) return;
    first_missed_ = schedule.missed_run;
    last_missed_ = std::min(schedule.missed_run + schedule.missed_runs, scripted);
}

}  // namespace harness::sim
