#pragma once

#include "fetcher/policy.hpp"

namespace harness::zoo_members {

/// What the vendor's own integration does today: one page from the newest time on, as large as the
/// limit and the ids at that time, which are dropped. Source: demisto/content #35932, #37709.
class IdsAtTheCursor final : public fetcher::Policy {
   public:
    std::string_view name() const override { return "ids-at-the-cursor"; }
    std::unique_ptr<fetcher::Run> start(const fetcher::Parameters& parameters,
                                        const fetcher::State& state,
                                        fetcher::TimePoint now) const override;
};

/// Goes on by offset from run to run, in a window that moves. Source: demisto/content #30358, L9.
class OffsetAcrossRuns final : public fetcher::Policy {
   public:
    std::string_view name() const override { return "offset-across-runs"; }
    std::unique_ptr<fetcher::Run> start(const fetcher::Parameters& parameters,
                                        const fetcher::State& state,
                                        fetcher::TimePoint now) const override;
};

}  // namespace harness::zoo_members
