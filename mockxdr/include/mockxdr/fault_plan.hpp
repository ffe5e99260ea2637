#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mockxdr/fault.hpp"

namespace mockxdr {

/// A request as conditions of faults see it.
struct Incoming {
    std::optional<Endpoint> endpoint = Endpoint::get_incidents;  ///< nothing: no endpoint's path
    std::uint64_t request = 1;  ///< its number among those to its endpoint, from 1
    std::uint64_t number = 1;   ///< its number among all, from 1
    TimePoint now{};
    std::optional<std::int64_t> search_from{};  ///< of a request for a page
    bool accepts_gzip = false;
};

/// Decides which fault hits which request and run, and remembers which ones did.
class FaultPlan {
   public:
    FaultPlan(std::vector<Fault> faults, TimePoint start, std::uint64_t seed);

    /// Tells which run the requests that follow belong to, from 1.
    void enter_run(std::int64_t run) { run_ = run; }

    /// From here on nothing fires: the drain phase.
    void switch_off() { off_ = true; }

    /// The first fault of the file that applies to that request, if any; a Delay with its draw
    /// made, `least` and `most` equal.
    std::optional<ReplyFault> reply_fault(const Incoming& incoming);

    std::optional<Crash> crash(std::int64_t run);

    /// The restore before that run; asked only where there is a last run that old. `saves` is how
    /// many there are, the newest among them.
    std::optional<Restore> restore(std::int64_t run, std::int64_t saves);

    const std::vector<Fault>& faults() const { return faults_; }

    /// How often each fault has fired.
    const std::vector<std::uint64_t>& fired() const { return fired_; }

    /// Indexes of the faults that have not fired.
    std::vector<std::size_t> unfired() const;

   private:
    bool applies(std::size_t index, const Incoming& incoming) const;
    bool holds_back(std::size_t index, const Incoming& incoming) const;

    std::vector<Fault> faults_;
    std::vector<std::uint64_t> fired_;
    std::vector<std::uint64_t> unseen_;  ///< the last request that each fault kept from being seen
    TimePoint start_;
    std::uint64_t seed_;
    std::optional<std::int64_t> run_;
    bool off_ = false;
};

}  // namespace mockxdr
