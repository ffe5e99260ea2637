#include "harness/sim/omniscient.hpp"

#include <algorithm>

namespace harness::sim {

Omniscient::Omniscient(const Schedule& schedule, const World& world, Contract contract)
    : world_(world), contract_(contract) {
    const int least = schedule.change_run > 0 ? std::min(schedule.look_back, schedule.new_look_back)
                                              : schedule.look_back;
    least_look_back_ = least * slot.count();
    const auto older = [&](std::uint8_t a, std::uint8_t b) {
        return world.lives[a].created < world.lives[b].created;
    };
    for (std::uint8_t i = 0; i < world.lives.size(); ++i) {
        insert_sorted(by_age_, i, older);
        taken_.push_back({});
    }
}

void Omniscient::see(const RunFacts& run) {
    if (!run.drain) last_scripted_ = run.started;
    if (run.disturbed) return;
    std::int64_t places = run.limit;
    for (const std::uint8_t i : by_age_) {
        const Life& life = world_.lives[i];
        Taken& taken = taken_[i];
        if (taken.taken && contract_ != Contract::window) continue;
        if (life.hidden || !life.is_there(run.started)) continue;
        const bool stays = life.stint_at(run.started) + 1 == life.stints();
        taken.windowed |= stays && life.created_at(run.started) >= run.started - run.look_back;
        if (taken.taken) continue;
        if (taken.chances < UINT16_MAX) ++taken.chances;
        if (places == 0) continue;
        --places;
        taken.taken = true;
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
            return taken_[incident].windowed && first_fetch <= last.created &&
                   last.created <= last.from;
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
        if (owed && !taken_[i].taken) return name + " is owed, and nobody could have had it";
        if (owed && taken_[i].chances > judge.drain_runs())
            return name + " is owed, and nobody could have had it in time";
        const bool excused = ruling.classes[i] == Class::excused && tally.marks[i].emissions == 0;
        if (excused && plainly_owed(i, first_fetch)) return name + " is excused, and plainly owed";
    }
    return {};
}

}  // namespace harness::sim
