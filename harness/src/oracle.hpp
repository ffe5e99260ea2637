#pragma once

#include "harness/verdict.hpp"

namespace harness {

/// Whether a fetcher owes an incident, by the sentences of docs/guarantee.md. Written from the
/// contract and the world's truth.
class Oracle {
   public:
    Oracle(const Evidence& evidence, Contract contract);

    const std::vector<Offer>& offers() const { return offers_; }

    /// The stretch in which the incident was owed; nullptr with the reason in `excuse` if it never
    /// was.
    const Stretch* owed(const Offer& offer, Excuse& excuse) const;

    /// Good runs that began at or after `from`, up to run number `run` and with it.
    std::int64_t good_runs_between(TimePoint from, std::int64_t run) const;

   private:
    bool in_reach(const Offer& offer, const Stretch& stretch) const;
    bool in_some_window(const Offer& offer, const Stretch& stretch) const;
    bool had_room(const Stretch& stretch) const;
    Millis look_back_between(TimePoint from, TimePoint until) const;

    Contract contract_;
    const mockxdr::Scenario& scenario_;
    TimePoint start_, last_scripted_, first_fetch_;
    std::vector<Offer> offers_;
    std::vector<const RunRecord*> good_;  ///< runs that no fault hit
    std::vector<std::int64_t>
        fresh_;  ///< of each good run: how many it emitted that no saved run had
};

}  // namespace harness
