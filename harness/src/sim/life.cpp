#include "harness/sim/life.hpp"

#include <functional>

namespace harness::sim {

namespace {

/// A change that the server makes to an incident.
struct Change {
    enum class What { opens, closes, touches, moves };
    Ms at = 0, seen = 0;
    What what = What::touches;
};

using Changes = List<Change, 4>;

Changes changes_of(const Schedule::Incident& incident, Ms created) {
    Changes out;
    const auto add = [&](int after, Change::What what) {
        const Ms at = created + after * slot.count();
        const Change change{.at = at, .seen = at + incident.lag * slot.count() / 2, .what = what};
        insert_sorted(out, change, [](const Change& a, const Change& b) { return a.at < b.at; });
    };
    if (incident.match > 0) add(incident.match, Change::What::opens);
    if (incident.close > 0) add(incident.match + incident.close, Change::What::closes);
    if (incident.touch > 0) add(incident.touch, Change::What::touches);
    if (incident.move > 0) add(incident.move, Change::What::moves);
    return out;
}

/// What a query sees at `now`: the changes that are indexed by then, in the order in which they
/// were made.
struct Seen {
    bool open = false, moved = false;
    Ms modified = 0;
};

Seen seen_at(Ms now, const Schedule::Incident& incident, Ms stamped, const Changes& changes) {
    Seen out{.open = incident.match == 0, .modified = stamped};
    for (const Change& change : changes) {
        if (change.seen > now) continue;
        out.modified = change.at;
        if (change.what == Change::What::moves)
            out.moved = true;
        else if (change.what != Change::What::touches)
            out.open = change.what == Change::What::opens;
    }
    return out;
}

Life life_of(const Schedule& schedule, std::size_t index) {
    const Schedule::Incident& incident = schedule.incidents[index];
    const Ms created = start_ms + created_at(schedule, index).count();
    Life life;
    const Ms stamped = created + incident.ahead * Ms{3'600'000};
    const Ms moved_to = start_ms + sim::moved_to(schedule, index).count();
    life.created = stamped;
    life.hidden = incident.hidden != 0;
    const Ms seen = created + incident.delay * slot.count();
    const Ms removed = incident.gone > 0 ? created + (incident.gone - 1) * slot.count() + 1 : never;
    const Changes changes = changes_of(incident, created);
    List<Ms, 5> moments;
    moments.push_back(seen);
    for (const Change& change : changes)
        if (change.seen > seen) insert_sorted(moments, change.seen, std::less<>());
    for (const Ms moment : moments) {
        if (moment >= removed) break;
        const Seen now = seen_at(moment, incident, stamped, changes);
        if (!now.open) {
            if (life.is_seen()) {
                life.until = moment;
                return life;
            }
            continue;
        }
        if (!life.is_seen()) {
            life.from = moment;
            life.created = now.moved ? moved_to : stamped;
        } else if (now.moved && life.moved == never && life.created != moved_to) {
            life.moved = moment;
            life.created_later = moved_to;
        }
        life.sightings.push_back({.from = moment, .modified = now.modified});
    }
    if (life.is_seen()) life.until = removed;
    return life;
}

}  // namespace

World::World(const Schedule& schedule)
    : latency(schedule.latency * slot.count() / 10),
      page_cap(page_cap_of(schedule.page_cap)),
      count_off(count_off_of(schedule.count_off)),
      count_cap(schedule.count_cap > 0 ? schedule.count_cap : never),
      ties(schedule.ties),
      seed(std::uint64_t{schedule.seed} + 1) {
    for (std::size_t i = 0; i < schedule.incidents.size(); ++i)
        lives.push_back(life_of(schedule, i));
    if (schedule.clock > 0) {
        clock_from = start_ms + ((schedule.clock_run + 1) * every).count();
        clock_offset = skew_of(schedule.clock).count();
    }
}

Ms World::quiet_until(Ms now) const {
    Ms until = clock_from > now ? clock_from : never;
    for (const Life& life : lives) until = std::min(until, life.next_change(now));
    return until;
}

}  // namespace harness::sim
