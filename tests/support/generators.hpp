#pragma once

#include <iosfwd>
#include <vector>

#include "mockxdr/scenario.hpp"

/// A small world in numbers whose zero means "nothing special", so that shrinking works: times are
/// slots of half a run apart, crowding the edges of windows, pages and limits. `lower` makes the
/// scenario of it.
struct Plan {
    struct Event {
        int slot = 0;    ///< of creation, half a run apart
        int shift = 0;   ///< 0: on the slot, 1: a millisecond later, 2: a millisecond earlier
        int delay = 0;   ///< slots until it is indexed
        int match = 0;   ///< slots after creation at which it starts to match; 0: at once
        int gone = 0;    ///< slots after creation at which it is removed, less one; 0: never
        int hidden = 0;  ///< 1: the key may not read it
        int close = 0;   ///< slots after it matched at which it stops to match again; 0: never
        int touch = 0;   ///< slots after creation at which it is modified; 0: never
        int lag = 0;     ///< slots that its updates are indexed late
    };
    struct Hit {
        int run = 0;   ///< less one
        int kind = 0;  ///< 0 status 500, 1 reset, 2 and 3 crash before and after emit, 4 after save
    };

    std::vector<Event> events;
    std::vector<Hit> hits;
    int runs = 0, limit = 0, page_cap = 0;  ///< more than 3, 1 and 2
    int look_back = 0;                      ///< slots
    int ties = 0;                           ///< as mockxdr::Ties
    int latency = 0;                        ///< slots that each request takes
    int skew = 0;                           ///< slots that the client's clock is ahead
    int skew_run = 0;                       ///< the run from which it is
    int change_run = 0;                     ///< the run before which look_back changes; 0: never
    int changed_look_back = 0;              ///< slots that it changes to
    int fault_request = 0;                  ///< the request that is reset; 0: none
    int first_fetch = 0;                    ///< 0: an hour, 1: inside of the data
    int max_requests = 0;                   ///< of a run; 0: no budget
};

std::ostream& operator<<(std::ostream& out, const Plan& plan);

/// What a plan may contain: some properties hold only where some things do not happen.
struct Menu {
    bool removals = true, faults = true, hidden = true, latency = true, skew = true;
    bool unstable_ties = true, changes = true, budget = true;
};

/// Draws a plan. To be called inside of a property.
Plan draw_plan(const Menu& menu = {});

mockxdr::Scenario lower(const Plan& plan);
