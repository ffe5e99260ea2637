#include "harness/sim/omniscient.hpp"

#include <algorithm>
#include <bit>

namespace harness::sim {

Omniscient::Omniscient(const Schedule& schedule, const World& world, Contract contract)
    : world_(world), contract_(contract) {
    const int least = schedule.change_run > 0 ? std::min(schedule.look_back, schedule.new_look_back)
                                              : schedule.look_back;
    least_look_back_ = least * slot.count();
    from_.fill(last_tick);
    until_.fill(last_tick);
    for (std::size_t place = 0; place < world.oldest_first.size(); ++place) {
        const std::uint8_t incident = world.oldest_first[place];
        const Life& life = world.lives[incident];
        from_.set(place, tick_of(life.from));
        until_.set(place, tick_of(life.until));
        places_[incident] = static_cast<std::uint8_t>(place);
        // Nobody sees what is hidden.
        left_ |= Places{life.is_seen() && !life.hidden} << place;
    }
}

void Omniscient::see(const RunFacts& run) {
    if (!run.drain) last_scripted_ = run.started;
    if (run.disturbed) return;
    if (contract_ == Contract::window) see_windows(run);
    if (left_ == 0) return;
    const Tick now = tick_of(run.started);
    const Places coming = places_above(from_, now), over = ~places_above(until_, now);
    take(left_ & ~(coming | over), run.limit);
    left_ &= ~(over | taken_);
}

void Omniscient::take(Places there, std::int64_t limit) {
    for (; there != 0; there &= there - 1, --limit) {
        const int offer = std::countr_zero(there);
        ++chances_[static_cast<std::size_t>(offer)];
        taken_ |= Places{limit > 0} << offer;
    }
}

void Omniscient::see_windows(const RunFacts& run) {
    for (std::size_t i = 0; i < world_.lives.size(); ++i) {
        const Life& life = world_.lives[i];
        if (life.hidden || !life.is_there(run.started)) continue;
        const bool stays = life.stint_at(run.started) + 1 == life.stints();
        windowed_[i] |= stays && life.created_at(run.started) >= run.started - run.look_back;
    }
}

bool Omniscient::plainly_owed(std::size_t incident, Ms first_fetch) const {
    const Life& life = world_.lives[incident];
    // What it was before it moved need not have been there for long enough.
    const Life::Stint last = life.stint(life.stints() - 1);
    const auto in_time = [&](Ms since, Ms from) {
        return first_fetch <= since && since <= from && from - since <= least_look_back_;
    };
    switch (contract_) {
        case Contract::reach:
            return in_time(last.created, last.from) && last.from <= last_scripted_;
        case Contract::modified:
            return std::any_of(life.sightings.begin(), life.sightings.end(),
                               [&](const Life::Sighting& sighting) {
                                   return sighting.from <= last_scripted_ &&
                                          in_time(sighting.modified, sighting.from);
                               });
        case Contract::window:
            return windowed_[incident] && first_fetch <= last.created &&
                   last.created <= last.from && last.from <= last_scripted_;
    }
    return false;
}

const char* Omniscient::objection(std::size_t incident, const Judge& judge, const Tally& tally,
                                  const Ruling& ruling, Ms first_fetch) const {
    const Life& life = world_.lives[incident];
    // What vanishes is owed by the room that the fetcher had, which another one need not have.
    if (life.hidden || !life.is_seen() || life.until != never) return nullptr;
    if (life.from > last_scripted_) return nullptr;
    const Class verdict = ruling.classes[incident];
    const Tally::Mark& mark = tally.marks[incident];
    const bool owed =
        verdict == Class::lost || judge.owed_since(incident, first_fetch, mark) <= last_scripted_;
    const std::uint8_t place = places_[incident];
    if (owed && (taken_ >> place & 1) == 0) return "owed, and nobody could have had it";
    if (owed && chances_[place] > judge.drain_runs())
        return "owed, and nobody could have had it in time";
    const bool excused = verdict == Class::excused && mark.emissions == 0;
    return excused && plainly_owed(incident, first_fetch) ? "excused, and plainly owed" : nullptr;
}

std::string Omniscient::disagreement(const Judge& judge, const Tally& tally,
                                     const Ruling& ruling) const {
    const Ms first_fetch = tally.first_fetch.value_or(start_ms);
    for (std::size_t i = 0; i < world_.lives.size(); ++i)
        if (const char* why = objection(i, judge, tally, ruling, first_fetch))
            return "incident " + Small::name(static_cast<Small::Id>(i)) + " is " + why;
    return {};
}

}  // namespace harness::sim
