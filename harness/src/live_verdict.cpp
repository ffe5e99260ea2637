#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "harness/live.hpp"
#include "oracle.hpp"
#include "ways.hpp"
#include "xdr/text.hpp"

namespace harness {

namespace {

RunRecord quiet_run(TimePoint at) {
    RunRecord run;
    run.started = run.ended = run.client_now = at;
    run.drain = true;
    run.disturbed = true;
    return run;
}

std::int64_t limit_at(const mockxdr::FetchOptions& fetch, Millis offset) {
    std::int64_t limit = fetch.limit;
    for (const mockxdr::SettingChange& change : fetch.changes)
        if (change.at <= offset) limit = change.limit.value_or(limit);
    return limit;
}

/// `1 incident is lost`.
std::string so_many_are(std::int64_t count, const std::string& what) {
    return xdr::counted(count, "incident") + (count == 1 ? " is " : " are ") + what;
}

}  // namespace

/// One look at a trial. A request was a chance to have what disappeared if its reply had a place
/// left for what was not known yet, and its query asks for it but for the time that it starts from.
class Trial::Judging {
   public:
    Judging(const Trial& trial, TimePoint now)
        : trial_(trial),
          now_(now),
          over_(trial.over(now)),
          trace_(trace_of(trial)),
          oracle_({.world = trial.world_, .scenario = trial.scenario_, .trace = trace_},
                  Contract::reach, [this](const Offer& offer, TimePoint from, TimePoint until) {
                      return had_room(offer, from, until);
                  }) {
        for (const mockxdr::Incident* incident : trial.world_.waiting()) waiting_.insert(incident);
        for (const JournalEntry& entry : trial.journal_.entries())
            if (has_room(entry)) rooms_.push_back(&entry);
        if (over_ && !trial.posted_) ways_ = ways_of(trial.journal_, trial.world_, trial.wanted_);
        incidents_ = judge_all();
    }

    std::vector<LiveIncident> take_incidents() { return std::move(incidents_); }

    bool something_waits() const { return !waiting_.empty(); }

    /// Why one cannot be sure that the client handed on what it was handed: one sentence each.
    std::vector<std::string> doubts() const {
        std::vector<std::string> out;
        for (const auto& [way, count] : missed_)
            out.push_back(came(count) + ", but not in time by " + describe(way));
        if (only_looked_up_ > 0)
            out.push_back(came(only_looked_up_) + " only by look-ups, or requests for one row");
        if (!out.empty())
            out.push_back(
                "the client lists in more ways than one, and not each brought what is "
                "owed: post what it keeps to /__mock/accepted");
        return out;
    }

   private:
    static Trace trace_of(const Trial& trial) {
        Trace trace;
        const TimePoint first =
            trial.first_rows_.value_or(trial.first_list_.value_or(trial.world_.start()));
        // What the first-fetch moment is counted from.
        trace.runs.push_back(quiet_run(first));
        // What becomes visible after this one is not owed.
        trace.runs.push_back(quiet_run(trial.end_));
        trace.runs.back().drain = false;
        return trace;
    }

    static std::string came(std::int64_t count) {
        return xdr::counted(count, "incident") + " came";
    }

    bool has_room(const JournalEntry& entry) const {
        if (!entry.answered() || looks_up(*entry.query)) return false;
        const std::int64_t page = entry.query->search_to - entry.query->search_from;
        const std::int64_t limit =
            limit_at(trial_.scenario_.fetch, entry.at - trial_.world_.start());
        return entry.fresh < std::min(page, limit);
    }

    bool had_room(const Offer& offer, TimePoint from, TimePoint until) const {
        auto entry = std::lower_bound(
            rooms_.begin(), rooms_.end(), from,
            [](const JournalEntry* before, TimePoint at) { return before->at < at; });
        for (; entry != rooms_.end() && (*entry)->at <= until; ++entry)
            if (could_bring(**entry, *offer.incident, trial_.wanted_)) return true;
        return false;
    }

    std::vector<LiveIncident> judge_all() {
        std::vector<LiveIncident> out;
        for (const Offer& offer : oracle_.offers()) {
            out.push_back(offer.restricted ? judge_restricted(offer) : judge(offer));
            // What was accepted needs no guess at how the client came to it.
            if (over_ && !trial_.posted_) doubt(offer, out.back());
        }
        for (const auto& [id, times] : trial_.strangers_) {
            LiveIncident stranger{.id = id, .verdict = Class::unexpected};
            stranger.held.accepted = times;
            out.push_back(std::move(stranger));
        }
        return out;
    }

    LiveIncident judge(const Offer& offer) const {
        Excuse excuse = Excuse::never_matched;
        const auto since = oracle_.owed(offer, excuse);
        return judge(offer, since, excuse);
    }

    /// Full keys may read it: what was handed over may be kept. It is owed to a client that has no
    /// others.
    LiveIncident judge_restricted(const Offer& offer) const {
        if (!trial_.has_full_keys() && !trial_.holding(*offer.incident).was_read())
            return judge(offer);
        Offer readable = offer;
        readable.restricted = false;
        if (trial_.has_full_keys()) return judge(readable);
        Excuse excuse = Excuse::restricted;
        const bool matched = oracle_.owed(readable, excuse) || excuse != Excuse::never_matched;
        LiveIncident out = judge(offer, std::nullopt, excuse);
        if (matched && out.verdict == Class::excused) out.excuse = Excuse::restricted;
        return out;
    }

