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
};

/// All that may happen to the polls of one world: a tree whose branches that come to the same point
/// are played once.
template <class Fetcher>
class Tree {
   public:
    Tree(const Schedule& schedule, Contract contract, const Fetcher& fetcher)
        : world_(schedule),
          judge_(schedule, world_, contract),
          player_(schedule, world_, judge_, fetcher),
          polls_(schedule.runs + 1) {}

    /// Adds to `proof`; the path of the first failure, if there is one.
    std::optional<std::uint32_t> grow(Proof& proof) {
        std::vector<Node<Fetcher>> level{{.point = player_.begin(), .ways = 1, .path = 0}};
        const int runs = polls_ + judge_.drain_runs();
        for (int run = 1; run <= runs; ++run) {
            std::vector<Node<Fetcher>> next;
            for (const Node<Fetcher>& node : level) branch(node, run, next);
            level = std::move(next);
            proof.played += played_;
            played_ = 0;
        }
        std::optional<std::uint32_t> failure;
        for (const Node<Fetcher>& node : level) {
            const Ruling ruling = judge_.rule(node.point.tally);
            proof.schedules += node.ways;
            proof.runs += node.ways * static_cast<std::uint64_t>(runs);
            proof.owed += node.ways * static_cast<std::uint64_t>(ruling.owed);
            if (ruling.is_clean()) continue;
            proof.failures += node.ways;
            if (!failure) failure = node.path;
        }
        ++proof.worlds;
        return failure;
    }

   private:
    using State = typename Fetcher::State;

    void branch(const Node<Fetcher>& node, int run, std::vector<Node<Fetcher>>& next) {
        static constexpr Hit crash{.gap = 0, .kind = Hit::crash_after_emit, .more = 0};
        Attempt<Fetcher> attempt = player_.attempt_run(node.point, run, nullptr);
        ++played_;
        const State* const saved = attempt.succeeded ? &attempt.next : nullptr;
        if (run > polls_)
            return add(node, player_.after(node.point, attempt.facts, saved, nullptr),
                       {.run = run, .outcome = 0, .ways = 1}, next);
        const bool emits = saved && !attempt.facts.emitted.empty();
        if (emits) {
            RunFacts facts = attempt.facts;
            add(node, player_.after(node.point, facts, saved, &crash),
                {.run = run, .outcome = 2, .ways = 1}, next);
        }
        RunFacts failed = attempt.facts;
        failed.emitted.clear();
        failed.disturbed = true;
        add(node, player_.after(node.point, failed, nullptr, nullptr),
            {.run = run, .outcome = 1, .ways = 1}, next);
        // A crash around an empty batch does not happen: that poll is ok.
        add(node, player_.after(node.point, attempt.facts, saved, nullptr),
            {.run = run, .outcome = 0, .ways = emits ? 1U : 2U}, next);
    }

    struct Branch {
        int run = 0;
        std::uint32_t outcome = 0;
        std::uint64_t ways = 1;
    };

    void add(const Node<Fetcher>& node, const Point<Fetcher>& point, const Branch& branch,
             std::vector<Node<Fetcher>>& next) {
        Node<Fetcher> out{.point = point, .ways = node.ways * branch.ways, .path = node.path};
        Fetcher::forget_count(out.point.state);
        if (branch.run <= polls_)
            out.path |= branch.outcome << (2U * static_cast<unsigned>(branch.run - 1));
        for (Node<Fetcher>& known : next)
            if (known.point.tally == out.point.tally && known.point == out.point) {
                known.ways += out.ways;
                return;
            }
        next.push_back(std::move(out));
    }

    World world_;
    Judge judge_;
    Player<Fetcher> player_;
    int polls_;
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
    do {
        odometer.rewind();
        const Schedule schedule = draw(odometer, menu);
        Tree<Fetcher> tree(schedule, contract, fetcher);
        const auto failure = tree.grow(proof);
        if (failure && !proof.counterexample) proof.counterexample = with_path(schedule, *failure);
    } while (odometer.advance());
    return proof.counterexample.has_value();
}

}  // namespace

Menu Scope::menu(int incidents, int polls, Symmetry symmetry) {
    Menu out;
    out.least_incidents = out.most_incidents = incidents;
    out.least_runs = out.most_runs = polls;
    out.most_slot = 2 * polls - 1;
    out.most_delay = 2;
    out.most_match = 1;
    out.most_limit = out.most_page_cap = 1;
    out.least_look_back = out.most_look_back = 2;
    out.canonical = symmetry == Symmetry::reduced;
    out.most_shift = out.most_close = out.most_gone = out.most_touch = out.most_lag = 0;
    out.most_hidden = out.most_ahead = out.most_together = out.most_hits = 0;
    out.most_ties = out.most_latency = out.most_first_fetch = out.most_requests = 0;
    out.most_fault_request = out.most_skew = out.most_clock = out.most_change_run = 0;
    out.most_count_off = out.most_count_cap = 0;
    return out;
}

std::vector<std::string> Scope::dimensions() const {
    const std::string upto = std::to_string(incidents);
    return {
        "incidents          1 to " + upto,
        "polls              1 to " + std::to_string(polls) + ", one a minute",
        "creation           every 30s from the start to the last poll",
        "index delay        0s, 30s, 1m",
        "match delay        0s, 30s",
        "limit              1, 2",
        "page cap           2, 3",
        "look_back          1m",
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
        const Menu menu = Scope::menu(incidents, polls, scope.symmetry);
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
