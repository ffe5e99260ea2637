#include "stop_signals.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace fetcher {

StopSignals::StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

/// A second one that came meanwhile asks for nothing more, and must not kill the process now.
StopSignals::~StopSignals() {
    const timespec at_once{};
    while (sigtimedwait(&signals_, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::asked() { return !wait(xdr::Millis{0}); }

bool StopSignals::wait(xdr::Millis time) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + time;
    while (!asked_) {
        const auto left = std::max(Clock::duration::zero(), end - Clock::now());
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const std::chrono::nanoseconds rest = left - seconds;
        const timespec span{.tv_sec = static_cast<time_t>(seconds.count()),
                            .tv_nsec = static_cast<long>(rest.count())};
        // Another signal may end it early, so only the clock says that the time is over.
        if (sigtimedwait(&signals_, nullptr, &span) > 0)
            asked_ = true;
        else if (Clock::now() >= end)
            break;
    }
    return !asked_;
}

}  // namespace fetcher
