#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "fetcher/last_run.hpp"
#include "fetcher/page.hpp"

namespace fetcher {

/// How far the rows of one millisecond were read, sorted by id.
template <class Kind>
struct MillisecondPositionOf {
    std::int64_t offset = 0;  ///< of the next page; the last row read, if all is well
    /// The last page read, sorted: the next one must join it.
    typename Kind::template List<typename Kind::Id> overlap = {};

    friend bool operator==(const MillisecondPositionOf&, const MillisecondPositionOf&) = default;
};

/// How far a sweep has read.
template <class Kind>
struct SweepPositionOf {
    TimePoint at{};                       ///< all that is older was read; itself maybe in part
    std::optional<TimePoint> until = {};  ///< upper end, where less time is asked for at once
    std::optional<Millis> span = {};  ///< how much time to ask for next, where that was found out
    std::optional<MillisecondPositionOf<Kind>> millisecond = {};  ///< where `at` is read by id

    friend bool operator==(const SweepPositionOf&, const SweepPositionOf&) = default;
};

/// A sweep that stopped before the data ended.
template <class Kind>
struct ResumeOf {
    SweepPositionOf<Kind> position;
    TimePoint settled{};  ///< all that is owed and older was visible before that sweep began

    friend bool operator==(const ResumeOf&, const ResumeOf&) = default;
};

/// An incident that was emitted.
template <class Kind>
struct SeenOf {
    typename Kind::Id id;
    TimePoint at;  ///< the incident's time in the field that is swept

    friend bool operator==(const SeenOf&, const SeenOf&) = default;
};

/// What the `complete` policies remember. Source: docs/guarantee.md.
template <class Kind>
struct CompleteStateOf {
    using Seen = SeenOf<Kind>;

    TimeField field = TimeField::creation_time;  ///< what is swept
    TimePoint frontier{};                        ///< all that is owed and older was emitted
    std::optional<TimePoint> newest;             ///< newest time seen by a successful run
    typename Kind::template Ids<Seen> seen;      ///< emitted, may be read again
    std::int64_t batch = 0;                      ///< successful runs so far
    std::optional<ResumeOf<Kind>> resume = {};   ///< nothing: the next sweep begins at the frontier

    friend bool operator==(const CompleteStateOf&, const CompleteStateOf&) = default;
};

using MillisecondPosition = MillisecondPositionOf<Whole>;
using SweepPosition = SweepPositionOf<Whole>;
using Resume = ResumeOf<Whole>;
using CompleteState = CompleteStateOf<Whole>;

/// Emitted incidents that are kept elsewhere than in a state: a store that never forgets an id.
template <class Kind>
class MemoryOf {
   public:
    virtual ~MemoryOf() = default;
    virtual bool knows(const typename Kind::Id& id) const = 0;
};

using Memory = MemoryOf<Whole>;

/// What a fetcher without look-back remembers: one time.
struct CursorState {
    TimePoint last_fetch{};

    friend bool operator==(const CursorState&, const CursorState&) = default;
};

/// The last run: what a run leaves to the next one. monostate before the first.
using State = std::variant<std::monostate, CompleteState, CursorState, lookback::LastRun>;

}  // namespace fetcher
