#include "harness/sim/life.hpp"

#include <algorithm>
#include <cassert>

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

/// What a query sees of an incident.
struct Seen {
    bool open = false, moved = false;
    Ms modified = 0;

    /// One change more is indexed.
    void apply(const Change& change) {
        modified = change.at;
        if (change.what == Change::What::moves)
            moved = true;
        else if (change.what != Change::What::touches)
            open = change.what == Change::What::opens;
    }
};

// Not by branches, which could not be foreseen.
Ms either(bool first, Ms a, Ms b) { return b ^ ((a ^ b) & -Ms{first}); }
/// `at` if it holds, else `never`, which has all the bits that a time may have.
Ms never_unless(bool holds, Ms at) { return at | (-Ms{!holds} & never); }

Ms stamped(const Schedule::Incident& incident, Ms created) {
    return created + incident.ahead * Ms{3'600'000};
}

Ms seen_at(const Schedule::Incident& incident, Ms created) {
    return created + incident.delay * slot.count();
}

Ms removed_at(const Schedule::Incident& incident, Ms created) {
    return never_unless(incident.gone > 0, created + (incident.gone - 1) * slot.count() + 1);
}

/// Lays out an incident, however often it changes.
class Laying {
   public:
    Laying(const Schedule::Incident& incident, Ms created, Life& life)
        : life_(life),
          changes_(changes_of(incident, created)),
          stamped_(stamped(incident, created)),
          moved_to_(moved_to(incident, Millis{created}).count()),
          removed_(removed_at(incident, created)),
          now_{.open = incident.match == 0, .modified = stamped_} {
        life_.created = stamped_;
        const Ms seen = seen_at(incident, created);
        look(seen);
        // All are seen as late as each other, so in the order in which they are made.
        for (const Change& change : changes_)
            if (change.seen > seen) look(change.seen);
        if (life_.is_seen()) end(removed_);
    }

   private:
    void look(Ms now) {
        if (now >= removed_ || life_.until != never) return;
        for (; applied_ < changes_.size() && changes_[applied_].seen <= now; ++applied_)
            now_.apply(changes_[applied_]);
        if (now_.open)
            see(now);
        else if (life_.is_seen())
            end(now);
    }

    void see(Ms now) {
        if (!life_.is_seen()) {
            life_.from = now;
            life_.created = now_.moved ? moved_to_ : stamped_;
        } else if (now_.moved && life_.moved == never && life_.created != moved_to_) {
            life_.moved = now;
            life_.created_later = moved_to_;
        }
        life_.changes.set(life_.sightings.size(), tick_of(now));
        life_.sightings.push_back({.from = now, .modified = now_.modified});
    }

    void end(Ms until) {
        life_.until = std::min(life_.until, until);
        life_.changes.set(life_.sightings.size(), tick_of(life_.until));
    }

    Life& life_;
    Changes changes_;
    Ms stamped_, moved_to_, removed_;
    Seen now_;
    std::size_t applied_ = 0;
};

bool changes_often(const Schedule::Incident& incident) {
    return (incident.match > 0) + (incident.close > 0) + (incident.touch > 0) +
               (incident.move > 0) >
           1;
}

void lay_out_often(const Schedule::Incident& incident, Ms created, Life& life) {
    const Laying laying(incident, created, life);
}

