#pragma once

#include "fetcher/policy.hpp"

namespace fetcher {

/// Never loses and never repeats within the guarantee of docs/guarantee.md: sweeps upwards from a
/// frontier that only what was read can move, by keyset, without the client's clock.
class Complete final : public Policy {
   public:
    /// creation_time is `complete`; modification_time is `complete-modified`, which also finds what
    /// starts to match later than look_back, and remembers every id that it emitted.
    explicit Complete(TimeField field) : field_(field) {}

    std::string_view name() const override;
    std::unique_ptr<Run> start(const Parameters& parameters, const State& state,
                               TimePoint now) const override;
    bool keeps_to_budget() const override { return true; }

   private:
    TimeField field_;
};

}  // namespace fetcher
