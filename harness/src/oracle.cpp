#include "oracle.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "xdr/date_text.hpp"

namespace harness {

namespace {

using namespace std::chrono_literals;

/// The moment that the fetcher's life starts from: `first_fetch` before the client's clock at the
/// first run that was saved, or at the first run if none was.
TimePoint first_fetch_moment(const Trace& trace, const mockxdr::Scenario& scenario) {
    if (trace.runs.empty()) return scenario.start;
    const auto saved = std::find_if(trace.runs.begin(), trace.runs.end(),
                                    [](const RunRecord& run) { return run.saved; });
    const RunRecord& first = saved == trace.runs.end() ? trace.runs.front() : *saved;
    const auto read = xdr::read_date_text(scenario.fetch.first_fetch, first.client_now);
    return read ? read->time : first.client_now;
}

}  // namespace

Oracle::Oracle(const Evidence& evidence, Contract contract, Room room)
    : contract_(contract),
      room_(std::move(room)),
      scenario_(evidence.scenario),
      start_(evidence.world.start()),
      last_scripted_(start_),
      first_fetch_(first_fetch_moment(evidence.trace, evidence.scenario)),
      offers_(harness::offers(
          evidence.world, scenario_.server, scenario_.fetch.query,
          contract == Contract::modified ? Splits::none : Splits::by_creation_time)) {
    std::map<IncidentId, std::int64_t> saved;  // the run that did
    std::map<IncidentId, TimePoint> emitted;   // when the last run that did began
    for (const RunRecord& run : evidence.trace.runs) {
        if (!run.drain) last_scripted_ = run.started;
        std::int64_t fresh = 0;
        if (run.restored)
            std::erase_if(saved, [&](const auto& one) { return one.second > *run.restored; });
        for (const IncidentId& id : run.emitted)
            if (const auto last = emitted.find(id); last != emitted.end())
                if (const auto* incident = evidence.world.find(id);
                    incident && moved_within(offers_[incident->position], last->second, run.ended))
                    saved.erase(id);
        // What a crash or a move made the run repeat takes its places rightly.
        for (const IncidentId& id : run.emitted) fresh += saved.contains(id) ? 0 : 1;
        const bool repeats = std::any_of(
            run.emitted.begin(), run.emitted.end(),
            [&](const IncidentId& id) { return emitted.contains(id) && !saved.contains(id); });
        for (const IncidentId& id : run.emitted) emitted.insert_or_assign(id, run.started);
        if (run.saved)
            for (const IncidentId& id : run.emitted) saved.insert_or_assign(id, run.number);
        if (run.disturbed) continue;
        good_.push_back(&run);
        repeats_.push_back(repeats);
        room_left_.push_back(fresh < run.limit && !run.spent);
    }
}

Millis Oracle::look_back_between(TimePoint from, TimePoint until) const {
    Millis in_force = scenario_.fetch.look_back;
    std::optional<Millis> least;
    for (const mockxdr::SettingChange& change : scenario_.fetch.changes) {
        if (!change.look_back) continue;
        if (start_ + change.at > until) break;
        if (start_ + change.at > from)
            least = std::min(least.value_or(in_force), *change.look_back);
        if (start_ + change.at <= from) in_force = *change.look_back;
    }
    return std::min(least.value_or(in_force), in_force);
}

/// G1's A1: visible no later than look_back after the time that is swept; where look_back changed
/// meanwhile, the least of its values.
bool Oracle::in_reach(TimePoint since, TimePoint from) const {
    return since >= first_fetch_ && since <= from && from <= since + look_back_between(since, from);
}

std::optional<TimePoint> Oracle::covered(const Stretch& stretch) const {
    if (contract_ == Contract::modified) {
        for (const Sighting& sighting : stretch.sightings)
            if (sighting.from <= last_scripted_ &&
                in_reach(sighting.modification_time, sighting.from))
                return sighting.from;
        return std::nullopt;
    }
    const bool by_contract = contract_ == Contract::reach
                                 ? in_reach(stretch.creation_time, stretch.from)
                                 : in_some_window(stretch);
    return by_contract ? std::optional(stretch.from) : std::nullopt;
}

/// Some run began while it was visible, and it was created no earlier than that run's time minus
/// look_back, or than the good run before, or at the first good run than the first-fetch moment.
bool Oracle::in_some_window(const Stretch& stretch) const {
    const TimePoint created = stretch.creation_time;
    if (created < first_fetch_ || created > stretch.from) return false;
    TimePoint covered = first_fetch_;
    for (const RunRecord* run : good_) {
        const TimePoint begin = std::min(covered, run->started - run->look_back);
        if (stretch.from <= run->started && run->started < stretch.until && created >= begin)
            return true;
        covered = run->started;
    }
    return false;
}

/// Whether some good run began while it was visible.
bool Oracle::was_met(const Stretch& stretch) const {
    return std::any_of(good_.begin(), good_.end(), [&](const RunRecord* run) {
        return stretch.from <= run->started && run->started < stretch.until;
    });
}

/// What disappears is owed only if some good run could have taken it: it was there from the run's
/// beginning to its end, and the run had a place left.
bool Oracle::had_room(const Offer& offer, TimePoint from, TimePoint until) const {
    if (until == TimePoint::max()) return true;
    if (room_) return room_(offer, from, until);
    for (std::size_t i = 0; i < good_.size(); ++i) {
        const RunRecord& run = *good_[i];
        const bool throughout = from <= run.started && run.ended < until;
        if (throughout && room_left_[i]) return true;
    }
    return false;
}

std::optional<TimePoint> Oracle::owed(const Offer& offer, Excuse& excuse) const {
    const auto no = [&](Excuse why) {
        excuse = why;
        return std::nullopt;
    };
    if (offer.restricted) return no(Excuse::restricted);
    if (offer.stretches.empty()) return no(Excuse::never_matched);
    if (contract_ != Contract::window && scenario_.server.page_cap < 2)
        return no(Excuse::outside_promise);
    const bool all_before =
        std::all_of(offer.stretches.begin(), offer.stretches.end(),
                    [&](const Stretch& stretch) { return stretch.creation_time < first_fetch_; });
    if (contract_ != Contract::modified && all_before) return no(Excuse::before_first_fetch);
    if (offer.stretches.front().from > last_scripted_) return no(Excuse::after_the_end);
    excuse = Excuse::visible_too_late;
    for (const Stretch& stretch : offer.stretches) {
        if (stretch.from > last_scripted_) break;
        const auto since = covered(stretch);
        if (!since && contract_ == Contract::modified &&
            stretch.sightings.back().modification_time < first_fetch_)
            excuse = Excuse::before_first_fetch;
        if (!since && contract_ == Contract::window && !was_met(stretch) &&
            in_reach(stretch.creation_time, stretch.from))
            excuse = Excuse::gone_before_room;
        // A1 wants a time that is not in the server's future.
        if (stretch.creation_time > stretch.from) excuse = Excuse::outside_promise;
        if (!since) continue;
        if (had_room(offer, *since, stretch.until)) return since;
        excuse = Excuse::gone_before_room;
    }
    return std::nullopt;
}

std::int64_t Oracle::good_runs_between(TimePoint from, std::int64_t run) const {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < good_.size(); ++i)
        count += good_[i]->started >= from && good_[i]->number <= run && !repeats_[i];
    return count;
}

}  // namespace harness
