#include "harness/sim/omniscient.hpp"

#include <algorithm>

namespace harness::sim {

Omniscient::Omniscient(const Schedule& schedule, const World& world, Contract contract)
    : world_(world), contract_(contract) {
    const int least = schedule.change_run > 0 ? std::min(schedule.look_back, schedule.new_look_back)
                                              : schedule.look_back;
    least_look_back_ = least * slot.count();
    for (std::size_t i = 0; i < world.lives.size(); ++i) {
        const Life& life = world.lives[i];
        // Nobody sees what is hidden.
        const Ms from = life.hidden ? never : life.from;
        insert_sorted(offers_,
                      {.incident = static_cast<std::uint8_t>(i), .from = from, .until = life.until},
                      [&](const Offer& a, const Offer& b) {
                          return world.lives[a.incident].created < world.lives[b.incident].created;
                      });
        left_ += from != never;
    }
    for (std::size_t i = 0; i < offers_.size(); ++i)
        places_[offers_[i].incident] = static_cast<std::uint8_t>(i);
}

void Omniscient::see(const RunFacts& run) {
    if (!run.drain) last_scripted_ = run.started;
    if (run.disturbed) return;
    if (contract_ == Contract::window) see_windows(run);
    if (left_ == 0) return;
    auto places = static_cast<std::size_t>(run.limit);
    // Without branches, which no processor could foresee.
    for (Offer& offer : offers_) {
        const bool there = (offer.from <= run.started) & (run.started < offer.until) & !offer.taken;
        const bool takes = there & (places > 0);
        offer.chances += there ? 1 : 0;
        offer.taken |= takes;
        places -= takes;
        left_ -= takes;
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

std::string Omniscient::disagreement(const Judge& judge, const Tally& tally,
                                     const Ruling& ruling) const {
    const Ms first_fetch = tally.first_fetch.value_or(start_ms);
    for (std::size_t i = 0; i < world_.lives.size(); ++i) {
        const Life& life = world_.lives[i];
        // What vanishes is owed by the room that the fetcher had, which another one need not have.
        if (life.hidden || !life.is_seen() || life.until != never) continue;
        if (life.from > last_scripted_) continue;
        const std::string name = "incident " + Small::name(static_cast<Small::Id>(i));
        const bool owed = ruling.classes[i] == Class::lost ||
                          judge.owed_since(i, first_fetch, tally.marks[i]) <= last_scripted_;
        if (owed && !offer(i).taken) return name + " is owed, and nobody could have had it";
        if (owed && offer(i).chances > judge.drain_runs())
            return name + " is owed, and nobody could have had it in time";
        const bool excused = ruling.classes[i] == Class::excused && tally.marks[i].emissions == 0;
        if (excused && plainly_owed(i, first_fetch)) return name + " is excused, and plainly owed";
    }
    return {};
}

}  // namespace harness::sim
