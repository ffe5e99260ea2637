#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "state_file.hpp"
#include "store.hpp"

namespace fetcher {

/// The pipe form of a store: incidents go to a stream, the last run to a file, no history is kept.
/// Locks the file while it lives.
///
/// `lines` is one JSON object a line, under the pending-batch protocol: the batch is saved in the
/// file before its first line leaves, so that after a crash, or when the reader went away, the next
/// run emits the very same lines again. `array` is one JSON array a run without that protocol.
/// Source: docs/fetch.md, The pending batch.
class NdjsonStore final : public Store {
   public:
    enum class Form { lines, array };
    enum class AfterCrash { emit_again, assume_emitted };

    /// `command` is what it is for, such as `watch`, for another process that wants the file.
    /// Throws xdr::Error if the file cannot be written or another process holds it. `out` must
    /// outlive the store.
    NdjsonStore(const std::filesystem::path& file, std::ostream& out, Form form,
                const std::string& command = {});

    /// Ends what a crash left half done; call it before the first run. Throws xdr::Error if the
    /// lines could not be written, or if the file holds such a batch and the form is not `lines`.
    void recover(AfterCrash choice);

    /// Saves first what is out but could not be saved: it must not be read again.
    State load() override;
    void commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                const RunRecord& record) override;
    void add_failure(const RunRecord&) override {}  ///< whoever runs it says why
    void set_state(const State& state) override;

    /// Not kept here: these three throw xdr::Error.
    std::vector<RunRecord> history(std::int64_t most) override;
    std::vector<StoredIncident> incidents(std::int64_t most, std::int64_t skip) override;
    std::optional<StoredIncident> find(const IncidentId& id) override;

   private:
    void emit(const std::vector<std::string>& lines);
    void save(const State& state);
    void save_emitted(const State& state);

    std::filesystem::path file_;
    std::ostream& out_;
    Form form_;
    RunLock lock_;
    std::optional<State> unsaved_;
};

/// A last run file read without a lock: what a run would emit first, and where it would go on.
struct SavedRun {
    std::optional<std::vector<std::string>> pending;  ///< lines; nullopt: no batch is
    State state;
};
SavedRun read_saved_run(const std::filesystem::path& file);

/// What of it goes out first in a run of that form. Throws xdr::Error as NdjsonStore::recover does.
std::vector<std::string> lines_again(const std::filesystem::path& file, const SavedRun& saved,
                                     NdjsonStore::Form form, NdjsonStore::AfterCrash choice);

/// Lines of a batch, as NdjsonStore emits them. Throws xdr::Error for the last run of a policy that
/// does not number its batches.
std::vector<std::string> batch_lines(const State& next,
                                     const std::vector<StoredIncident>& incidents);

/// The incidents as one JSON array over several lines, without a line end.
std::string incident_array(const std::vector<StoredIncident>& incidents);

}  // namespace fetcher
