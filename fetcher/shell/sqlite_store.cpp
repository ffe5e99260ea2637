#include "sqlite_store.hpp"

#include <algorithm>

#include "fetcher/wire.hpp"
#include "file_name.hpp"
#include "run_lock.hpp"
#include "state_file.hpp"
#include "store_file.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

constexpr const char* incident_columns =
    "SELECT incident_id, creation_time, modification_time, fetched, run, xsoar_json "
    "FROM incidents ";

std::int64_t epoch_ms(TimePoint time) { return time.time_since_epoch().count(); }

TimePoint time_of(std::int64_t ms) { return TimePoint{Millis{ms}}; }

/// A connection and what is asked of it, prepared once.
struct Prepared {
    explicit Prepared(Database opened) : database(std::move(opened)) {}

    Database database;
    // One that is missing where incidents are kept is damaged, and no first run.
    Statement load{database,
                   "SELECT state FROM last_run UNION ALL "
                   "SELECT '' WHERE NOT EXISTS (SELECT 1 FROM last_run) "
                   "AND EXISTS (SELECT 1 FROM incidents)"};
    Statement save{database,
                   "INSERT INTO last_run VALUES (1, ?) "
                   "ON CONFLICT (only) DO UPDATE SET state = excluded.state"};
    Statement add_run{database, "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?)"};
    Statement add_emitted{database, "INSERT INTO emitted VALUES (?, ?, ?)"};
    Statement add_incident{database,
                           "INSERT INTO incidents VALUES (NULL, ?, ?, ?, ?, ?, ?) "
                           "ON CONFLICT (incident_id) DO NOTHING"};
    Statement forget_runs{database, "DELETE FROM runs WHERE number <= ?"};
    Statement list_runs{database,
                        "SELECT number, started, duration_ms, policy, fetch_window, requests, "
                        "error FROM runs ORDER BY number DESC LIMIT ?"};
    Statement list_emitted{database,
                           "SELECT incident_id FROM emitted WHERE run = ? ORDER BY position"};
    Statement list_incidents{
        database, std::string(incident_columns) + "ORDER BY position DESC LIMIT ? OFFSET ?"};
    Statement knows{database, "SELECT 1 FROM incidents WHERE incident_id = ?"};
    Statement list_ids{database, "SELECT incident_id, modification_time FROM incidents"};
    Statement find_incident{database, std::string(incident_columns) + "WHERE incident_id = ?"};
};

StoredIncident incident_of(const Statement& row) {
    return {.id = IncidentId(row.text(0)),
            .creation_time = time_of(row.number(1)),
            .modification_time = time_of(row.number(2)),
            .fetched = time_of(row.number(3)),
            .run = row.number(4),
            .xsoar_json = row.text(5)};
}

RunRecord run_of(const Statement& row) {
    return {.number = row.number(0),
            .started = time_of(row.number(1)),
            .duration = Millis{row.number(2)},
            .policy = row.text(3),
            .window = row.text(4),
            .requests = row.number(5),
            .emitted = {},
            .error = row.text(6)};
}

/// A negative LIMIT is none in SQL.
std::int64_t at_least_0(std::int64_t count) { return std::max<std::int64_t>(count, 0); }

/// The state of a sweep by modification time, which has to know every id; nullptr for another one.
CompleteState* by_modification(State& state) {
    auto* complete = std::get_if<CompleteState>(&state);
    return complete && complete->field == TimeField::modification_time ? complete : nullptr;
}

void check_most_runs(std::int64_t most_runs) {
    if (most_runs < 1)
        throw xdr::Error(
            {.where = "history",
             .what = "expected to keep 1 run or more, got " + std::to_string(most_runs),
             .hint = "keep at least the last one"});
}

}  // namespace

/// The table of incidents is the memory: what was emitted stays in it.
class SqliteStore::Inside final : public Memory {
   public:
    Inside(const std::filesystem::path& file, Mode mode, StoreOptions options)
        : file_(resolved(file, "--store")), options_(std::move(options)) {
        check_most_runs(options_.most_runs);
        if (mode == Mode::read)
            open_to_read();
        else
            open_to_write();
    }

    /// Asks again where a writer began to change the file that was read without a lock.
    template <class Query>
    auto read(Query query) {
        while (true) {
            try {
                Transaction transaction(prepared_->database, Transaction::Kind::read);
                auto found = query(*prepared_);
                if (is_valid()) return found;
            } catch (const xdr::Error&) {
                if (is_valid()) throw;
            }
            open_to_read();
        }
    }

    bool knows(const IncidentId& id) const override {
        const auto ask = [&id](Prepared& prepared) {
            bool found = false;
            prepared.knows.each([&found] { found = true; }, id.text());
            return found;
        };
        // A writer has the file to itself; a reader must look whether it changed meanwhile.
        return lock_ ? ask(*prepared_) : const_cast<Inside*>(this)->read(ask);
    }

    template <class Change>
    void write(Change change) {
        check_place();
        Transaction transaction(prepared_->database, Transaction::Kind::write);
        change(*prepared_);
        transaction.commit();
    }

    /// Adds the run and its ids, and forgets the oldest. Returns its number.
    std::int64_t add(Prepared& prepared, const RunRecord& record) const {
        prepared.add_run.run(epoch_ms(record.started), record.duration.count(), record.policy,
                             record.window, record.requests, record.error);
        const std::int64_t number = prepared.database.last_rowid();
        std::int64_t position = 0;
        for (const IncidentId& id : record.emitted)
            prepared.add_emitted.run(number, ++position, id.text());
        prepared.forget_runs.run(number - options_.most_runs);
        return number;
    }

