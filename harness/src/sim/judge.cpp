#include "harness/sim/judge.hpp"

#include <algorithm>
#include <bit>

namespace harness::sim {

namespace {

std::uint16_t one_more(std::uint16_t count) {
    return count == UINT16_MAX ? count : static_cast<std::uint16_t>(count + 1);
}

std::int64_t smallest_limit(const Schedule& schedule) {
    const std::int64_t limit = limit_of(schedule.limit);
    if (schedule.change_run == 0 || schedule.new_limit == 0) return limit;
    return std::min(limit, limit_of(static_cast<std::uint8_t>(schedule.new_limit - 1)));
}

/// ADR 0002: enough quiet runs for all that ever matches, and for reading it on a budget.
int drain_runs_of(const Schedule& schedule, const World& world) {
    std::int64_t places = 0, hidden = 0;
    for (const Life& life : world.lives) {
        places += life.is_seen() && !life.hidden;
        hidden += life.hidden;
    }
    const std::int64_t limit = smallest_limit(schedule);
    std::int64_t runs = (places + limit - 1) / limit + 2;
    if (schedule.max_requests > 0) {
        const auto rows = static_cast<std::int64_t>(world.lives.size());
        const std::int64_t pages = 2 * rows / std::max<std::int64_t>(1, world.page_cap - 1);
        const std::int64_t clusters = world.count_off > 0 ? hidden : hidden / world.page_cap;
        const std::int64_t pass = 3 + rows + pages + 4 * 23 * clusters;
        runs += 3 * pass / std::max(1, schedule.max_requests - 1) + 1;
    }
    return static_cast<int>(runs);
}

}  // namespace

bool Ruling::has(Class verdict) const {
    bool found = false;  // counted in, not searched: no processor could foresee where it is
    for (const Class one : classes) found |= one == verdict;
    return found;
}

bool Ruling::is_clean() const {
    bool clean = true;  // as above
    for (const Class one : classes) clean &= (one == Class::once) | (one == Class::excused);
    return clean;
}

Judge::Judge(const Schedule& schedule, const World& world, Contract contract)
    : world_(world),
      contract_(contract),
      first_fetch_(schedule.first_fetch),
      look_back_(schedule.look_back * slot.count()),
      changed_look_back_(schedule.new_look_back * slot.count()),
      changed_at_(schedule.change_run > 0 ? start_ms + schedule.change_run * every.count() : never),
      restores_(
          std::any_of(schedule.hits.begin(), schedule.hits.end(),
                      [](const Schedule::Hit& hit) { return hit.kind == Schedule::Hit::restore; })),
      drain_runs_(drain_runs_of(schedule, world)) {
    from_.fill(last_tick);
    for (const Life& life : world.lives) {
        reached_.push_back({});
        auto& reached = reached_.back();
        if (contract == Contract::modified) {
            for (const Life::Sighting& sighting : life.sightings)
                reached.push_back(in_reach(sighting.modified, sighting.from));
        } else {
            for (int i = 0; i < life.stints(); ++i)
                reached.push_back(in_reach(life.stint(i).created, life.stint(i).from));
        }
        const std::size_t place = reached_.size() - 1;
        from_.set(place, tick_of(life.from));
        moves_ |= life.moved != never;
        const unsigned seen = life.is_seen() & !life.hidden;
        const unsigned stays = (life.until == never) & (life.moved == never);
        seen_ |= seen << place;
        staying_ |= (seen & stays & (contract != Contract::window)) << place;
    }
}

Ms Judge::least_look_back(Ms from, Ms until) const {
    if (changed_at_ > until) return look_back_;
    return changed_at_ <= from ? changed_look_back_ : std::min(look_back_, changed_look_back_);
}

bool Judge::in_reach(Ms since, Ms from) const {
    return since <= from && from <= since + least_look_back(since, from);
}

Ms Judge::first_fetch(Ms client_now) const {
    switch (first_fetch_) {
        case 0:
            return client_now - 3'600'000;
        case 1:
            return client_now - 30'000;
        default:
            return start_ms + 120'000;
    }
}

Tally Judge::begin() const {
    Tally tally;
    for (std::size_t i = 0; i < world_.lives.size(); ++i) tally.marks.push_back({});
    return tally;
}

void Judge::restored(Tally& tally, int run) const {
    for (Tally::Mark& mark : tally.marks)
        if (mark.saved_run > run) mark.saved_run = 0;
}

int Judge::stints(const Life& life) const {
    return contract_ == Contract::modified ? 1 : life.stints();
}

int Judge::stint_at(const Life& life, Ms now) const {
    return contract_ == Contract::modified ? 0 : life.stint_at(now);
}

Ms Judge::covered_since(std::size_t incident, int stint, Ms first_fetch,
                        const Tally::Mark& mark) const {
    const Life& life = world_.lives[incident];
    if (contract_ != Contract::modified) {
        const Life::Stint part = life.stint(stint);
        const bool covered =
            contract_ == Contract::reach
                ? part.created >= first_fetch && reached_[incident][static_cast<std::size_t>(stint)]
                : (mark.windowed >> stint & 1) != 0;
        return covered ? part.from : never;
    }
    for (std::size_t i = 0; i < life.sightings.size(); ++i)
        if (reached_[incident][i] && life.sightings[i].modified >= first_fetch)
            return life.sightings[i].from;
    return never;
}

Ms Judge::owed_since(std::size_t incident, Ms first_fetch, const Tally::Mark& mark) const {
    const Life& life = world_.lives[incident];
    for (int stint = 0; stint < stints(life); ++stint) {
        const bool stays = (stint + 1 == stints(life) ? life.until : life.moved) == never;
        const Ms since = covered_since(incident, stint, first_fetch, mark);
        if (since != never && (stays || (mark.room >> stint & 1) != 0)) return since;
    }
    return never;
}

/// A last run that tells of an incident does not help where its creation_time has moved since.
void Judge::forget_moved(Tally& tally, const RunFacts& run) const {
    for (const Small::Id id : run.emitted) {
        Tally::Mark& mark = tally.marks[id];
        if (mark.emissions == 0 || mark.emitted_stint > 0) continue;
        if (world_.lives[id].moved > run.ended) continue;
        mark.moved |= mark.saved_run > 0;
        mark.saved_run = 0;
    }
}

void Judge::emit(Tally& tally, const RunFacts& run) const {
    unsigned emitted = 0;
    for (const Small::Id id : run.emitted) {
        Tally::Mark& mark = tally.marks[id];
        const unsigned bit = 1U << id;
        if (mark.saved_run > 0 || (emitted & bit) != 0) mark.duplicated = true;
        emitted |= bit;
        if (mark.emissions == 0) mark.late = mark.chances > drain_runs_;
        mark.chances = 0;
        mark.emitted_stint = static_cast<std::uint8_t>(world_.lives[id].stint_at(run.started));
        mark.emissions = mark.emissions == 0 ? 1 : 2;
    }
    tally.told = static_cast<std::uint16_t>(tally.told | (staying_ & emitted));
    if (!run.saved) return;
    const auto number = static_cast<std::uint16_t>(restores_ ? run.number : 1);
    for (const Small::Id id : run.emitted) tally.marks[id].saved_run = number;
}

void Judge::add(Tally& tally, const RunFacts& run) const {
    if (!run.drain) tally.last_scripted = run.started;
    if (!tally.first_save && (run.saved || !tally.first_fetch))
        tally.first_fetch = first_fetch(run.client_now);
    tally.first_save |= run.saved;
    if (moves_) forget_moved(tally, run);
    std::int64_t fresh = 0;
    bool repeats = false;
    for (const Small::Id id : run.emitted) {
        fresh += tally.marks[id].saved_run == 0;
        repeats |= tally.marks[id].emissions > 0 && tally.marks[id].saved_run == 0;
    }
    if (!run.disturbed)
        look_around(tally, run, {.room = fresh < run.limit && !run.spent, .repeats = repeats});
    emit(tally, run);
}

void Judge::look_around(Tally& tally, const RunFacts& run, Places places) const {
    const Ms window =
        std::min(tally.covered.value_or(*tally.first_fetch), run.started - run.look_back);
    if (contract_ == Contract::window) tally.covered = run.started;
    const unsigned coming = places_above(from_, tick_of(run.started));
    for (unsigned left = seen_ & ~(tally.told | coming); left != 0; left &= left - 1) {
        const auto incident = static_cast<std::size_t>(std::countr_zero(left));
        look_at(incident, tally, run, places, window);
        const unsigned bit = is_told(incident, tally, run) ? 1U << incident : 0;
        tally.told = static_cast<std::uint16_t>(tally.told | bit);
    }
}

bool Judge::is_told(std::size_t incident, const Tally& tally, const RunFacts& run) const {
    const Life& life = world_.lives[incident];
    if (contract_ == Contract::window || stints(life) > 1) return false;
    const Tally::Mark& mark = tally.marks[incident];
    // The first save fixes first_fetch: what is not covered then never is. What is gone without
    // having had room gets none. Of neither does a ruling read whether it was late.
    const bool never_owed =
        tally.first_save && covered_since(incident, 0, *tally.first_fetch, mark) == never;
    const bool had_room = life.until == never || (mark.room & 1U) != 0;
    if (never_owed || (!had_room && life.until <= run.started)) return true;
    return mark.emissions > 0 && had_room;  // nothing else changes once it was emitted
}

void Judge::look_at(std::size_t incident, Tally& tally, const RunFacts& run, Places places,
                    Ms window) const {
    const Life& life = world_.lives[incident];
    Tally::Mark& mark = tally.marks[incident];
    const Ms first = *tally.first_fetch;
    const int number = stint_at(life, run.started);
    const Ms until = number + 1 == stints(life) ? life.until : life.moved;
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(number));
    if (contract_ == Contract::window && run.started < life.until) {
        mark.met |= bit;
        const Life::Stint part = life.stint(number);
        if (part.created >= std::max(window, first) && part.created <= part.from)
            mark.windowed |= bit;
    }
    // It was owed already if some run could have had it before it moved.
    const bool owed_before =
        number > 0 && (mark.room & 1U) != 0 && covered_since(incident, 0, first, mark) != never;
    if (number > mark.stint) {
        mark.stint = 1;
        if (!owed_before && mark.emissions == 0) mark.chances = 0;
    }
    // Runs count from where it is seen, whether or not some window holds it later.
    const Ms since = contract_ == Contract::modified ? covered_since(incident, number, first, mark)
                                                     : life.stint(number).from;
    if (since > run.started) return;
    if (!places.repeats && mark.emissions == 0) mark.chances = one_more(mark.chances);
    // Where it stays, no room need have been there before.
    if (until != never && since <= run.started && places.room && run.ended < until)
        mark.room |= bit;
}

