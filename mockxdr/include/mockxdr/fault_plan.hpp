#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mockxdr/scenario.hpp"

namespace mockxdr {

/// Decides which fault hits which request and run, and remembers which ones did.
class FaultPlan {
   public:
    FaultPlan(std::vector<Fault> faults, TimePoint start);

    /// Tells which run the requests that follow belong to, from 1.
    void enter_run(std::int64_t run) { run_ = run; }

    /// From here on nothing fires: the drain phase.
    void switch_off() { off_ = true; }

    /// The first fault of the file that applies to that request, if any.
    const ReplyFault* reply_fault(std::uint64_t request, TimePoint now);

    std::optional<Crash> crash(std::int64_t run);

    /// Indexes of the faults that have not fired.
    std::vector<std::size_t> unfired() const;

   private:
    bool applies(const Fault& fault, std::uint64_t request, TimePoint now) const;

    std::vector<Fault> faults_;
    std::vector<bool> fired_;
    TimePoint start_;
    std::optional<std::int64_t> run_;
    bool off_ = false;
};

}  // namespace mockxdr
