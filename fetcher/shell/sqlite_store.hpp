#pragma once

#include <filesystem>
#include <memory>

#include "store.hpp"

namespace fetcher {

enum class Mode { read, write };

struct StoreOptions {
    std::string command = "run";      ///< what this process does; told to one that finds it locked
    std::int64_t most_runs = 10'000;  ///< runs that the history keeps, 1 or more
};

/// The store in a SQLite file. Source: docs/store.md.
class SqliteStore final : public Store {
   public:
    /// For writing: locks the store, makes it where there is none, migrates an older schema. For
    /// reading: a writer may run meanwhile; nothing is made. Throws xdr::Error for a file that is
    /// no store, is of a newer schema, cannot be opened, or is held by another process (which it
    /// names); the file is untouched then. `where` of all errors is the file.
    SqliteStore(const std::filesystem::path& file, Mode mode, StoreOptions options = {});
    ~SqliteStore() override;

    State load() override;
    State whole_last_run() override;
    const Memory* memory() const override;
    void commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                const RunRecord& record) override;
    void add_failure(const RunRecord& record) override;
    void set_state(const State& state) override;
    std::vector<RunRecord> history(std::int64_t most) override;
    std::vector<StoredIncident> incidents(std::int64_t most, std::int64_t skip) override;
    std::optional<StoredIncident> find(const IncidentId& id) override;

   private:
    class Inside;

    State saved();  ///< the last run as it was written

    std::unique_ptr<Inside> inside_;
};

}  // namespace fetcher
