#pragma once

#include <memory>
#include <string_view>

#include "fetcher/lookback.hpp"
#include "fetcher/policy.hpp"

namespace fetcher {

/// A client of the published look-back functions: `documented` or `current`. It asks for creation
/// times from start to end, both inclusive and in whole seconds, and reads pages up to the request
/// limit. Its State is a LastRun. No timezone, no offset mode, the default date_format.
/// Source: CommonServerPython, look-back methods; which bounds, sort and pages a client uses
/// is not published: these are this project's choice.
class Published final : public Policy {
   public:
    explicit Published(lookback::Revision revision) : revision_(revision) {}

    std::string_view name() const override;

    /// Throws xdr::Error for a look_back that is not a whole number of minutes, a limit or page_cap
    /// below 1, a state that is no LastRun or whose limit is below 0, and for what
    /// get_fetch_run_time_range refuses. The run fails, as the published code raises, when the new
    /// LastRun cannot be made.
    std::unique_ptr<Run> start(const Parameters& parameters, const State& state,
                               TimePoint now) const override;

   private:
    lookback::Revision revision_;
};

}  // namespace fetcher
