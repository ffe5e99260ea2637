#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

#include "harness/sim/fetchers.hpp"
#include "harness/sim/hit_plan.hpp"
#include "harness/sim/idle.hpp"
#include "harness/sim/server.hpp"
#include "harness/sim/situations.hpp"

namespace harness::sim {

/// Where a play is between two runs.
template <class Fetcher>
struct Point {
    typename Fetcher::State state;
    Tally tally;
    Ms now = start_ms;
    std::uint64_t requests = 0;  ///< sent so far

    friend bool operator==(const Point&, const Point&) = default;
};

/// What one run came to, before a crash takes some of it away.
template <class Fetcher>
struct RunResult {
    typename Fetcher::State next;
    bool succeeded = false;
    std::uint64_t requests = 0;  ///< of this run
};

/// A run and what it came to.
template <class Fetcher>
struct Attempt {
    RunFacts facts;
    RunResult<Fetcher> result;
};

/// Plays one schedule against one fetcher: the clock, the faults and the drain of harness::play,
/// over numbers. Tests hold the two against each other. `Judging` looks on: a Judge, or what has
/// its begin, restored, add, rule and drain_runs.
template <class Fetcher, class Judging = Judge>
class Player {
   public:
    using State = typename Fetcher::State;

    Player(const Schedule& schedule, const World& world, const Judging& judge,
           const Fetcher& fetcher)
        : schedule_(schedule),
          world_(world),
          judge_(judge),
          fetcher_(fetcher),
          plan_(schedule),
          server_(world),
          scripted_(schedule.runs + 1),
          limit_(limit_of(schedule.limit)),
          changed_limit_(limit_),
          look_back_(schedule.look_back * slot.count()),
          changed_look_back_(schedule.new_look_back * slot.count()) {
        if (schedule.change_run > 0) changed_at_ = start_ms + schedule.change_run * every.count();
        if (schedule.new_limit > 0)
            changed_limit_ = limit_of(static_cast<std::uint8_t>(schedule.new_limit - 1));
    }

    /// The whole play. `watch(facts, tally)` sees each run.
    template <class Watch>
    Ruling play(Watch&& watch) {
        Point<Fetcher> point = begin();
        add_planned(schedule_, world_, server_.situations);
        saves_.clear();
        idle_.clear();
        const int runs = scripted_ + judge_.drain_runs();
        for (int run = 1; run <= runs; ++run) {
            if (run <= scripted_ && is_missed(schedule_, run)) continue;
            ++runs_;
            const Schedule::Hit* hit = run <= scripted_ ? plan_.of(run) : nullptr;
            if (hit) wake(point);
            restore(point, hit);
            RunFacts facts = due(point, run);
            if (!repeat(point, facts)) play_run(point, facts, hit);
            if (run < plan_.last_restore() && facts.saved)
                saves_.push_back({.run = run, .state = state_at(point)});
            watch(facts, point.tally);
        }
        tally_ = point.tally;
        return judge_.rule(tally_);
    }

    /// After the play.
    const Tally& tally() const { return tally_; }

    Point<Fetcher> begin() const {
        Point<Fetcher> point;
        point.tally = judge_.begin();
        return point;
    }

    /// One run from `point` on, which stays as it is.
    Attempt<Fetcher> attempt_run(const Point<Fetcher>& point, int run, const Schedule::Hit* hit) {
        Attempt<Fetcher> out;
        out.facts = due(point, run);
        attempt(point, out.facts, hit, out.result);
        return out;
    }

    /// Moves `point` on to where the play is once the run has emitted and saved what it came to, up
    /// to where a crash stops it; `facts` then tells what the fetcher showed. `next` is nullptr for
    /// a run that failed.
    void go_on(Point<Fetcher>& point, RunFacts& facts, const State* next,
               const Schedule::Hit* hit) {
        bool saves = next != nullptr;
        if (hit && saves && !facts.emitted.empty()) crash(*hit, facts, saves);
        facts.saved = saves;
        if (saves) point.state = *next;
        point.now = facts.ended;
        judge_.add(point.tally, facts);
    }

    Situations& situations() { return server_.situations; }
    std::uint64_t runs() const { return runs_; }      ///< of the play
    std::uint64_t played() const { return played_; }  ///< of these, not known from earlier ones

