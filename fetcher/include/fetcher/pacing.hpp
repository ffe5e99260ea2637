#pragma once

#include <cstddef>
#include <deque>

#include "xdr/time.hpp"

namespace fetcher {

using xdr::Millis;
using xdr::TimePoint;

/// Keeps requests within a quota: so many in any span of that length.
class Pacing {
   public:
    /// `places` is 1 or more.
    Pacing(std::size_t places, Millis span) : places_(places), span_(span) {}

    /// Takes the next place. How long to wait for it from `now` on, before anything else is asked
    /// of this object; 0 if it is free. Never more than the span, also when the clock was set back.
    Millis take(TimePoint now);

   private:
    std::size_t places_;
    Millis span_;
    std::deque<TimePoint> taken_;  ///< the last places, in order
};

}  // namespace fetcher
