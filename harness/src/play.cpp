#include "harness/play.hpp"

#include <algorithm>
#include <utility>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

fetcher::Query to_query(const mockxdr::Wanted& wanted) {
    return {.status = wanted.status,
            .starred = wanted.starred,
            .alert_sources = wanted.alert_sources,
            .description = wanted.description};
}

fetcher::Paging to_paging(mockxdr::Paging paging) {
    return paging == mockxdr::Paging::offset ? fetcher::Paging::offset : fetcher::Paging::single;
}

std::string describe(mockxdr::Crash crash) {
    switch (crash) {
        case mockxdr::Crash::before_emit:
            return "crashed before it emitted";
        case mockxdr::Crash::after_emit:
            return "crashed after it emitted, before it saved";
        case mockxdr::Crash::after_save:
            return "crashed after it saved";
        case mockxdr::Crash::lost_save:
            return "emitted, and what it saved was lost";
    }
    return {};
}

struct Recorder {
    RequestRecord& record;

    void operator()(const mockxdr::Selection& selection) const {
        record.total_count = selection.total_count;
        for (const mockxdr::Match& match : selection.rows)
            record.returned.push_back(match.incident->id);
    }
    void operator()(const mockxdr::Served& served) const { record.failure = served.what; }
    void operator()(const mockxdr::Refusal& refusal) const {
        record.failure = refusal.err_extra.empty() ? refusal.err_msg : refusal.err_extra;
    }
    void operator()(const mockxdr::ReplyFault& fault) const {
        record.failure = mockxdr::describe(fault);
        record.injected = true;
    }
};

class Player {
   public:
    Player(const Game& game, const Link& link)
        : game_(game),
          scenario_(game.scenario),
          memory_(link.memory),
          service_(scenario_, scenario_.start, test_keys()),
          clock_(scenario_.start),
          keeps_saves_(std::any_of(
              scenario_.faults.begin(), scenario_.faults.end(), [](const mockxdr::Fault& fault) {
                  return std::holds_alternative<mockxdr::Restore>(fault.effect);
              })) {
        service_.on_exchange([this](const mockxdr::Exchange& exchange) { record(exchange); });
        source_ = link.connect(service_, clock_, to_query(scenario_.fetch.query));
    }

    Trace play() {
        std::int64_t number = 1;
        for (; number <= scenario_.fetch.runs; ++number) scripted_run(number);
        service_.faults().switch_off();
        trace_.drain_runs = drain_runs(service_.world(), scenario_);
        for (std::int64_t i = 0; i < trace_.drain_runs; ++i) run(number++, true);
        trace_.unfired = service_.faults().unfired();
        for (const mockxdr::Incident* incident : service_.world().waiting())
            trace_.waiting.push_back(incident->id);
        return std::move(trace_);
    }

    const mockxdr::World& world() const { return service_.world(); }

   private:
    void record(const mockxdr::Exchange& exchange) {
        RequestRecord record;
        record.number = exchange.request;
        record.run = trace_.runs.back().number;
        record.at = exchange.at;
        record.changes = exchange.changes;
        if (exchange.query) record.query = *exchange.query;
        std::visit(Recorder{record}, *exchange.answer);
        trace_.runs.back().disturbed |= record.injected;
        trace_.requests.push_back(std::move(record));
        clock_.advance(scenario_.server.latency);
        if (exchange.fault) clock_.advance(mockxdr::time_of(*exchange.fault));
    }

    Millis client_offset() const {
        return mockxdr::offset_at(scenario_.fetch.client_clock, clock_.now() - scenario_.start);
    }

    fetcher::Parameters parameters() const {
        fetcher::Parameters out{.limit = scenario_.fetch.limit,
                                .look_back = scenario_.fetch.look_back,
                                .first_fetch = scenario_.fetch.first_fetch,
                                .page_cap = scenario_.server.page_cap,
                                .paging = to_paging(scenario_.fetch.paging),
                                .max_requests = scenario_.fetch.max_requests};
        for (const mockxdr::SettingChange& change : scenario_.fetch.changes) {
            if (scenario_.start + change.at > clock_.now()) break;
            out.look_back = change.look_back.value_or(out.look_back);
            out.limit = change.limit.value_or(out.limit);
        }
        return out;
    }