   private:
    /// A run as it is due: when it begins and with which settings.
    RunFacts due(const Point<Fetcher>& point, int run) const {
        RunFacts facts;
        facts.number = run;
        facts.drain = run > scripted_;
        facts.started = std::max(point.now, start_ms + run * every.count());
        if (!facts.drain && schedule_.jitter > 0)
            facts.started = std::max(
                facts.started, start_ms + run * every.count() + late_of(schedule_, run).count());
        facts.client_now = facts.started + client_offset(facts.started);
        const bool changed = facts.started >= changed_at_;
        facts.limit = changed ? changed_limit_ : limit_;
        facts.look_back = changed ? changed_look_back_ : look_back_;
        assert(happens_within(facts.started));
        return facts;
    }

    /// The run that `facts` tells is due.
    void attempt(const Point<Fetcher>& point, RunFacts& facts, const Schedule::Hit* hit,
                 RunResult<Fetcher>& out) {
        now_ = facts.started;
        request_ = point.requests;
        server_.begin_run();
        const RunInput input = input_of(facts);
        const bool fails = hit && hit->kind < Schedule::Hit::crash_before_emit;
        const auto ask = [&](const fetcher::PageRequest& request, Page& page) {
            return answer(request, page, fails, facts);
        };
        const Ended ended = fetcher_.run(input, point.state, ask, facts.emitted, out.next);
        out.succeeded = ended != Ended::failed;
        facts.spent = ended == Ended::on_budget;
        if (!out.succeeded) facts.emitted.clear();
        facts.ended = now_;
        out.requests = request_ - point.requests;
    }

    void play_run(Point<Fetcher>& point, RunFacts& facts, const Schedule::Hit* hit) {
        ++played_;
        attempt(point, facts, hit, last_);
        const std::uint64_t requests = point.requests + last_.requests;
        if constexpr (Fetcher::repeats_itself) watch_for_idleness(point, facts, hit);
        go_on(point, facts, last_.succeeded ? &last_.next : nullptr, hit);
        point.requests = requests;
        note(facts, last_.requests);
    }

    /// A run that was played: whether those after it may come to repeat it.
    void watch_for_idleness(const Point<Fetcher>& before, const RunFacts& facts,
                            const Schedule::Hit* hit) {
        const bool idle = last_.succeeded && facts.emitted.empty() && !hit &&
                          !server_.depended_on_ties() &&
                          Fetcher::knows_only_past(before.state, world_.date(facts.started));
        if (!idle) return idle_.clear();
        if (!idle_.fits(facts)) idle_.begin(facts, before.state, world_.quiet_until(facts.started));
        idle_.add(last_.requests, facts.spent, last_.next);
    }

    /// Whether the run repeats an earlier one: it is then over. `wake` puts the state right.
    bool repeat(Point<Fetcher>& point, RunFacts& run) {
        const auto* known = idle_.next();
        if (!known) return false;
        if (!may_repeat(point, run, *known)) {
            wake(point);
            return false;
        }
        run.saved = true;
        run.spent = known->spent;
        run.ended = end_of(run, known->requests);
        point.requests += known->requests;
        point.now = run.ended;
        judge_.add(point.tally, run);
        idle_.advance();
        return true;
    }

    bool may_repeat(const Point<Fetcher>& point, const RunFacts& run,
                    const typename Idle<Fetcher>::Run& known) const {
        const std::uint64_t fault = run.drain ? 0 : schedule_.fault_request;
        const bool fails = point.requests < fault && fault <= point.requests + known.requests;
        return !fails && idle_.fits(run) && idle_.lasts(end_of(run, known.requests));
    }

    const State& state_at(const Point<Fetcher>& point) const {
        const auto* last = idle_.last_repeated();
        return last ? last->after : point.state;
    }

    /// From here on runs are played.
    void wake(Point<Fetcher>& point) {
        if (const auto* last = idle_.last_repeated()) point.state = last->after;
        idle_.clear();
    }

    Ms end_of(const RunFacts& run, std::uint64_t requests) const {
        return run.started + static_cast<Ms>(requests) * world_.latency;
    }