bool Judge::is_before(std::size_t incident, Ms first_fetch) const {
    const Life& life = world_.lives[incident];
    return life.created < first_fetch && (life.stints() == 1 || life.created_later < first_fetch);
}

Judge::Debt Judge::debt(std::size_t incident, const Tally& tally) const {
    const Life& life = world_.lives[incident];
    const Tally::Mark& mark = tally.marks[incident];
    const Ms first = tally.first_fetch.value_or(start_ms);
    if (life.hidden) return {.excuse = Excuse::restricted};
    if (!life.is_seen()) return {.excuse = Excuse::never_matched};
    const bool by_modification = contract_ == Contract::modified;
    if (!by_modification && is_before(incident, first))
        return {.excuse = Excuse::before_first_fetch};
    if (life.from > tally.last_scripted) return {.excuse = Excuse::after_the_end};
    Excuse why = Excuse::visible_too_late;
    for (int number = 0; number < stints(life); ++number) {
        const Life::Stint part = life.stint(number);
        if (part.from > tally.last_scripted) break;
        const Ms since = covered_since(incident, number, first, mark);
        const bool covered = since <= tally.last_scripted;
        if (!covered && by_modification && life.sightings.back().modified < first)
            why = Excuse::before_first_fetch;
        const bool unmet = contract_ == Contract::window && (mark.met >> number & 1) == 0;
        if (!covered && unmet && part.created >= first &&
            reached_[incident][static_cast<std::size_t>(number)])
            why = Excuse::gone_before_room;
        if (part.created > part.from) why = Excuse::outside_promise;
        if (!covered) continue;
        const bool stays = (number + 1 == stints(life) ? life.until : life.moved) == never;
        if (stays || (mark.room >> number & 1) != 0) return {.excuse = {}, .stint = number};
        why = Excuse::gone_before_room;
    }
    return {.excuse = why};
}

Ruling Judge::rule(const Tally& tally) const {
    Ruling out;
    for (std::size_t i = 0; i < world_.lives.size(); ++i) {
        const Tally::Mark& mark = tally.marks[i];
        const Debt debt_of = debt(i, tally);
        const std::optional<Excuse> why = debt_of.excuse;
        out.owed += !why;
        Class verdict = Class::once;
        if (mark.emissions == 0)
            verdict = why ? Class::excused : Class::lost;
        else if (world_.lives[i].hidden || !world_.lives[i].is_seen())
            verdict = Class::unexpected;
        else if (mark.duplicated)
            verdict = Class::duplicated;
        else if (mark.emissions > 1)
            verdict = Class::excused;
        else if (!why && mark.late && mark.emitted_stint >= debt_of.stint)
            verdict = Class::late;
        out.classes.push_back(verdict);
        const Excuse repeated = mark.moved ? Excuse::repeated_by_move : Excuse::repeated_by_crash;
        out.excuses.push_back(mark.emissions > 1 ? repeated : why.value_or(Excuse::never_matched));
    }
    return out;
}

}  // namespace harness::sim
