#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <vector>

#include "harness/sim/fetchers.hpp"
#include "harness/sim/idle.hpp"
#include "harness/sim/run_plan.hpp"
#include "harness/sim/server.hpp"
#include "harness/sim/situations.hpp"

namespace harness::sim {

/// Where a play is between two runs.
template <class Fetcher>
struct Point {
    typename Fetcher::State state;
    Tally tally;
    Ms now = start_ms;

    friend bool operator==(const Point&, const Point&) = default;
};

/// A run and what it came to, before a crash takes some of it away.
template <class Fetcher>
struct Attempt {
    RunFacts facts;  ///< `saved`: it did not fail
    typename Fetcher::State next;
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
        if (schedule.skew > 0) {
            skew_ = skew_of(schedule.skew).count();
            skewed_from_ = start_ms + (schedule.skew_run + 1) * every.count();
            if (schedule.skew_runs > 0)
                skewed_until_ = skewed_from_ + schedule.skew_runs * every.count();
        }
        input_.settings.page_cap = world.page_cap;
        if (schedule.max_requests > 0) input_.settings.max_requests = schedule.max_requests;
        input_.first_fetch = schedule.first_fetch;
    }
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    /// The whole play, once. `watch(facts, tally)` sees each run.
    template <class Watch>
    Ruling play(Watch&& watch) {
        assert(runs_ == 0 && request_ == 0);
        tally_ = judge_.begin();
        server_.situations = planned(schedule_, world_);
        const int runs = scripted_ + judge_.drain_runs();
        for (int run = 1; run <= runs; ++run) {
            if (plan_.is_missed(run)) continue;
            ++runs_;
            const Schedule::Hit* hit = plan_.hit(run);
            if (hit) {
                wake();
                restore(*hit);
            }
            RunFacts facts = due(run, now_);
            if (!repeat(facts)) play_run(facts, hit);
            if (run < plan_.last_restore() && facts.saved)
                saves_.push_back({.run = run, .state = last_state()});
            watch(facts, tally_);
        }
        return judge_.rule(tally_);
    }

    /// After the play.
    const Tally& tally() const { return tally_; }

    // Step by step, for proofs; not together with `play`, and for schedules in which the numbers of
    // requests do not matter.

    Point<Fetcher> begin() const {
        Point<Fetcher> point;
        point.tally = judge_.begin();
        return point;
    }

    /// One run from `point` on, which stays as it is.
    Attempt<Fetcher> attempt_run(const Point<Fetcher>& point, int run, const Schedule::Hit* hit) {
        assert(schedule_.fault_request == 0 && world_.ties != shuffled);
        Attempt<Fetcher> out;
        out.facts = due(run, point.now);
        out.facts.saved = attempt(point.state, out.facts, hit, out.next);
        return out;
    }

    /// Moves `point` on to where the play is once the run has emitted and saved what it came to, up
    /// to where a crash stops it; `facts` then tells what the fetcher showed. `next` is read only
    /// if `facts` say that it is saved.
    void go_on(Point<Fetcher>& point, RunFacts& facts, const State& next,
               const Schedule::Hit* hit) {
        settle(point.tally, facts, hit);
        if (facts.saved) point.state = next;
        point.now = facts.ended;
    }

    Situations& situations() { return server_.situations; }
    std::uint64_t runs() const { return runs_; }      ///< of the play
    std::uint64_t played() const { return played_; }  ///< of these, not known from earlier ones

   private:
    /// A run as it is due: when it begins and with which settings.
    RunFacts due(int run, Ms now) const {
        RunFacts facts;
        facts.number = run;
        facts.drain = run > scripted_;
        facts.started = std::max(now, start_ms + run * every.count());
        if (!facts.drain && schedule_.jitter > 0)
            facts.started = std::max(
                facts.started, start_ms + run * every.count() + late_of(schedule_, run).count());
        const bool skewed = (skewed_from_ <= facts.started) & (facts.started < skewed_until_);
        facts.client_now = facts.started + skew_ * skewed;
        const bool changed = facts.started >= changed_at_;
        facts.limit = changed ? changed_limit_ : limit_;
        facts.look_back = changed ? changed_look_back_ : look_back_;
        assert(happens_within(facts.started));
        return facts;
    }

    /// The run that `facts` tells is due. `next` is what it would save; false if it failed.
    bool attempt(const State& state, RunFacts& facts, const Schedule::Hit* hit, State& next) {
        now_ = facts.started;
        server_.begin_run();
        const RunInput input = input_of(facts);
        const bool fails = hit && hit->kind < Schedule::Hit::crash_before_emit;
        const auto ask = [&](const fetcher::PageRequest& request, Page& page) {
            return answer(request, page, fails, facts);
        };
        const Ended ended = fetcher_.run(input, state, ask, facts.emitted, next);
        facts.spent = ended == Ended::on_budget;
        facts.ended = now_;
        if (ended != Ended::failed) return true;
        facts.emitted.clear();
        return false;
    }

    /// A run that was attempted is over, after a crash has taken away what it may.
    void settle(Tally& tally, RunFacts& facts, const Schedule::Hit* hit) {
        if (hit && facts.saved && !facts.emitted.empty()) crash(*hit, facts);
        judge_.add(tally, facts);
    }

