#pragma once

#include <functional>
#include <string_view>
#include <variant>

#include "fetcher/policy.hpp"
#include "fetcher/sweep.hpp"
#include "harness/sim/judge.hpp"

namespace harness::sim {

/// What a run is given.
struct RunInput {
    fetcher::SweepSettingsOf<Small> settings;
    std::uint8_t first_fetch = 0;
    TimePoint now{};  ///< the client's clock
};

/// A run asks for no more pages than this: a fetcher that never ends has failed.
inline constexpr int most_requests_of_run = 2000;

/// The moment that a first run starts from: schedule.hpp, `first_fetch`.
TimePoint first_fetch_of(const RunInput& input);

/// How a run ended; `on_budget`: its requests did, before the data.
enum class Ended { failed, well, on_budget };

/// The product's `complete` policies on small types: the sweep itself, nothing around it.
class SweepFetcher {
   public:
    struct State {
        bool is_new = true;
        fetcher::CompleteStateOf<Small> last_run;

        friend bool operator==(const State&, const State&) = default;
    };

    explicit SweepFetcher(fetcher::TimeField field) : field_(field) {}

    static constexpr bool saves_first() { return false; }

    /// Two states that differ only in how many runs there were go on alike.
    static void forget_count(State& state) { state.last_run.batch = 0; }

    /// A run hangs on its state, its settings and the answers only, but for the first one. Two
    /// states that differ in their count only, and know of no time ahead of `Date`, go on alike; a
    /// time that is ahead counts as that of `Date`, which is another second in each run.
    static constexpr bool repeats_itself = true;

    static bool knows_only_past(const State& state, TimePoint date) {
        return !state.is_new && state.last_run.newest.value_or(date) <= date;
    }

    /// Equal for equal states, and hardly ever for others.
    static std::uint64_t key_of(const State& state) {
        const auto& last_run = state.last_run;
        const auto ms = [](TimePoint at) {
            return static_cast<std::uint64_t>(at.time_since_epoch().count());
        };
        std::uint64_t key = ms(last_run.frontier) * 31 + (last_run.resume ? 1U : 0U);
        if (last_run.newest) key = key * 31 + ms(*last_run.newest);
        for (std::size_t i = 0; i < most_incidents; ++i)
            key = key * 31 + static_cast<std::uint64_t>(last_run.seen.at[i]);
        return key * 0xD1342543DE82EF95U;
    }

    /// One run: `ask(request, page)` answers, or says false for a request that failed. Unless the
    /// run failed, `batch` and `next` are what it emits and saves, whatever `next` was before.
    template <class Ask>
    Ended run(const RunInput& input, const State& state, Ask&& ask, Emitted& batch,
              State& next) const {
        next.is_new = false;
        if (state.is_new) return run_from(fresh(input), input, ask, batch, next);
        return run_from(state.last_run, input, ask, batch, next);
    }

   private:
    using LastRun = fetcher::CompleteStateOf<Small>;

    /// Not inlined: the two callers would each have a copy of the whole sweep.
    template <class Ask>
    [[gnu::noinline]] static Ended run_from(const LastRun& last_run, const RunInput& input,
                                            Ask&& ask, Emitted& batch, State& next) {
        fetcher::Sweep<Small> sweep(input.settings, last_run, next.last_run);
        Page page;
        fetcher::Turn turn = sweep.begin();
        for (int requests = 0; turn == fetcher::Turn::ask; ++requests) {
            if (requests == most_requests_of_run || !ask(sweep.request(), page))
                return Ended::failed;
            turn = sweep.on_page(page);
        }
        if (turn == fetcher::Turn::failed) return Ended::failed;
        for (const Small::Row& row : sweep.batch()) batch.push_back(row.incident_id);
        return sweep.end() == fetcher::End::budget ? Ended::on_budget : Ended::well;
    }

    LastRun fresh(const RunInput& input) const {
        LastRun out;
        out.field = field_;
        out.frontier = first_fetch_of(input);
        return out;
    }

    fetcher::TimeField field_;
};

/// Any policy, through its own types: text ids, lists that allocate. Slower.
class PolicyFetcher {
   public:
    using State = fetcher::State;
    using Ask = std::function<bool(const fetcher::PageRequest&, Page&)>;

    explicit PolicyFetcher(const fetcher::Policy& policy) : policy_(policy) {}

    bool saves_first() const {
        return policy().commit_order() == fetcher::CommitOrder::save_then_emit;
    }

    static void forget_count(State&) {}
    static std::uint64_t key_of(const State&) { return 0; }
    static constexpr bool repeats_itself = false;  ///< some look at their clock in each run
    static bool knows_only_past(const State&, TimePoint) { return false; }

    /// Throws xdr::Error for a fetcher that emits what no simulation can hold.
    Ended run(const RunInput& input, const State& state, const Ask& ask, Emitted& batch,
              State& next) const;

    const fetcher::Policy& policy() const { return policy_.get(); }

   private:
    std::reference_wrapper<const fetcher::Policy> policy_;
};

}  // namespace harness::sim
