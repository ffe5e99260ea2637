#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "fetcher/policy.hpp"
#include "fetcher/source.hpp"
#include "store.hpp"

namespace fetcher {

/// What a run has done so far, for whoever watches it.
struct RunProgress {
    std::int64_t requests = 0;   ///< pages asked for in this run
    std::int64_t read = 0;       ///< rows of those pages, known ones too
    std::int64_t remaining = 0;  ///< what matched at the run's first page, as the server said
    std::optional<TimePoint> newest{};  ///< newest creation time read
};

/// What one run needs. The functions may be empty where nothing is said about them.
struct RunSetup {
    const Policy& policy;
    Parameters parameters;
    Source& source;
    Store& store;
    std::function<TimePoint()> now;  ///< this machine's clock
    std::function<Millis()> steady;  ///< a clock that never jumps, for durations
    /// The reply of get_incident_extra_data for an incident; empty: not asked for.
    std::function<std::variant<std::string, RequestFailed>(const IncidentId&)> extra_data{};
    /// Requests sent in this run, retries too; empty: pages are counted.
    std::function<std::int64_t()> attempts{};
    std::function<void(const RunProgress&)> watch{};  ///< called after each page
};

/// How a run ended. It is in the store's history already.
struct RunResult {
    RunRecord record;
    bool half_done = false;  ///< it failed, and incidents may be out
    bool more = false;       ///< the batch was full or a budget ended it: go on at once
    /// Where a run goes on that a budget ended before it found anything: the same place once more
    /// means that the reading went round and nothing is left. Empty for other runs.
    std::string place{};
};

/// One run: fetches, asks for extra data, commits. A run that fails, the store's part of it
/// included, changes nothing but the history, and says why in its record. Throws xdr::Error for
/// parameters that the policy refuses and for a last run that is corrupt or another policy's.
RunResult run_once(const RunSetup& setup);

/// The incidents of a run as a store keeps them.
std::vector<StoredIncident> stored_incidents(const std::vector<Row>& rows, TimePoint fetched);

}  // namespace fetcher
