#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fetcher/policy.hpp"
#include "xdr/error.hpp"

namespace fetcher {

/// One run as the history tells it. Source: "Fetching Incidents", Fetch History.
struct RunRecord {
    std::int64_t number = 0;  ///< from 1; given by the store
    TimePoint started{};      ///< by this machine's clock
    Millis duration{0};
    std::string policy;
    std::string window;  ///< of the first request, for a reader; empty if there was none
    std::int64_t requests = 0;
    std::vector<IncidentId> emitted{};
    std::string error{};  ///< why it failed, with the request that did; empty for a good run

    friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

/// An incident as it was emitted.
struct StoredIncident {
    IncidentId id;
    TimePoint creation_time{}, modification_time{}, fetched{};
    std::int64_t run = 0;      ///< the run that emitted it; given by the store
    std::string xsoar_json{};  ///< name, occurred, details, severity, dbotMirrorId, rawJSON

    friend bool operator==(const StoredIncident&, const StoredIncident&) = default;
};

/// A commit that failed when incidents may be out already.
class HalfDone : public xdr::Error {
   public:
    explicit HalfDone(const xdr::Error& why) : xdr::Error(why) {}
};

/// What outlives a run. The one way to a database; another one can stand behind it. While a store
/// is open for writing no other process has it so.
class Store {
   public:
    virtual ~Store() = default;

    /// The last run; monostate before the first. Without the ids that the memory knows, if there
    /// is one. Throws xdr::Error for one that is corrupt.
    virtual State load() = 0;

    /// The last run with all that it needs elsewhere, where there is no memory.
    virtual State whole_last_run() { return load(); }

    /// The ids of all incidents that were ever emitted; nullptr if the store does not keep them.
    virtual const Memory* memory() const { return nullptr; }

    /// Adds the batch's incidents, replaces the last run and adds to the history, all or nothing,
    /// durable when it returns. An incident whose id is there already stays as it was. Throws
    /// xdr::Error; then nothing was changed, and the same call may be tried again. Throws HalfDone
    /// where the incidents go to somebody who may have some of them.
    virtual void commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                        const RunRecord& record) = 0;

    /// Adds a failed run to the history; the last run stays.
    virtual void add_failure(const RunRecord& record) = 0;

    /// Replaces the last run by hand.
    virtual void set_state(const State& state) = 0;

    /// The last `most` runs that the history keeps, the newest first; a negative count is 0.
    virtual std::vector<RunRecord> history(std::int64_t most) = 0;

    /// Incidents in the order in which they were emitted, the newest first.
    virtual std::vector<StoredIncident> incidents(std::int64_t most, std::int64_t skip) = 0;
    virtual std::optional<StoredIncident> find(const IncidentId& id) = 0;
};

}  // namespace fetcher
