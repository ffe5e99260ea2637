#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "fetcher/last_run.hpp"
#include "fetcher/page.hpp"

namespace fetcher {

/// What the `complete` policies remember. Source: docs/guarantee.md.
struct CompleteState {
    struct Seen {
        IncidentId id;
        TimePoint at;  ///< the incident's time in the field that is swept

        friend bool operator==(const Seen&, const Seen&) = default;
    };

    TimeField field = TimeField::creation_time;  ///< what is swept
    TimePoint frontier{};                        ///< all that is owed and older was emitted
    std::optional<TimePoint> newest;             ///< newest time read by a successful run
    std::vector<Seen> seen;  ///< emitted ones that may be read again, sorted by id
    std::int64_t batch = 0;  ///< successful runs so far

    friend bool operator==(const CompleteState&, const CompleteState&) = default;
};

/// What a fetcher without look-back remembers: one time.
struct CursorState {
    TimePoint last_fetch{};

    friend bool operator==(const CursorState&, const CursorState&) = default;
};

/// The last run: what a run leaves to the next one. monostate before the first.
using State = std::variant<std::monostate, CompleteState, CursorState, lookback::LastRun>;

}  // namespace fetcher