    /// What only the play shows.
    void note(const RunFacts& facts, std::uint64_t requests) {
        Situations& met = server_.situations;
        met.add_if(facts.spent, Situation::budget_spent);
        if (!facts.saved) return;
        if (facts.emitted.empty()) {
            empty_after_full_ |= any_full_;
        } else {
            met.add_if(empty_after_full_, Situation::empty_between_full);
            any_full_ = true;
        }
        if (requests < 2) return;
        met.add(Situation::several_pages);
        if (world_.latency > 0) note_drift(facts);
    }

    void note_drift(const RunFacts& facts) {
        const Situations& met = server_.situations;
        if (met.has(Situation::drift_between_pages) && met.has(Situation::unmatched_between_pages))
            return;
        const Ms last = facts.ended - world_.latency;
        const auto within = [&](Ms at) { return facts.started < at && at <= last; };
        for (const Life& life : world_.lives) {
            if (within(life.until)) server_.situations.add(Situation::unmatched_between_pages);
            const bool moves =
                std::any_of(life.sightings.begin(), life.sightings.end(),
                            [&](const Life::Sighting& sighting) { return within(sighting.from); });
            if (moves || within(life.until)) server_.situations.add(Situation::drift_between_pages);
        }
    }

    struct Save {
        int run = 0;
        State state;
    };

    void restore(Point<Fetcher>& point, const Schedule::Hit* hit) {
        if (!hit || hit->kind != Schedule::Hit::restore) return;
        const std::size_t back = std::size_t{hit->more} + 1;
        if (saves_.size() <= back) return;
        saves_.resize(saves_.size() - back);
        point.state = saves_.back().state;
        judge_.restored(point.tally, saves_.back().run);
        server_.situations.add(Situation::restored);
    }

    void crash(const Schedule::Hit& hit, RunFacts& facts, bool& saves) {
        using Hit = Schedule::Hit;
        const bool saves_first = fetcher_.saves_first();
        switch (hit.kind) {
            case Hit::crash_before_emit:
                facts.emitted.clear();
                saves = false;
                break;
            case Hit::crash_after_emit:
            case Hit::lost_save:
                saves = saves_first;
                if (saves_first) facts.emitted.clear();
                server_.situations.add(Situation::crash_after_emit);
                break;
            case Hit::crash_after_save:
                server_.situations.add(Situation::crash_after_save);
                return;
            default:
                return;
        }
        facts.disturbed = true;
    }

    bool answer(const fetcher::PageRequest& request, Page& page, bool fails, RunFacts& facts) {
        ++request_;
        const Ms now = now_;
        now_ += world_.latency;
        const bool hit = fails | (!facts.drain & (request_ == schedule_.fault_request));
        facts.disturbed |= hit;
        // The API refuses what is no page.
        const std::int64_t size = request.size();
        if (hit | (size <= 0) | (size > world_.page_cap)) return false;
        server_.answer(request, now, request_, page);
        return true;
    }

    Ms client_offset(Ms now) const {
        if (schedule_.skew == 0) return 0;
        const Ms from = start_ms + (schedule_.skew_run + 1) * every.count();
        const Ms until =
            schedule_.skew_runs > 0 ? from + schedule_.skew_runs * every.count() : never;
        return from <= now && now < until ? skew_of(schedule_.skew).count() : 0;
    }

    RunInput input_of(const RunFacts& facts) const {
        RunInput input;
        input.settings.limit = facts.limit;
        input.settings.page_cap = world_.page_cap;
        input.settings.look_back = Millis{facts.look_back};
        if (schedule_.max_requests > 0) input.settings.max_requests = schedule_.max_requests;
        input.first_fetch = schedule_.first_fetch;
        input.now = TimePoint{Millis{facts.client_now}};
        return input;
    }

    const Schedule& schedule_;
    const World& world_;
    const Judging& judge_;
    const Fetcher& fetcher_;
    HitPlan plan_;
    Server server_;
    int scripted_;
    std::int64_t limit_, changed_limit_;
    Ms look_back_, changed_look_back_, changed_at_ = never;
    Ms now_ = start_ms;
    std::uint64_t request_ = 0, runs_ = 0, played_ = 0;
    Tally tally_;
    RunResult<Fetcher> last_;  ///< of the last run that was played
    Idle<Fetcher> idle_;
    bool any_full_ = false, empty_after_full_ = false;
    std::vector<Save> saves_;
};

}  // namespace harness::sim
