#pragma once

#include <csignal>

#include "xdr/time.hpp"

namespace fetcher {

/// Takes SIGTERM and SIGINT as a wish to stop after the work in hand, for the whole process while
/// it lives. Make it before any other thread starts: they must not be hit instead.
class StopSignals {
   public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// Whether one has come.
    bool asked();

    /// Waits that long, by a clock that never jumps; false at once when one has come.
    bool wait(xdr::Millis time);

   private:
    sigset_t signals_{}, before_{};
    bool asked_ = false;
};

}  // namespace fetcher
