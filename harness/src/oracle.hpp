#pragma once

#include <functional>

#include "harness/verdict.hpp"

namespace harness {

/// Whether a fetcher owes an incident, by the sentences of docs/guarantee.md. Written from the
/// contract and the world's truth.
class Oracle {
   public:
    /// Whether what is there in [from, until) and then disappears could have been had.
    using Room = std::function<bool(const Offer&, TimePoint from, TimePoint until)>;

    /// Without `room`, a good run from whose beginning to its end it was there had a place left.
    Oracle(const Evidence& evidence, Contract contract, Room room = {});

    const std::vector<Offer>& offers() const { return offers_; }

    /// Since when the incident was owed; nothing, with the reason in `excuse`, if it never was.
    std::optional<TimePoint> owed(const Offer& offer, Excuse& excuse) const;

    /// Good runs that began at or after `from`, up to run number `run` and with it. One whose
    /// places went to what a crash or an older last run made come again does not count.
    std::int64_t good_runs_between(TimePoint from, std::int64_t run) const;

   private:
    /// The first moment of the stretch from which the contract covers the incident.
    std::optional<TimePoint> covered(const Stretch& stretch) const;
    bool in_reach(TimePoint since, TimePoint from) const;
    bool was_met(const Stretch& stretch) const;
    bool in_some_window(const Stretch& stretch) const;
    bool had_room(const Offer& offer, TimePoint from, TimePoint until) const;
    Millis look_back_between(TimePoint from, TimePoint until) const;

    Contract contract_;
    Room room_;
    const mockxdr::Scenario& scenario_;
    TimePoint start_, last_scripted_, first_fetch_;
    std::vector<Offer> offers_;
    std::vector<const RunRecord*> good_;  ///< runs that no fault hit
    std::vector<bool> repeats_;           ///< of each good run: it emitted something again
    std::vector<bool> room_left_;  ///< of each good run: it had a place and a request to spare
};

}  // namespace harness