    const std::filesystem::path& file() const { return file_; }

   private:
    void open_to_write() {
        lock_ = std::make_unique<RunLock>(file_,
                                          LockLabel{.thing = "store", .command = options_.command});
        prepared_ = std::make_unique<Prepared>(sqlite::open_for_writing(file_));
        opened_ = sqlite::stamp(file_);
    }

    void open_to_read() {
        sqlite::Reading reading = sqlite::open_for_reading(file_);
        frozen_at_ = reading.frozen_at;
        prepared_ = std::make_unique<Prepared>(std::move(reading.database));
    }

    bool is_valid() const { return !frozen_at_ || sqlite::stamp(file_) == frozen_at_; }

    /// What is written into a file that was moved away is not where the next run looks for it.
    void check_place() const {
        if (!lock_) return;
        const auto now = sqlite::stamp(file_);
        if (!now || !now->is_same_file(*opened_))
            throw xdr::Error({.where = file_.string(),
                              .what = "the file was moved or replaced while it was in use",
                              .hint = "bring it back with what is beside it and start again"},
                             xdr::Blame::surroundings);
    }

    std::filesystem::path file_;
    StoreOptions options_;
    std::unique_ptr<RunLock> lock_;  // goes after the connection: it covers the closing, too
    std::unique_ptr<Prepared> prepared_;
    std::optional<sqlite::FileStamp> opened_, frozen_at_;
};

SqliteStore::SqliteStore(const std::filesystem::path& file, Mode mode, StoreOptions options)
    : inside_(std::make_unique<Inside>(file, mode, std::move(options))) {}

SqliteStore::~SqliteStore() = default;

const Memory* SqliteStore::memory() const { return inside_.get(); }

State SqliteStore::saved() {
    const auto text = inside_->read([](Prepared& prepared) {
        std::optional<std::string> found;
        prepared.load.each([&] { found = prepared.load.text(0); });
        return found;
    });
    if (!text) return {};
    try {
        return state_from_json(*text);
    } catch (const xdr::Error& error) {
        const xdr::Problem problem = in_file(inside_->file(), error).problem();
        throw xdr::Error({.where = problem.where,
                          .what = "the last run is damaged: " + problem.what,
                          .hint = "restore a copy of the store, or set a last run that is right"});
    }
}

State SqliteStore::load() {
    State state = saved();
    // Older versions, and `last-run set`, keep in the state what the table knows as well.
    if (CompleteState* modified = by_modification(state))
        std::erase_if(modified->seen, [this](const auto& seen) { return inside_->knows(seen.id); });
    return state;
}

State SqliteStore::whole_last_run() {
    State state = saved();
    CompleteState* modified = by_modification(state);
    if (!modified) return state;
    auto& seen = modified->seen;
    inside_->read([&seen](Prepared& prepared) {
        prepared.list_ids.each([&] {
            seen.push_back({.id = IncidentId(prepared.list_ids.text(0)),
                            .at = time_of(prepared.list_ids.number(1))});
        });
        return true;
    });
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::stable_sort(seen.begin(), seen.end(), by_id);
    seen.erase(std::unique(seen.begin(), seen.end(),
                           [](const auto& a, const auto& b) { return a.id == b.id; }),
               seen.end());
    return state;
}

void SqliteStore::commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                         const RunRecord& record) {
    const std::string state = to_json(batch.state);
    inside_->write([&](Prepared& prepared) {
        const std::int64_t run = inside_->add(prepared, record);
        for (const StoredIncident& incident : incidents)
            prepared.add_incident.run(incident.id.text(), epoch_ms(incident.creation_time),
                                      epoch_ms(incident.modification_time),
                                      epoch_ms(incident.fetched), run, incident.xsoar_json);
        prepared.save.run(state);
    });
}

void SqliteStore::add_failure(const RunRecord& record) {
    inside_->write([&](Prepared& prepared) { inside_->add(prepared, record); });
}

void SqliteStore::set_state(const State& state) {
    const std::string text = to_json(state);
    inside_->write([&](Prepared& prepared) { prepared.save.run(text); });
}

std::vector<RunRecord> SqliteStore::history(std::int64_t most) {
    return inside_->read([most](Prepared& prepared) {
        std::vector<RunRecord> found;
        prepared.list_runs.each([&] { found.push_back(run_of(prepared.list_runs)); },
                                at_least_0(most));
        for (RunRecord& record : found)
            prepared.list_emitted.each(
                [&] { record.emitted.emplace_back(prepared.list_emitted.text(0)); }, record.number);
        return found;
    });
}

std::vector<StoredIncident> SqliteStore::incidents(std::int64_t most, std::int64_t skip) {
    return inside_->read([most, skip](Prepared& prepared) {
        std::vector<StoredIncident> found;
        prepared.list_incidents.each([&] { found.push_back(incident_of(prepared.list_incidents)); },
                                     at_least_0(most), at_least_0(skip));
        return found;
    });
}

std::optional<StoredIncident> SqliteStore::find(const IncidentId& id) {
    return inside_->read([&id](Prepared& prepared) {
        std::optional<StoredIncident> found;
        prepared.find_incident.each([&] { found = incident_of(prepared.find_incident); },
                                    id.text());
        return found;
    });
}

}  // namespace fetcher
