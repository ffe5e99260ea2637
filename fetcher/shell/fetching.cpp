#include "fetching.hpp"

#include <unistd.h>

#include <chrono>
#include <iostream>

#include "ndjson_store.hpp"
#include "sqlite_store.hpp"
#include "standard_streams.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

/// A first run with these parameters: what a policy refuses is found before anything is made.
Parameters checked(const Options& options, const Policy& policy) {
    Parameters parameters = parameters_of(options);
    const TimePoint now = system_now();
    // Refused now, not on the day on which the last run is lost.
    first_fetch_of(options, now);
    policy.start(parameters, State{}, now);
    return parameters;
}

Connection waiting_by(Connection connection, std::function<bool(Millis)> wait) {
    connection.wait = std::move(wait);
    return connection;
}

NdjsonStore::Form form_of(const Options& options) {
    return options.out == "ndjson" ? NdjsonStore::Form::lines : NdjsonStore::Form::array;
}

NdjsonStore::AfterCrash after_crash(const Options& options) {
    return options.assume_emitted ? NdjsonStore::AfterCrash::assume_emitted
                                  : NdjsonStore::AfterCrash::emit_again;
}

/// The store that a dry run looks into; nullptr for a pipe, and before the first run.
std::unique_ptr<SqliteStore> store_to_read(const Options& options) {
    std::error_code ignored;
    if (options.pipe || !std::filesystem::exists(options.store, ignored)) return nullptr;
    return std::make_unique<SqliteStore>(options.store, Mode::read);
}

/// Shows a batch instead of keeping it.
class Preview final : public Store {
   public:
    explicit Preview(const Options& options)
        : form_(form_of(options)), store_(store_to_read(options)) {
        if (options.pipe) {
            const SavedRun saved = read_saved_run(options.last_run);
            again_ = lines_again(options.last_run, saved, form_, after_crash(options));
            state_ = saved.state;
        }
        if (store_) state_ = store_->load();
    }

    State load() override { return state_; }
    void commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                const RunRecord&) override {
        if (form_ == NdjsonStore::Form::array) {
            std::cout << incident_array(incidents) << "\n";
        } else {
            for (const std::string& line : again_) std::cout << line << "\n";
            for (const std::string& line : batch_lines(batch.state, incidents))
                std::cout << line << "\n";
        }
        finish_stdout();
    }
    void add_failure(const RunRecord&) override {}
    void set_state(const State&) override {}
    std::vector<RunRecord> history(std::int64_t) override { return {}; }
    std::vector<StoredIncident> incidents(std::int64_t, std::int64_t) override { return {}; }
    std::optional<StoredIncident> find(const IncidentId&) override { return std::nullopt; }

    const Memory* memory() const override { return store_ ? store_->memory() : nullptr; }

   private:
    NdjsonStore::Form form_;
    std::vector<std::string> again_;  ///< lines that a real run would emit first
    State state_;
    std::unique_ptr<SqliteStore> store_;  ///< which knows ids, if there is one
};

/// A policy says `last run`; a user wants to know where that is.
template <class Act>
auto naming_place(const Options& options, Act act) {
    try {
        return act();
    } catch (const xdr::Error& error) {
        if (error.problem().where != "last run") throw;
        throw xdr::Error({.where = options.pipe ? options.last_run : options.store,
                          .what = error.problem().what,
                          .hint = error.problem().hint},
                         error.blame());
    }
}

void tell(const RunResult& result) {
    if (result.record.error.empty()) return;
    std::cerr << "fetch-incidents: the run failed"
              << (result.half_done ? "" : ", it emitted and saved nothing") << ": "
              << result.record.error << "\n";
}

}  // namespace

TimePoint system_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

Millis steady_now() {
    return std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

Fetching::Fetching(const Options& options, const std::string& command,
                   std::function<bool(Millis)> wait)
    : options_(options),
      command_(command),
      policy_(policy_of(options)),
      parameters_(checked(options, policy_)),
      source_(waiting_by(connection_of(options), std::move(wait)), query_of(options)) {
    if (isatty(STDERR_FILENO) != 0) progress_.emplace(std::cerr, &steady_now, parameters_.limit);
}

void Fetching::open() {
    if (store_) return;
    if (!options_.pipe) {
        store_ = std::make_unique<SqliteStore>(options_.store, Mode::write,
                                               StoreOptions{.command = command_});
        return;
    }
    auto store =
        std::make_unique<NdjsonStore>(options_.last_run, std::cout, form_of(options_), command_);
    // Before what is pending goes out: it must be of this policy.
    naming_place(options_, [&] {
        policy_.start(parameters_, read_saved_run(options_.last_run).state, system_now());
    });
    store->recover(after_crash(options_));
    store_ = std::move(store);
}

RunSetup Fetching::setup_for(Store& store) {
    RunSetup setup{.policy = policy_,
                   .parameters = parameters_,
                   .source = source_,
                   .store = store,
                   .now = &system_now,
                   .steady = &steady_now,
                   .attempts = [this] { return source_.requests(); }};
    if (options_.extra_data)
        setup.extra_data = [this](const IncidentId& id) { return source_.extra_data(id); };
    if (progress_) setup.watch = [this](const RunProgress& run) { progress_->page(run); };
    return setup;
}

RunResult Fetching::run() {
    open();
    source_.begin_run();
    RunResult result = naming_place(options_, [&] { return run_once(setup_for(*store_)); });
    if (progress_) {
        progress_->finished(result.record);
        progress_->clear();
    }
    tell(result);
    return result;
}

int Fetching::dry_run() {
    return naming_place(options_, [&] {
        Preview preview(options_);
        const RunResult result = run_once(setup_for(preview));
        if (progress_) progress_->clear();
        tell(result);
        return result.record.error.empty() ? 0 : failed;
    });
}

}  // namespace fetcher
