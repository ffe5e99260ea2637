#pragma once

#include <atomic>
#include <cstdint>

#include "xdr/time.hpp"

namespace harness {

/// Time that moves only when it is told to. Safe to read from any thread.
class VirtualClock {
   public:
    explicit VirtualClock(xdr::TimePoint start) : ms_(start.time_since_epoch().count()) {}

    xdr::TimePoint now() const { return xdr::TimePoint{xdr::Millis{ms_.load()}}; }
    void advance(xdr::Millis by) { ms_ += by.count(); }

    /// Never backwards: a time that has passed is left alone.
    void advance_to(xdr::TimePoint time) {
        if (time > now()) ms_ = time.time_since_epoch().count();
    }

   private:
    std::atomic<std::int64_t> ms_;
};

}  // namespace harness
