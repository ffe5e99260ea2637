#pragma once

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
    struct Taken {
        std::uint16_t chances = 0;  ///< undisturbed runs that saw it, up to the one that took it
        bool taken = false;
        bool windowed = false;  ///< such a run's own window held it
    };

    bool plainly_owed(std::size_t incident, Ms first_fetch) const;

    const World& world_;
    Contract contract_;
    Ms least_look_back_;
    Ms last_scripted_ = 0;
    List<std::uint8_t, most_incidents> by_age_;
    List<Taken, most_incidents> taken_;
};

}  // namespace harness::sim
