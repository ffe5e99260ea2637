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

   private:
    TimeField field_;
};

/// Throws xdr::Error for a limit or a page cap below 1 or a negative look_back.
void check(const Parameters& parameters);

/// Throws the xdr::Error for a state that is another policy's.
[[noreturn]] void refuse_state(std::string_view policy);

/// The moment that a first run starts from. Throws xdr::Error if the text names no time.
TimePoint first_fetch_time(const std::string& first_fetch, TimePoint now);

}  // namespace fetcher
