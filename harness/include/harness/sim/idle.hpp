#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "harness/sim/judge.hpp"

namespace harness::sim {

/// Runs in a row that emit nothing while nothing changes around them. Once they come back to a
/// state that they had, each run that follows does what one of them did and need not be played:
/// half of all runs are such repetitions. Brent's way of finding a cycle.
template <class Fetcher>
class Idle {
   public:
    using State = typename Fetcher::State;

    struct Run {
        std::uint64_t requests = 0;
        bool spent = false;
        State after;
    };

    void clear() {
        runs_.clear();
        until_ = 0;
        is_cycle_ = false;
        last_.reset();
    }

    /// Whether `run`, which is due, has the conditions of those so far. The limit does not matter
    /// to a run that finds nothing.
    bool fits(const RunFacts& run) const {
        return lasts(run.started) && run.look_back == look_back_;
    }

    /// Whether the world is at `now` still as it was.
    bool lasts(Ms now) const { return now < until_; }

    /// The first of a row is due, in a world that changes at `until`.
    void begin(const RunFacts& run, const State& before, Ms until) {
        clear();
        until_ = until;
        look_back_ = run.look_back;
        anchor_ = before;
        Fetcher::forget_count(anchor_);
        most_ = 1;
    }

    void add(std::uint64_t requests, bool spent, const State& after) {
        if (runs_.size() == most_) {
            anchor_ = runs_.back().after;
            runs_.clear();
            most_ = std::min(2 * most_, longest);
        }
        runs_.push_back({.requests = requests, .spent = spent, .after = after});
        Fetcher::forget_count(runs_.back().after);
        is_cycle_ = runs_.back().after == anchor_;
        next_ = 0;
    }

    /// What the next run does; nullptr if it must be played to know.
    const Run* next() const { return is_cycle_ ? &runs_[next_] : nullptr; }

    void advance() {
        last_ = next_;
        next_ = next_ + 1 == runs_.size() ? 0 : next_ + 1;
    }

    /// What the last run did, if it was not played.
    const Run* last_repeated() const { return last_ ? &runs_[*last_] : nullptr; }

   private:
    static constexpr std::size_t longest = 16;  ///< cycle that is found
    /// Without memory of their own, where a fetcher's states have none.
    using Runs = std::conditional_t<Fetcher::repeats_itself, List<Run, longest>, std::vector<Run>>;

    State anchor_;
    Runs runs_;             ///< since the anchor
    std::size_t most_ = 1;  ///< of them, before the anchor moves on
    std::size_t next_ = 0;
    std::optional<std::size_t> last_;
    bool is_cycle_ = false;
    Ms until_ = 0;
    Ms look_back_ = 0;
};

}  // namespace harness::sim
