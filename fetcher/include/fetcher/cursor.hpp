#pragma once

#include "fetcher/policy.hpp"

namespace fetcher {

/// The fetchers that the older pages teach: one page from the last fetch time on, no look-back.
/// They lose incidents; they are here to be compared with. Source: "Fetching Incidents", Last Run.
class Cursor final : public Policy {
   public:
    enum class Next {
        latest,  ///< the next run starts after the newest incident of this one: `cursor-latest`
        now,     ///< the next run starts at this run's time: `cursor-now`
    };

    explicit Cursor(Next next) : next_(next) {}

    std::string_view name() const override;
    std::unique_ptr<Run> start(const Parameters& parameters, const State& state,
                               TimePoint now) const override;

   private:
    Next next_;
};

}  // namespace fetcher
