#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "fetcher/last_run.hpp"
#include "fetcher/page.hpp"

namespace fetcher {

/// How far the rows of one millisecond were read, sorted by id.
struct MillisecondPosition {
    std::int64_t offset = 0;  ///< of the next page; the last row read, if all is well
    std::vector<IncidentId> overlap =
        {};  ///< the last page read, sorted: the next one must join it

    friend bool operator==(const MillisecondPosition&, const MillisecondPosition&) = default;
};

/// How far a sweep has read.
struct SweepPosition {
    TimePoint at{};                       ///< all that is older was read; itself maybe in part
    std::optional<TimePoint> until = {};  ///< upper end, where less time is asked for at once
    std::optional<Millis> span = {};  ///< how much time to ask for next, where that was found out
    std::optional<MillisecondPosition> millisecond = {};  ///< where `at` is read by id

    friend bool operator==(const SweepPosition&, const SweepPosition&) = default;
};

/// A sweep that stopped before the data ended.
struct Resume {
    SweepPosition position;
    TimePoint settled{};  ///< all that is owed and older was visible before that sweep began

    friend bool operator==(const Resume&, const Resume&) = default;
};

/// What the `complete` policies remember. Source: docs/guarantee.md.
struct CompleteState {
    struct Seen {
        IncidentId id;
        TimePoint at;  ///< the incident's time in the field that is swept

        friend bool operator==(const Seen&, const Seen&) = default;
    };

    TimeField field = TimeField::creation_time;  ///< what is swept
    TimePoint frontier{};                        ///< all that is owed and older was emitted
    std::optional<TimePoint> newest;             ///< newest time seen by a successful run
    std::vector<Seen> seen;             ///< emitted ones that may be read again, sorted by id
    std::int64_t batch = 0;             ///< successful runs so far
    std::optional<Resume> resume = {};  ///< nothing: the next sweep begins at the frontier

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
