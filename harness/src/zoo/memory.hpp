#pragma once

#include <algorithm>

#include "fetcher/policy.hpp"

namespace harness::zoo_members {

/// What a broken fetcher remembers, in the shape that travels as JSON: its last run, or at first
/// the moment that it starts from.
inline fetcher::CompleteState state_of(const fetcher::Parameters& parameters,
                                       const fetcher::State& state, fetcher::TimePoint now) {
    if (const auto* known = std::get_if<fetcher::CompleteState>(&state)) return *known;
    fetcher::CompleteState first;
    first.frontier = fetcher::first_fetch_time(parameters.first_fetch, now);
    return first;
}

/// Whether an id is among those remembered, which are in no order.
inline bool knows(const fetcher::CompleteState& state, const fetcher::IncidentId& id) {
    return std::any_of(state.seen.begin(), state.seen.end(),
                       [&](const auto& seen) { return seen.id == id; });
}

}  // namespace harness::zoo_members
