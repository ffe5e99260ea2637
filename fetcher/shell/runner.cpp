#include "runner.hpp"

#include <algorithm>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

/// Why a sweep does not go on with what a server sent, and where to look.
std::string blamed_on(const std::string& why, std::int64_t request, const std::string& asked) {
    return "request " + std::to_string(request) + " (" + asked + "): " + why +
           "; check what stands between here and the API";
}

std::string window_of(const PageRequest& request) {
    const std::string from = request.gte ? xdr::iso8601(*request.gte) + " " : "";
    return from + ".." + (request.lte ? " " + xdr::iso8601(*request.lte) : "");
}

/// Counts what passes.
class CountingSource final : public Source {
   public:
    CountingSource(Source& source, const std::function<void(const RunProgress&)>& watch)
        : source_(source), watch_(watch) {}

    std::variant<Page, RequestFailed> fetch(const PageRequest& request) override {
        // A request without a bound asks where the newest incident is, and is no window.
        const bool bounded = request.gte || request.lte;
        const bool first = bounded && window_.empty();
        if (first) window_ = window_of(request);
        ++progress_.requests;
        last_ = request;
        auto answer = source_.fetch(request);
        failed_ = std::holds_alternative<RequestFailed>(answer);
        if (const auto* page = std::get_if<Page>(&answer)) {
            if (first) progress_.remaining = page->total_count;
            if (bounded) count(*page);
            if (watch_) watch_(progress_);
        }
        return answer;
    }

    /// A reason to fail, with the request that it is about: one that failed names itself.
    std::string blame(const std::string& why) const {
        return failed_ ? why : blamed_on(why, progress_.requests, describe(last_));
    }

    const std::string& window() const { return window_; }
    std::int64_t requests() const { return progress_.requests; }

   private:
    void count(const Page& page) {
        progress_.read += static_cast<std::int64_t>(page.rows.size());
        for (const Row& row : page.rows)
            progress_.newest =
                std::max(progress_.newest.value_or(row.creation_time), row.creation_time);
    }

    Source& source_;
    const std::function<void(const RunProgress&)>& watch_;
    RunProgress progress_;
    std::string window_;
    PageRequest last_;
    bool failed_ = false;  ///< the last request
};

/// RunResult::place. What was emitted and how often it ran do not matter to it.
std::string place_of(const Batch& batch) {
    const auto* state = std::get_if<CompleteState>(&batch.state);
    if (!state || batch.end != End::budget || !batch.incidents.empty()) return {};
    return to_json(CompleteState{.field = state->field,
                                 .frontier = state->frontier,
                                 .newest = state->newest,
                                 .seen = {},
                                 .batch = 0,
                                 .resume = state->resume});
}

/// Why the extra data of some incident could not be had; empty if all was. Fills in raw_json.
std::string add_extra_data(const RunSetup& setup, std::vector<Row>& rows) {
    if (!setup.extra_data) return {};
    for (Row& row : rows) {
        const auto extra = setup.extra_data(row.incident_id);
        const auto* failed = std::get_if<RequestFailed>(&extra);
        // One incident that never has any must not keep all others from coming.
        if (failed && !failed->has_none) return failed->why;
        row.raw_json = failed ? without_extra_data(row.raw_json, failed->why)
                              : with_extra_data(row.raw_json, std::get<std::string>(extra));
    }
    return {};
}

/// The run as such, from the first request to what the store keeps of it.
class OneRun {
   public:
    explicit OneRun(const RunSetup& setup)
        : setup_(setup), source_(setup.source, setup.watch), began_(setup.steady()) {
        result_.record.started = setup.now();
        result_.record.policy = std::string(setup.policy.name());
    }

    RunResult finish() {
        try {
            const State before = setup_.store.load();
            Parameters parameters = setup_.parameters;
            parameters.memory = setup_.store.memory();
            const auto run = setup_.policy.start(parameters, before, result_.record.started);
            Outcome outcome = drive(*run, source_);
            if (const auto* failed = std::get_if<Failed>(&outcome))
                return failure(source_.blame(failed->why));
            auto& batch = std::get<Batch>(outcome);
            if (const std::string why = add_extra_data(setup_, batch.incidents); !why.empty())
                return failure(why);
            return success(batch);
        } catch (const HalfDone& error) {
            result_.half_done = true;
            return failure(error.what());
        } catch (const xdr::Error& error) {
            if (error.blame() == xdr::Blame::input) throw;
            return failure(error.what());
        }
    }

   private:
    void measure() {
        result_.record.duration = setup_.steady() - began_;
        result_.record.window = source_.window();
        result_.record.requests = setup_.attempts ? setup_.attempts() : source_.requests();
    }

    RunResult failure(const std::string& why) {
        measure();
        result_.record.error = why;
        result_.record.emitted.clear();
        result_.more = false;
        result_.place.clear();
        try {
            setup_.store.add_failure(result_.record);
        } catch (const xdr::Error&) {
            // Where the store is what failed, the first reason is the one to tell.
        }
        return result_;
    }

    RunResult success(const Batch& batch) {
        measure();
        for (const Row& row : batch.incidents) result_.record.emitted.push_back(row.incident_id);
        // Only the complete policies say why they ended.
        const auto emitted = static_cast<std::int64_t>(batch.incidents.size());
        result_.more = batch.end != End::data || emitted >= setup_.parameters.limit;
        result_.place = place_of(batch);
        setup_.store.commit(batch, stored_incidents(batch.incidents, setup_.now()), result_.record);
        return result_;
    }

    const RunSetup& setup_;
    CountingSource source_;
    Millis began_;
    RunResult result_;
};

}  // namespace

std::vector<StoredIncident> stored_incidents(const std::vector<Row>& rows, TimePoint fetched) {
    std::vector<StoredIncident> out;
    out.reserve(rows.size());
    for (const Row& row : rows)
        out.push_back({.id = row.incident_id,
                       .creation_time = row.creation_time,
                       .modification_time = row.modification_time,
                       .fetched = fetched,
                       .xsoar_json = xsoar_incident(row)});
    return out;
}

RunResult run_once(const RunSetup& setup) { return OneRun(setup).finish(); }

}  // namespace fetcher