    void play_run(RunFacts& facts, const Schedule::Hit* hit) {
        ++played_;
        const std::uint64_t before = request_;
        facts.saved = attempt(*state_, facts, hit, *next_);
        const std::uint64_t requests = request_ - before;
        if constexpr (Fetcher::repeats_itself) watch_for_idleness(facts, hit, requests);
        settle(tally_, facts, hit);
        // States are not copied: they are large, and were written in small pieces just now.
        State* const saved = facts.saved ? next_ : state_;
        next_ = facts.saved ? state_ : next_;
        state_ = saved;
        note(facts, requests);
    }

    /// A run that was played: whether those after it may come to repeat it.
    void watch_for_idleness(const RunFacts& facts, const Schedule::Hit* hit,
                            std::uint64_t requests) {
        const bool idle = facts.saved && facts.emitted.empty() && !hit &&
                          !server_.depended_on_ties() &&
                          Fetcher::knows_only_past(*state_, world_.date(facts.started));
        if (!idle) return idle_.clear();
        if (!idle_.fits(facts)) idle_.begin(facts, *state_, world_.quiet_until(facts.started));
        idle_.add(requests, facts.spent, *next_);
    }

    /// Whether the run repeats an earlier one: it is then over. `wake` puts the state right.
    bool repeat(RunFacts& run) {
        if constexpr (!Fetcher::repeats_itself) return false;
        const auto* known = idle_.next();
        if (!known) return false;
        if (!may_repeat(run, *known)) {
            wake();
            return false;
        }
        run.saved = true;
        run.spent = known->spent;
        run.ended = end_of(run, known->requests);
        request_ += known->requests;
        now_ = run.ended;
        judge_.add(tally_, run);
        idle_.advance();
        return true;
    }

    bool may_repeat(const RunFacts& run, const typename Idle<Fetcher>::Run& known) const {
        const std::uint64_t fault = run.drain ? 0 : schedule_.fault_request;
        const bool fails = request_ < fault && fault <= request_ + known.requests;
        return !fails && idle_.fits(run) && idle_.lasts(end_of(run, known.requests));
    }

    const State& last_state() const {
        const auto* last = idle_.last_repeated();
        return last ? last->after : *state_;
    }

    /// From here on runs are played.
    void wake() {
        if (const auto* last = idle_.last_repeated()) *state_ = last->after;
        idle_.clear();
    }

    Ms end_of(const RunFacts& run, std::uint64_t requests) const {
        return run.started + static_cast<Ms>(requests) * world_.latency;
    }

    /// What only the play shows.
    void note(const RunFacts& facts, std::uint64_t requests) {
        Situations& met = server_.situations;
        const bool full = facts.saved & !facts.emitted.empty();
        const bool several = facts.saved & (requests > 1);
        met.add_if(facts.spent, Situation::budget_spent);
        met.add_if(full & empty_after_full_, Situation::empty_between_full);
        met.add_if(several, Situation::several_pages);
        empty_after_full_ |= facts.saved & !full & any_full_;
        any_full_ |= full;
        // What ceases to match between two pages is a drift as well.
        const bool noted = met.has(Situation::unmatched_between_pages);
        if (several & (world_.latency > 0) & !noted) note_drift(facts);
    }

    // Not inlined, as `restore` and `crash`: seldom, and large.
    [[gnu::noinline]] void note_drift(const RunFacts& facts) {
        const Ms last = facts.ended - world_.latency;
        if (!server_.changes_within(facts.started, last)) return;
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

    [[gnu::noinline]] void restore(const Schedule::Hit& hit) {
        if (hit.kind != Schedule::Hit::restore) return;
        const std::size_t back = std::size_t{hit.more} + 1;
        if (saves_.size() <= back) return;
        saves_.resize(saves_.size() - back);
        *state_ = saves_.back().state;
        judge_.restored(tally_, saves_.back().run);
        server_.situations.add(Situation::restored);
    }

    [[gnu::noinline]] void crash(const Schedule::Hit& hit, RunFacts& facts) {
        using Hit = Schedule::Hit;
        const bool saves_first = fetcher_.saves_first();
        switch (hit.kind) {
            case Hit::crash_before_emit:
                facts.emitted.clear();
                facts.saved = false;
                break;
            case Hit::crash_after_emit:
            case Hit::lost_save:
                facts.saved = saves_first;
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

    RunInput input_of(const RunFacts& facts) const {
        RunInput input = input_;
        input.settings.limit = facts.limit;
        input.settings.look_back = Millis{facts.look_back};
        input.now = TimePoint{Millis{facts.client_now}};
        return input;
    }

    const Schedule& schedule_;
    const World& world_;
    const Judging& judge_;
    const Fetcher& fetcher_;
    RunPlan plan_;
    Server server_;
    int scripted_;
    std::int64_t limit_, changed_limit_;
    Ms look_back_, changed_look_back_, changed_at_ = never;
    Ms skew_ = 0, skewed_from_ = never, skewed_until_ = never;  ///< of the client's clock
    RunInput input_;                                            ///< what all runs share
    Ms now_ = start_ms;
    std::uint64_t request_ = 0;  ///< the last one's number, from 1
    std::uint64_t runs_ = 0, played_ = 0;
    Tally tally_;
    std::array<State, 2> states_;
    State* state_ = &states_[0];  ///< that was saved last, apart from repetitions
    State* next_ = &states_[1];   ///< for that of the next run
    Idle<Fetcher> idle_;
    bool any_full_ = false, empty_after_full_ = false;
    std::vector<Save> saves_;
};

}  // namespace harness::sim
