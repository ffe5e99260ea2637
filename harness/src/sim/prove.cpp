#include "harness/sim/prove.hpp"

#include <algorithm>

#include "harness/sim/player.hpp"

namespace harness::sim {

namespace {

using Hit = Schedule::Hit;

constexpr int outcomes = 3;  ///< of a poll: ok, error, crash between emitting and saving

/// Several schedules that have come to the same point, and how one of them got there.
template <class Fetcher>
struct Node {
    Point<Fetcher> point;
    std::uint64_t ways = 0;
    std::uint32_t path = 0;  ///< outcomes of the polls so far, the first one lowest, base 4
    std::uint64_t key = 0;   ///< equal for equal points
};

/// Unequal points have the same key hardly ever; then they are compared in full.
std::uint64_t key_of(const Tally& tally) {
    std::uint64_t key = 0;
    for (const Tally::Mark& mark : tally.marks)
        key = key * 0x9E3779B97F4A7C15U + mark.emissions * 1U + mark.chances * 4U +
              mark.saved_run * 0x400000U + mark.duplicated * 0x40000U + mark.late * 0x80000U +
              mark.windowed * 0x100000U + mark.room * 0x200000U;
    return key;
}

/// All that may happen to the polls of one world: a tree whose branches that come to the same point
/// are played once.
template <class Fetcher>
class Tree {
   public:
    using State = typename Fetcher::State;
    using Level = std::vector<Node<Fetcher>>;

    /// Memory that one tree after the other uses.
    struct Room {
        Level level, next, over;
        std::vector<std::pair<State, Attempt<Fetcher>>> attempts;
    };

    Tree(const Schedule& schedule, Contract contract, const Fetcher& fetcher, Room& room)
        : world_(schedule),
          judge_(schedule, world_, contract),
          player_(schedule, world_, judge_, fetcher),
          polls_(schedule.runs + 1),
          level_(room.level),
          next_(room.next),
          over_(room.over),
          attempts_(room.attempts) {
        level_.clear();
        over_.clear();
    }

    /// Adds to `proof`; the path of the first failure, if there is one.
    std::optional<std::uint32_t> grow(Proof& proof) {
        level_.push_back({.point = player_.begin(), .ways = 1});
        const int runs = polls_ + judge_.drain_runs();
        for (int run = 1; run <= runs && !level_.empty(); ++run) {
            next_.clear();
            attempts_.clear();
            for (const Node<Fetcher>& node : level_) branch(node, run, next_);
            std::swap(level_, next_);
        }
        for (const Node<Fetcher>& node : level_) {
            over_.push_back(node);
            merge_last(over_);
        }
        proof.played += played_;
        ++proof.worlds;
        return count(proof, runs);
    }

   private:
    std::optional<std::uint32_t> count(Proof& proof, int runs) const {
        std::optional<std::uint32_t> failure;
        for (const Node<Fetcher>& node : over_) {
            const Ruling ruling = judge_.rule(node.point.tally);
            proof.schedules += node.ways;
            proof.runs += node.ways * static_cast<std::uint64_t>(runs);
            proof.owed += node.ways * static_cast<std::uint64_t>(ruling.owed);
            if (ruling.is_clean()) continue;
            proof.failures += node.ways;
            if (!failure) failure = node.path;
        }
        return failure;
    }

    /// What this run comes to from that state: the same for all nodes that have it.
    const Attempt<Fetcher>& attempt_from(const Point<Fetcher>& point, int run) {
        for (const auto& [state, attempt] : attempts_)
            if (state == point.state) return attempt;
        ++played_;
        attempts_.emplace_back(point.state, player_.attempt_run(point, run, nullptr));
        return attempts_.back().second;
    }

    void branch(const Node<Fetcher>& node, int run, Level& next) {
        static constexpr Hit crash{.gap = 0, .kind = Hit::crash_after_emit, .more = 0};
        const Attempt<Fetcher>& attempt = attempt_from(node.point, run);
        const State& saved = attempt.next;
        RunFacts facts = attempt.facts;
        const bool saves = facts.saved, emits = saves && !facts.emitted.empty();
        if (run > polls_) {
            const Node<Fetcher>& after = add_child(next, node, {.run = run}, facts, saved);
            const bool over =
                saves && !emits && is_quiet(facts.started) && after.point.state == node.point.state;
            if (!over) return merge_last(next);
            over_.push_back(after);
            next.pop_back();
            return merge_last(over_);
        }
        if (emits) {
            RunFacts crashed = facts;
            add_child(next, node, {.run = run, .outcome = 2}, crashed, saved, &crash);
            merge_last(next);
        }
        RunFacts failed = facts;
        failed.emitted.clear();
        failed.disturbed = true;
        failed.saved = false;
        add_child(next, node, {.run = run, .outcome = 1}, failed, saved);
        merge_last(next);
        // A crash around an empty batch does not happen: that poll is ok.
        add_child(next, node, {.run = run, .outcome = 0, .ways = emits ? 1U : 2U}, facts, saved);
        merge_last(next);
    }

    /// Whether nothing happens in the world from the second before `now` on: `Date` tells no less
    /// apart. A run that finds nothing and changes nothing is then what all that follow it are too.
    bool is_quiet(Ms now) const { return world_.quiet_until(now - 1000) == never; }

    struct Branch {
        int run = 0;
        std::uint32_t outcome = 0;
        std::uint64_t ways = 1;
    };

