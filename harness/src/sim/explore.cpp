#include "harness/sim/explore.hpp"

#include "harness/sim/omniscient.hpp"
#include "harness/sim/player.hpp"

namespace harness::sim {

namespace {

/// What is shown, as a number that any difference changes.
class Digest {
   public:
    void add(std::uint64_t value) { state_ = mockxdr::mixed(state_ ^ value); }
    void add(const RunFacts& run) {
        std::uint64_t shown = run.saved ? 1U : 0U;
        for (const Small::Id id : run.emitted) shown = shown * 31 + id + 2;
        add(shown << 8U | static_cast<std::uint64_t>(run.number));
    }
    void add(const Ruling& ruling) {
        std::uint64_t shown = 0;
        for (const Class verdict : ruling.classes)
            shown = shown * 7 + static_cast<std::uint64_t>(verdict);
        add(shown);
    }
    std::uint64_t value() const { return state_; }

   private:
    std::uint64_t state_ = 0;
};

template <class Fetcher>
Outcome play(const Fetcher& fetcher, Contract contract, const Schedule& schedule,
             Summary* summary) {
    const World world(schedule);
    const Judge judge(schedule, world, contract);
    Omniscient omniscient(schedule, world, contract);
    Player<Fetcher> player(schedule, world, judge, fetcher);
    Digest digest;
    Outcome out;
    out.ruling = player.play([&](const RunFacts& run, const Tally& tally) {
        digest.add(run);
        omniscient.see(run);
        if (!summary) return;
        for (const Small::Id id : run.emitted)
            if (tally.marks[id].emissions == 1 && world.lives[id].is_seen())
                summary->delays.add(std::max<Ms>(0, run.started - world.lives[id].from));
    });
    digest.add(out.ruling);
    out.worst = worst_of(out.ruling);
    out.disagreement = omniscient.disagreement(judge, player.tally(), out.ruling);
    out.runs = player.runs();
    out.digest = digest.value();
    if (!summary) return out;
    for (std::size_t i = 0; i < situation_count; ++i)
        summary->situations[i] += player.situations().has(static_cast<Situation>(i));
    return out;
}

void count(const Outcome& outcome, std::uint64_t number, Summary& summary) {
    ++summary.schedules;
    summary.runs += outcome.runs;
    summary.digest += mockxdr::mixed(outcome.digest ^ mockxdr::mixed(number));
    summary.incidents += outcome.ruling.classes.size();
    summary.owed += static_cast<std::uint64_t>(outcome.ruling.owed);
    summary.vacuous_schedules += outcome.ruling.owed == 0;
    bool too_late = false;
    for (std::size_t i = 0; i < outcome.ruling.classes.size(); ++i) {
        const Class verdict = outcome.ruling.classes[i];
        ++summary.classes[static_cast<std::size_t>(verdict)];
        too_late |=
            (verdict == Class::excused) & (outcome.ruling.excuses[i] == Excuse::visible_too_late);
    }
    summary.excused_schedules += too_late;
    const bool failed = outcome.worst || !outcome.disagreement.empty();
    summary.failures += outcome.worst.has_value();
    summary.disagreements += !outcome.disagreement.empty();
    if (failed && !summary.first)
        summary.first = Finding{.number = number,
                                .worst = outcome.worst.value_or(Class::lost),
                                .disagreement = outcome.worst ? "" : outcome.disagreement};
}

}  // namespace

std::optional<Class> worst_of(const Ruling& ruling) {
    if (ruling.is_clean()) return std::nullopt;
    for (const Class verdict : {Class::lost, Class::duplicated, Class::unexpected, Class::late})
        if (ruling.has(verdict)) return verdict;
    return std::nullopt;
}

Mix Campaign::mix_of(std::uint64_t number) {
    if (number % 16 == 15) return Mix::bland;
    return number % 2 == 0 ? Mix::all_on : Mix::swarm;
}

Schedule Campaign::schedule(std::uint64_t number) const {
    Seeded seeded(mockxdr::mixed(seed) + number, mix_of(number));
    return draw(seeded, menu);
}

Tape Campaign::tape(std::uint64_t number) const {
    Seeded seeded(mockxdr::mixed(seed) + number, mix_of(number));
    Tape tape;
    Recording<Seeded> recording(seeded, tape);
    draw(recording, menu);
    return tape;
}

Menu menu_for(const Subject& subject) { return {.whole_minutes = subject.whole_minutes}; }

std::uint64_t Delays::total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_) sum += count;
    return sum;
}

Millis Delays::quantile(int percent) const {
    const std::uint64_t wanted = (total() * static_cast<std::uint64_t>(percent) + 99) / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= wanted) return static_cast<std::int64_t>(i) * slot;
    }
    return Millis{0};
}

void Summary::add(const Summary& other) {
    schedules += other.schedules;
    runs += other.runs;
    incidents += other.incidents;
    owed += other.owed;
    excused_schedules += other.excused_schedules;
    vacuous_schedules += other.vacuous_schedules;
    failures += other.failures;
    disagreements += other.disagreements;
    for (std::size_t i = 0; i < classes.size(); ++i) classes[i] += other.classes[i];
    for (std::size_t i = 0; i < situation_count; ++i) situations[i] += other.situations[i];
    delays.add(other.delays);
    digest += other.digest;
    if (other.first && (!first || other.first->number < first->number)) first = other.first;
}

Summary explore(const Subject& subject, const Campaign& campaign, std::uint64_t first,
                std::uint64_t count_of, OnFailure on_failure) {
    Summary summary;
    std::visit(
        [&](const auto& fetcher) {
            for (std::uint64_t number = first; number < first + count_of; ++number) {
                const Schedule schedule = campaign.schedule(number);
                count(play(fetcher, subject.contract, schedule, &summary), number, summary);
                if (summary.first && on_failure == OnFailure::stop) return;
            }
        },
        subject.fetcher);
    return summary;
}

Outcome outcome_of(const Subject& subject, const Schedule& schedule) {
    return std::visit(
        [&](const auto& fetcher) { return play(fetcher, subject.contract, schedule, nullptr); },
        subject.fetcher);
}

}  // namespace harness::sim
