#include "harness/sim/situations.hpp"

#include <cstdlib>

#include "harness/sim/life.hpp"

namespace harness::sim {

namespace {

using Hit = Schedule::Hit;

Situations of_creations(const Schedule& schedule, const World& world) {
    Situations situations;
    int same = 0, most = 0;
    Ms last = never;
    for (const std::uint8_t id : world.oldest_first) {
        const Life& life = world.lives[id];
        same = same * (life.created == last) + 1;
        most = std::max(most, same);
        last = life.created;
        situations.add_if(life.moved != never, Situation::creation_time_moved);
    }
    situations.add_if(most > 1, Situation::burst);
    situations.add_if(most > limit_of(schedule.limit), Situation::burst_above_limit);
    return situations;
}

void add_incident(const Schedule& schedule, const Schedule::Incident& incident,
                  Situations& situations) {
    const int late = incident.delay + incident.match;
    const bool is_late = late > 0;
    situations.add_if(is_late & (late <= schedule.look_back), Situation::late_within_look_back);
    situations.add_if(is_late & (std::abs(late - schedule.look_back) <= 1),
                      Situation::late_across_the_edge);
    situations.add_if(incident.match > 0, Situation::matches_later);
}

}  // namespace

const std::array<Floor, situation_count>& floors() {
    static constexpr std::array<Floor, situation_count> all{{
        {"late inside the look-back", 40},
        {"late across the look-back's edge", 15},
        {"created exactly at a window's start", 5},
        {"burst in one millisecond", 30},
        {"burst above the limit", 30},
        {"a run of several pages", 30},
        {"a page ends inside a burst", 10},
        {"starts to match later", 20},
        {"ceases to match between two pages", 5},
        {"the result changes between two pages", 10},
        {"crash between emitting and saving", 15},
        {"crash after saving", 5},
        {"older last run restored", 5},
        {"a run fails", 15},
        {"an outage longer than look-back", 5},
        {"an empty run between two that emit", 20},
        {"ties in another order each time", 10},
        {"a page shortened by hidden rows", 3},
        {"a clock is wrong", 15},
        {"settings change", 10},
        {"a request budget is spent", 5},
        {"total_count is wrong", 10},
        {"a creation_time moves", 10},
        {"runs late or missed", 10},
    }};
    return all;
}

Situations planned(const Schedule& schedule, const World& world) {
    Situations situations = of_creations(schedule, world);
    for (const Schedule::Incident& incident : schedule.incidents)
        add_incident(schedule, incident, situations);
    const HitRuns hit_runs = hit_runs_of(schedule);
    const RunSpan missed = missed_runs_of(schedule);
    for (std::size_t i = 0; i < hit_runs.size(); ++i) {
        const Hit& hit = schedule.hits[i];
        const int run = hit_runs[i].first;
        const bool fails =
            (hit.kind < Hit::crash_before_emit) & (run <= schedule.runs + 1) & !missed.has(run);
        situations.add_if(fails, Situation::failed_run);
        situations.add_if(fails & ((hit.more + 1) * 2 > schedule.look_back),
                          Situation::long_outage);
    }
    situations.add_if(schedule.ties == 2, Situation::ties_shuffled);
    situations.add_if((schedule.skew > 0) | (schedule.clock > 0), Situation::clock_wrong);
    situations.add_if((schedule.jitter > 0) | (schedule.missed_run > 0),
                      Situation::polls_at_odd_times);
    situations.add_if(schedule.change_run > 0, Situation::settings_changed);
    situations.add_if((schedule.count_off > 0) | (schedule.count_cap > 0), Situation::count_wrong);
    return situations;
}

}  // namespace harness::sim