    /// Puts at the end of `level` where a run leads to from `node`. It is made where it will be: it
    /// is large.
    Node<Fetcher>& add_child(Level& level, const Node<Fetcher>& node, const Branch& branch,
                             RunFacts& facts, const State& saved, const Hit* hit = nullptr) {
        level.push_back(node);
        Node<Fetcher>& out = level.back();
        player_.go_on(out.point, facts, saved, hit);
        Fetcher::forget_count(out.point.state);
        out.ways *= branch.ways;
        out.key = key_of(out.point.tally) ^ Fetcher::key_of(out.point.state);
        if (branch.run <= polls_)
            out.path |= branch.outcome << (2U * static_cast<unsigned>(branch.run - 1));
        return out;
    }

    /// Takes the last node away if its point is there already.
    static void merge_last(Level& level) {
        const Node<Fetcher>& last = level.back();
        const auto known = std::find_if(level.begin(), level.end() - 1, [&](const auto& node) {
            return node.key == last.key && node.point.tally == last.point.tally &&
                   node.point.state == last.point.state;
        });
        if (known == level.end() - 1) return;
        known->ways += last.ways;
        level.pop_back();
    }

    World world_;
    Judge judge_;
    Player<Fetcher> player_;
    int polls_;
    Level &level_, &next_;
    Level& over_;  ///< nodes to which nothing more happens
    std::vector<std::pair<State, Attempt<Fetcher>>>& attempts_;  ///< of the run in hand, by state
    std::uint64_t played_ = 0;
};

/// The schedule in which the polls go as `path` says.
Schedule with_path(Schedule schedule, std::uint32_t path) {
    int last = 0;
    for (int run = 1; run <= schedule.runs + 1; ++run) {
        const std::uint32_t outcome = (path >> (2U * static_cast<unsigned>(run - 1))) & 3U;
        if (outcome == 0) continue;
        schedule.hits.push_back({.gap = static_cast<std::uint8_t>(run - last - 1),
                                 .kind = outcome == 1 ? Hit::status_500 : Hit::crash_after_emit,
                                 .more = 0});
        last = run;
    }
    return schedule;
}

/// One size: true if it has a counterexample.
template <class Fetcher>
bool enumerate(const Fetcher& fetcher, Contract contract, const Menu& menu, Proof& proof) {
    Odometer odometer;
    typename Tree<Fetcher>::Room room;
    do {
        odometer.rewind();
        const Schedule schedule = draw(odometer, menu);
        Tree<Fetcher> tree(schedule, contract, fetcher, room);
        const auto failure = tree.grow(proof);
        if (failure && !proof.counterexample) proof.counterexample = with_path(schedule, *failure);
    } while (odometer.advance());
    return proof.counterexample.has_value();
}

}  // namespace

Menu Scope::menu(int incidents, int polls, Symmetry symmetry, Contract contract) {
    Menu out;
    out.least_incidents = out.most_incidents = incidents;
    out.least_runs = out.most_runs = polls;
    out.most_slot = 2 * polls - 1;
    out.most_delay = 2;
    out.delay_step = 2;
    out.most_match = 1;
    out.most_limit = out.most_page_cap = 1;
    out.least_look_back = out.most_look_back = 4;
    if (symmetry == Symmetry::reduced)
        out.order = contract == Contract::modified ? Menu::Order::by_modification
                                                   : Menu::Order::by_creation;
    out.most_shift = out.most_close = out.most_gone = out.most_touch = out.most_lag = 0;
    out.most_hidden = out.most_ahead = out.most_together = out.most_hits = out.most_move = 0;
    out.most_ties = out.most_latency = out.most_first_fetch = out.most_requests = 0;
    out.most_fault_request = out.most_skew = out.most_clock = out.most_change_run = 0;
    out.most_count_off = out.most_count_cap = out.most_jitter = out.most_missed_run = 0;
    return out;
}

std::vector<std::string> Scope::dimensions() const {
    const std::string upto = std::to_string(incidents);
    return {
        "incidents          1 to " + upto,
        "polls              1 to " + std::to_string(polls) + ", one a minute",
        "creation           every 30s from the start to the last poll",
        "index delay        0s, 1m, 2m",
        "match delay        0s, 30s",
        "limit              1, 2",
        "page cap           2, 3",
        "look_back          2m",
        "each poll          ok, error, crash between emitting and saving",
    };
}

std::uint64_t Scope::all_schedules() const {
    std::uint64_t all = 0;
    for (int r = 1; r <= polls; ++r) {
        std::uint64_t fates = 4;  // limit and page cap
        for (int i = 0; i < r; ++i) fates *= outcomes;
        std::uint64_t worlds = 1;
        for (int n = 1; n <= incidents; ++n) {
            worlds *= static_cast<std::uint64_t>(2 * r * 3 * 2);
            all += worlds * fates;
        }
    }
    return all;
}

Proof prove(const Subject& subject, const Scope& scope,
            const std::function<void(const Proof&)>& tick) {
    Proof proof;
    const auto size = [&](int incidents, int polls) {
        const Menu menu = Scope::menu(incidents, polls, scope.symmetry, subject.contract);
        const bool found = std::visit(
            [&](const auto& fetcher) { return enumerate(fetcher, subject.contract, menu, proof); },
            subject.fetcher);
        if (tick) tick(proof);
        return found;
    };
    for (int sum = 2; sum <= scope.incidents + scope.polls; ++sum)
        for (int n = std::max(1, sum - scope.polls); n <= std::min(scope.incidents, sum - 1); ++n)
            if (size(n, sum - n)) {
                proof.worst = outcome_of(subject, *proof.counterexample).worst;
                return proof;
            }
    return proof;
}

}  // namespace harness::sim