    LiveIncident judge(const Offer& offer, std::optional<TimePoint> since, Excuse excuse) const {
        LiveIncident out{.id = offer.incident->id,
                         .verdict = Class::excused,
                         .excuse = std::nullopt,
                         .owed = since.has_value(),
                         .owed_since = since,
                         .held = trial_.holding(*offer.incident)};
        const bool never = !since && excuse == Excuse::never_matched;
        if (was_had(out.held) || (never && !trial_.posted_ && out.held.was_read())) {
            out.verdict = taken(out, excuse);
            if (out.verdict == Class::duplicated && has_moved(offer, out.held)) {
                out.verdict = Class::excused;
                excuse = Excuse::repeated_by_move;
            }
        } else if (since) {
            out.verdict = over_ ? std::optional(Class::lost) : std::nullopt;
        } else if (!over_ && may_be_owed_yet(offer, excuse)) {
            out.verdict = std::nullopt;
        }
        if (out.verdict == Class::excused) out.excuse = excuse;
        return out;
    }

    /// Since it was had first.
    bool has_moved(const Offer& offer, const Holding& held) const {
        return moved_within(offer, trial_.posted_ ? held.first_accepted : held.first_reply, now_);
    }

    /// To read it while it does not match is not to have it.
    bool was_had(const Holding& held) const {
        return (trial_.posted_ ? held.accepted : held.handed_over) > 0;
    }

    bool is_strict() const { return trial_.posted_ || trial_.settings_.strict; }

    Class taken(const LiveIncident& incident, Excuse excuse) const {
        const bool wanted = excuse != Excuse::never_matched && excuse != Excuse::restricted;
        // A client may choose among the rows itself: only what it kept tells.
        if (!incident.owed && !wanted) return is_strict() ? Class::unexpected : Class::excused;
        // What no reply held the client cannot have.
        if (!incident.held.was_read()) return Class::unexpected;
        const auto& listed = incident.held.listed;
        const std::uint32_t most = *std::max_element(listed.begin(), listed.end());
        if (is_strict() && (trial_.posted_ ? incident.held.accepted : most) > 1)
            return Class::duplicated;
        if (!incident.owed) return Class::once;
        const TimePoint first =
            trial_.posted_ ? incident.held.first_accepted : incident.held.first_reply;
        const TimePoint chance =
            std::max(*incident.owed_since, trial_.first_list_.value_or(TimePoint::min()));
        return is_late(chance, first) ? Class::late : Class::once;
    }

    /// More than K intervals after it could have been had; those in which a fault took a reply away
    /// do not count.
    bool is_late(TimePoint chance, TimePoint first) const {
        if (first <= chance) return false;
        const auto& lost = trial_.disturbed_;
        const auto from = std::lower_bound(lost.begin(), lost.end(), interval(chance));
        const auto until = std::upper_bound(from, lost.end(), interval(first));
        const std::int64_t allowed = trial_.drain_runs() + (until - from);
        return first - chance > allowed * trial_.scenario_.fetch.every;
    }

    std::int64_t interval(TimePoint at) const {
        return (at - trial_.world_.start()) / trial_.scenario_.fetch.every;
    }

    bool may_be_owed_yet(const Offer& offer, Excuse excuse) const {
        if (offer.restricted || excuse == Excuse::outside_promise) return false;
        if (waiting_.contains(offer.incident)) return true;
        return excuse == Excuse::gone_before_room && offer.stretches.back().until > now_;
    }

    /// Notes whether each way of listing that could have brought what is owed has brought it.
    void doubt(const Offer& offer, LiveIncident& incident) {
        if (!incident.owed || incident.verdict != Class::once) return;
        const auto position = static_cast<std::uint32_t>(offer.incident->position);
        std::optional<TimePoint> latest_start;  // of the ways that brought it
        for (const auto& [way, use] : ways_)
            if (use.first(position))
                latest_start = std::max(latest_start.value_or(TimePoint::min()), use.first_asked());
        if (!latest_start) ++only_looked_up_;
        incident.doubtful = !latest_start;
        if (ways_.size() < 2) return;
        for (const auto& [way, use] : ways_) {
            if (!missed(offer, *incident.owed_since, use, latest_start)) continue;
            ++missed_[way];
            incident.doubtful = true;
        }
    }

    bool missed(const Offer& offer, TimePoint since, const WayUse& use,
                std::optional<TimePoint> latest_start) const {
        const auto first = use.first(static_cast<std::uint32_t>(offer.incident->position));
        const auto chance =
            use.chance(*offer.incident, trial_.wanted_, since, offer.stretches.back().until);
        if (first) return chance && is_late(*chance, *first);
        if (chance) return true;
        // It was given up before: unless another way took its place, that is a loss.
        return use.last_asked() < since && !(latest_start && use.last_asked() < *latest_start);
    }