    void scripted_run(std::int64_t number) {
        const mockxdr::OddPoll* odd = scenario_.fetch.odd_poll(number);
        if (odd && odd->missed) return;
        if (odd) clock_.advance_to(scenario_.start + number * scenario_.fetch.every + odd->late);
        run(number, false);
    }

    void run(std::int64_t number, bool drain) {
        clock_.advance_to(scenario_.start + number * scenario_.fetch.every);
        service_.faults().enter_run(number);
        const fetcher::Parameters settings = parameters();
        RunRecord record;
        record.number = number;
        record.started = clock_.now();
        record.client_now = clock_.now() + client_offset();
        record.limit = settings.limit;
        record.look_back = settings.look_back;
        record.max_requests = settings.max_requests;
        record.drain = drain;
        restore(record);
        trace_.runs.push_back(std::move(record));
        fetch(trace_.runs.back(), settings);
        trace_.runs.back().ended = clock_.now();
        trace_.runs.back().state = fetcher::to_json(state_);
    }

    /// An older last run comes back: from a copy, or because a machine did.
    void restore(RunRecord& record) {
        const auto saves = static_cast<std::int64_t>(saves_.size());
        const auto restore = service_.faults().restore(record.number, saves);
        if (!restore) return;
        saves_.resize(static_cast<std::size_t>(saves - restore->saves));
        state_ = saves_.back().state;
        record.restored = saves_.back().run;
    }

    void fetch(RunRecord& record, const fetcher::Parameters& settings) {
        try {
            const auto run = game_.policy.start(settings, state_, record.client_now);
            fetcher::Outcome outcome = fetcher::drive(*run, *source_);
            if (const auto* failed = std::get_if<fetcher::Failed>(&outcome))
                record.failure = record.disturbed ? "a request failed" : failed->why;
            else
                commit(record, std::get<fetcher::Batch>(std::move(outcome)));
        } catch (const xdr::Error& error) {
            record.failure = error.what();
        }
    }

    /// Emits and saves in the policy's order, up to where the run crashes.
    void commit(RunRecord& record, fetcher::Batch batch) {
        // A crash around an empty batch would test nothing: it stays unfired, and that is told.
        std::optional<mockxdr::Crash> crash;
        record.spent = batch.end == fetcher::End::budget;
        if (!batch.incidents.empty()) crash = service_.faults().crash(record.number);
        record.disturbed |= crash && *crash != mockxdr::Crash::after_save;
        if (crash) record.failure = describe(*crash);
        if (crash == mockxdr::Crash::before_emit) return;
        const bool emits_first =
            game_.policy.commit_order() == fetcher::CommitOrder::emit_then_save;
        const bool both = crash != mockxdr::Crash::after_emit && crash != mockxdr::Crash::lost_save;
        if (emits_first || both)
            for (const fetcher::Row& row : batch.incidents)
                record.emitted.push_back(row.incident_id);
        if (!emits_first || both) save(record, std::move(batch.state));
    }

    void save(RunRecord& record, fetcher::State state) {
        state_ = memory_ == Link::Memory::json ? fetcher::state_from_json(fetcher::to_json(state))
                                               : std::move(state);
        record.saved = true;
        if (keeps_saves_) saves_.push_back({.run = record.number, .state = state_});
    }

    const Game& game_;
    const mockxdr::Scenario& scenario_;
    Link::Memory memory_;
    mockxdr::Service service_;
    VirtualClock clock_;
    std::unique_ptr<fetcher::Source> source_;
    fetcher::State state_;
    struct Save {
        std::int64_t run = 0;
        fetcher::State state;
    };
    bool keeps_saves_;         ///< some fault restores one
    std::vector<Save> saves_;  ///< what a restore can bring back, the newest last
    Trace trace_;
};

}  // namespace

mockxdr::ApiKeys test_keys() {
    mockxdr::ApiKeys keys;
    keys.emplace(test_key_id, mockxdr::ApiKey(test_key));
    return keys;
}

Trace play(const Game& game, const Link& link) { return Player(game, link).play(); }

Result replay(const Game& game, const Link& link) {
    Player player(game, link);
    Result result{.trace = player.play(), .verdict = {}};
    result.verdict = judge(
        {.world = player.world(), .scenario = game.scenario, .trace = result.trace}, game.contract);
    return result;
}

}  // namespace harness
