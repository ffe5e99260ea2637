#pragma once

#include <cstdint>
#include <string>

#include "harness/sim/small.hpp"
#include "mockxdr/scenario.hpp"

namespace harness::sim {

/// Time is counted in slots of half an interval between two runs.
inline constexpr Millis slot{30'000};
inline constexpr Millis every = 2 * slot;

/// Most faults of a schedule that hit a run.
inline constexpr std::size_t most_hits = 8;

/// A scenario in small numbers. All count from "nothing special", so that smaller is simpler.
struct Schedule {
    struct Incident {
        std::uint8_t together = 0;  ///< 1: created with the one before it, whatever `slot` says
        std::uint8_t slot = 0;      ///< of creation
        std::uint8_t shift = 0;     ///< 1: 1 ms later, 2: 1 ms earlier, 3: 500 ms later
        std::uint8_t delay = 0;     ///< slots until queries see it
        std::uint8_t match = 0;  ///< slots after creation at which it starts to match; 0: at once
        std::uint8_t close = 0;  ///< slots after it matched at which it ceases to; 0: never
        std::uint8_t gone = 0;  ///< slots after creation at which it is removed, less one; 0: never
        std::uint8_t touch = 0;   ///< slots after creation at which it is modified; 0: never
        std::uint8_t lag = 0;     ///< half slots that its changes are seen late
        std::uint8_t hidden = 0;  ///< 1: the key may not read it
        std::uint8_t ahead = 0;   ///< hours that its creation time is in the server's future
        std::uint8_t move = 0;  ///< slots after creation at which its creation time moves; 0: never
        std::uint8_t move_to = 0;  ///< 0: to that moment; 1: to a slot earlier than it was, 2: to
                                   ///< six slots earlier, 3: to a slot later

        friend bool operator==(const Incident&, const Incident&) = default;
    };

    /// What goes wrong in a run.
    struct Hit {
        enum Kind : std::uint8_t {
            status_500,
            reset,
            status_429,
            cut,
            invalid_json,
            error_object,
            crash_before_emit,
            crash_after_emit,
            crash_after_save,
            lost_save,
            restore,
        };
        static constexpr int kinds = restore + 1;

        std::uint8_t gap = 0;   ///< runs between the hit before (or the first run) and this one
        std::uint8_t kind = 0;  ///< as Kind
        std::uint8_t more = 0;  ///< of a failing request: as many runs more fail; of a restore:
                                ///< so many saves ago, less one

        friend bool operator==(const Hit&, const Hit&) = default;
    };

    List<Incident, most_incidents> incidents;
    List<Hit, most_hits> hits;
    std::uint8_t runs = 0;           ///< less one
    std::uint8_t limit = 0;          ///< 1, 2, 3, 4, 50
    std::uint8_t page_cap = 0;       ///< 2, 3, 4, 100
    std::uint8_t look_back = 0;      ///< slots
    std::uint8_t ties = 0;           ///< as mockxdr::Ties
    std::uint8_t seed = 0;           ///< of ties in a new order each time, less one
    std::uint8_t latency = 0;        ///< tenths of a slot that each request takes
    std::uint8_t first_fetch = 0;    ///< 0: an hour, 1: 30 seconds, 2: a time inside of the data
    std::uint8_t max_requests = 0;   ///< of a run; 0: no budget
    std::uint8_t fault_request = 0;  ///< the request that is reset; 0: none
    std::uint8_t skew = 0;           ///< how wrong the client's clock is: see `skew_of`; 0: right
    std::uint8_t skew_run = 0;       ///< the run from which it is, less one
    std::uint8_t skew_runs = 0;      ///< for so many runs; 0: for good
    std::uint8_t clock = 0;          ///< the same of the server's `Date`
    std::uint8_t clock_run = 0;
    std::uint8_t change_run = 0;     ///< the run before which settings change; 0: never
    std::uint8_t new_look_back = 0;  ///< slots
    std::uint8_t new_limit = 0;      ///< as `limit`, from 1; 0: as it was
    std::uint8_t jitter = 0;         ///< how late each run begins: see `late_of`; 0: never
    std::uint8_t missed_run = 0;     ///< the first run that does not take place; 0: none
    std::uint8_t missed_runs = 0;    ///< how many more do not
    std::uint8_t count_off = 0;      ///< 1: total_count says one more, 2: one less
    std::uint8_t count_cap = 0;      ///< total_count says no more than this; 0: no cap

    friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// The values behind the numbers.
std::int64_t limit_of(std::uint8_t number);
std::int64_t page_cap_of(std::uint8_t number);
Millis skew_of(std::uint8_t number);
std::int64_t count_off_of(std::uint8_t number);
std::string first_fetch_text(std::uint8_t number);

/// How much later than at its time a scripted run begins.
Millis late_of(const Schedule& schedule, int run);

/// When incidents are created, counted from the start; without `ahead`.
List<Millis, most_incidents> creations(const Schedule& schedule);

/// To when the creation time of an incident moves that was created at `created`; counted from where
/// that is.
Millis moved_to(const Schedule::Incident& incident, Millis created);

/// Runs by number, from 1: none, if `last` is before `first`.
struct RunSpan {
    int first = 1, last = 0;

    bool has(int run) const { return (first <= run) & (run <= last); }
};

/// Scripted runs that do not take place.
RunSpan missed_runs_of(const Schedule& schedule);

/// The runs that each hit is about: several for requests that fail. They may lie behind the script.
using HitRuns = List<RunSpan, most_hits>;
HitRuns hit_runs_of(const Schedule& schedule);

/// The whole scenario, as a file would say it.
mockxdr::Scenario to_scenario(const Schedule& schedule);

}  // namespace harness::sim