    const Trial& trial_;
    TimePoint now_;
    bool over_;
    Trace trace_;
    Oracle oracle_;
    std::set<const mockxdr::Incident*> waiting_;  ///< for look-up only, never in order
    std::vector<const JournalEntry*> rooms_;      ///< answered, with a place left
    std::map<Way, WayUse> ways_;
    std::map<Way, std::int64_t> missed_;  ///< what each way did not bring and another one did
    std::int64_t only_looked_up_ = 0;
    std::vector<LiveIncident> incidents_;
};

namespace {

void fail(LiveVerdict& verdict, Class in, Exit exit) {
    const std::int64_t count = verdict.count(in);
    if (count == 0) return;
    verdict.exit = worst(verdict.exit, exit);
    verdict.reasons.push_back(so_many_are(count, std::string(name_of(in))));
}

/// Faults that could fire under `serve`: runs are counted in replays only.
std::vector<std::size_t> that_could_fire(const std::vector<std::size_t>& faults,
                                         const mockxdr::Scenario& scenario) {
    std::vector<std::size_t> out;
    for (const std::size_t index : faults) {
        const mockxdr::Fault& fault = scenario.faults.at(index);
        if (!fault.run && !std::holds_alternative<mockxdr::Crash>(fault.effect))
            out.push_back(index);
    }
    return out;
}

void vacuous(LiveVerdict& verdict, std::string why) {
    verdict.exit = worst(verdict.exit, Exit::vacuous);
    verdict.reasons.push_back(std::move(why));
}

void check_unfired(LiveVerdict& verdict) {
    for (const std::size_t fault : verdict.unfired)
        vacuous(verdict, "fault " + std::to_string(fault) + " (at /faults/" +
                             std::to_string(fault) + ") never fired");
}

}  // namespace

std::string_view name_of(Outcome outcome) {
    static constexpr std::array<std::string_view, 4> names{"pass", "fail", "pending", "unknown"};
    return names.at(static_cast<std::size_t>(outcome));
}

std::string_view name_of(Basis basis) {
    static constexpr std::array<std::string_view, 2> names{"handed over", "accepted"};
    return names.at(static_cast<std::size_t>(basis));
}

std::int64_t LiveVerdict::count(std::optional<Class> verdict) const {
    return std::count_if(incidents.begin(), incidents.end(),
                         [&](const LiveIncident& incident) { return incident.verdict == verdict; });
}

/// The outcome and the exit code, from what the incidents have become.
void Trial::conclude(LiveVerdict& verdict, const Judging& judging) const {
    verdict.exit = Exit::ok;
    fail(verdict, Class::lost, Exit::lost);
    fail(verdict, Class::duplicated, Exit::duplicated);
    fail(verdict, Class::unexpected, Exit::duplicated);
    fail(verdict, Class::late, Exit::late);
    verdict.outcome = verdict.exit == Exit::ok ? Outcome::pass : Outcome::fail;
    if (verdict.outcome == Outcome::fail) return;
    if (!verdict.over) {
        verdict.outcome = Outcome::pending;
        verdict.exit = Exit::unknown;
        verdict.reasons.push_back("the scenario is not over");
        if (const auto count = verdict.count(std::nullopt); count > 0)
            verdict.reasons.push_back(so_many_are(count, "pending"));
        return;
    }
    if (verdict.evicted > 0) {
        verdict.exit = Exit::unknown;
        verdict.reasons.push_back("the journal has dropped " + std::to_string(verdict.evicted) +
                                  " of " + std::to_string(verdict.requests) + " requests");
    }
    for (std::string& doubt : judging.doubts()) {
        verdict.exit = Exit::unknown;
        verdict.reasons.push_back(std::move(doubt));
    }
    if (verdict.owed == 0 && !scenario_.vacuous)
        vacuous(verdict, "nothing was owed: this scenario cannot fail");
    if (verdict.owed > 0 && scenario_.vacuous)
        vacuous(verdict,
                "the file says that nothing is owed, and " + so_many_are(verdict.owed, "owed"));
    if (settings_.strict) check_unfired(verdict);
    if (settings_.strict && judging.something_waits())
        vacuous(verdict, "something waits for a request that never came");
    if (verdict.exit != Exit::ok) verdict.outcome = Outcome::unknown;
}

LiveVerdict Trial::verdict(TimePoint now, const std::vector<std::size_t>& unfired) const {
    Judging judging(*this, now);
    LiveVerdict verdict;
    verdict.basis = posted_ ? Basis::accepted : Basis::handed_over;
    verdict.at = now;
    verdict.ends = ends();
    verdict.over = over(now);
    verdict.done = done_;
    verdict.requests = journal_.seen();
    verdict.evicted = journal_.evicted();
    verdict.unfired = that_could_fire(unfired, scenario_);
    verdict.incidents = judging.take_incidents();
    verdict.owed = std::count_if(verdict.incidents.begin(), verdict.incidents.end(),
                                 [](const LiveIncident& incident) { return incident.owed; });
    conclude(verdict, judging);
    return verdict;
}

}  // namespace harness