/// The same as Laying for one that changes once or never: five of six.
void lay_out_plain(const Schedule::Incident& incident, Ms created, Life& life) {
    const bool opens = incident.match > 0, closes = incident.close > 0, moves = incident.move > 0;
    const int after = incident.match + incident.close + incident.touch + incident.move;
    const Ms at = created + after * slot.count();
    const Ms change = never_unless(after > 0, at + incident.lag * slot.count() / 2);
    const Ms stamp = stamped(incident, created);
    const Ms moved = moved_to(incident, Millis{created}).count();
    const Ms first = seen_at(incident, created), removed = removed_at(incident, created);

    const bool early = change <= first, later = !early & (change < removed);
    const bool matches = opens ? early : !(closes & early);
    const bool at_once = matches & (first < removed);       // seen when it is indexed
    const bool opened = opens & later;                      // seen when it changes
    const bool again = at_once & later & !closes & !opens;  // seen, and changes
    const bool moves_later = again & moves & (moved != stamp);

    life.created = either(at_once & early & moves, moved, stamp);
    // At most one of the two is a time, and `never` has all bits.
    life.from = never_unless(at_once, first) & never_unless(opened, change);
    const Ms until = std::min(never_unless(closes & later, change), removed);
    life.until = never_unless(at_once | opened, until);
    life.moved = never_unless(moves_later, change);
    life.created_later = either(moves_later, moved, 0);
    life.sightings.push_back({.from = life.from, .modified = either(early | opens, at, stamp)});
    life.sightings.push_back({.from = change, .modified = at});
    life.sightings.keep_first((at_once | opened) + again);
    life.changes.four[0] = FourTicks{tick_of(life.from), tick_of(either(again, change, life.until)),
                                     tick_of(either(again, life.until, never)), last_tick};
}

/// Into `life`, which is new: to copy it afterwards would take as long.
void lay_out(const Schedule::Incident& incident, Ms created, Life& life) {
    life.hidden = incident.hidden != 0;
    if (changes_often(incident))
        lay_out_often(incident, created, life);
    else
        lay_out_plain(incident, created, life);
    assert(happens_within(life.created) &&
           (life.moved == never || happens_within(life.created_later)));
    assert(std::all_of(life.sightings.begin(), life.sightings.end(), [](const Life::Sighting& one) {
        return happens_within(one.from) && happens_within(one.modified);
    }));
}

}  // namespace

World::World(const Schedule& schedule)
    : latency(schedule.latency * slot.count() / 10),
      page_cap(page_cap_of(schedule.page_cap)),
      count_off(count_off_of(schedule.count_off)),
      count_cap(schedule.count_cap > 0 ? schedule.count_cap : never),
      ties(schedule.ties),
      seed(std::uint64_t{schedule.seed} + 1) {
    const auto created = creations(schedule);
    Ticks<most_incidents> ticks;
    ticks.fill(last_tick);
    for (std::size_t i = 0; i < schedule.incidents.size(); ++i) {
        lives.push_back_new();
        Life& life = lives.back();
        lay_out(schedule.incidents[i], start_ms + created[i].count(), life);
        ticks.set(i, tick_of(life.created));
        hidden |= (life.hidden ? 1U : 0U) << i;
        moves |= life.moved != never;
        oldest_first.push_back(0);
    }
    sort(ticks);
    if (schedule.clock > 0) {
        clock_from = start_ms + ((schedule.clock_run + 1) * every).count();
        clock_offset = skew_of(schedule.clock).count();
    }
}

/// By counting who is older, each with each: branches could not be foreseen.
void World::sort(const Ticks<most_incidents>& created) {
    static constexpr Ticks<most_incidents> numbers{
        {FourTicks{0, 1, 2, 3}, FourTicks{4, 5, 6, 7}, FourTicks{8, 9, 10, 11}}};
    for (std::size_t i = 0; i < lives.size(); ++i) {
        const Tick than = created[i], number = static_cast<Tick>(i);
        const PlacesFound older = places_where<Ticks<most_incidents>::fours>([&](std::size_t j) {
            return (created.four[j] < than) |
                   ((created.four[j] == than) & (numbers.four[j] < number));
        });
        oldest_first[older.count] = static_cast<std::uint8_t>(i);
    }
}

Ms World::quiet_until(Ms now) const {
    LeastAbove least(tick_of(now));
    for (const Life& life : lives) least.look_through(life.changes);
    const Tick next = least.found();
    const Ms until = clock_from > now ? clock_from : never;
    return next == last_tick ? until : std::min(until, start_ms + next);
}

}  // namespace harness::sim
