#pragma once

#include <array>
#include <string>

#include "harness/sim/judge.hpp"

namespace harness::sim {

/// The second oracle: a fetcher that sees the whole world and remembers everything. In each run
/// that no fault hit it takes the oldest of what is there. What it cannot get nobody owes; what
/// meets the plain sentence of the contract, without its edges, is owed. The two oracles must
/// agree.
class Omniscient {
   public:
    Omniscient(const Schedule& schedule, const World& world, Contract contract);

    /// Each run of the play, in order.
    void see(const RunFacts& run);

    /// What does not agree with the judge's ruling; empty if nothing.
    std::string disagreement(const Judge& judge, const Tally& tally, const Ruling& ruling) const;

   private:
    /// Some of the incidents, a bit each, the oldest first.
    using Places = unsigned;

    /// Counts a chance of each that is there, and takes the oldest.
    void take(Places there, std::int64_t limit);
    void see_windows(const RunFacts& run);
    bool plainly_owed(std::size_t incident, Ms first_fetch) const;
    /// What is wrong about one incident of a ruling; nullptr if nothing.
    const char* objection(std::size_t incident, const Judge& judge, const Tally& tally,
                          const Ruling& ruling, Ms first_fetch) const;

    const World& world_;
    Contract contract_;
    Ms least_look_back_;
    Ms last_scripted_ = 0;
    Ticks<most_incidents> from_, until_;                 ///< by place: seen and matching
    std::array<std::uint8_t, most_incidents> places_{};  ///< of incidents
    /// By place: undisturbed runs that saw it, up to the one that took it.
    std::array<int, most_incidents> chances_{};
    std::array<bool, most_incidents> windowed_{};  ///< by incident: some run's own window held it
    Places taken_ = 0;
    Places left_ = 0;  ///< to take, now or later
};

}  // namespace harness::sim
