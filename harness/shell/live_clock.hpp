#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "mockxdr/signal.hpp"
#include "xdr/time.hpp"

namespace harness {

/// How fast the time of a live mock runs: 0 not by itself, 1 as real time, 60 sixty times as fast.
struct Speed {
    std::int64_t factor = 1;

    bool is_manual() const { return factor == 0; }
};

/// Reads `manual`, `real` or a speed such as `60x`. Throws xdr::Error.
Speed read_speed(const std::string& text);

/// The one clock of a live mock. It never goes back, nor beyond `latest` unless it begins there.
/// Safe to use from any thread.
class LiveClock {
   public:
    static constexpr xdr::TimePoint latest = std::chrono::sys_days(std::chrono::year{9000} / 1 / 1);

    LiveClock(xdr::TimePoint start, Speed speed);
    ~LiveClock() { tell(); }
    LiveClock(const LiveClock&) = delete;
    LiveClock& operator=(const LiveClock&) = delete;

    xdr::TimePoint now() const;

    /// How long to sleep, in real time, before it is worth looking at `now` again for `until`.
    std::chrono::milliseconds nap(xdr::TimePoint until) const;

    /// Raised when the clock is moved next, or is no more.
    std::shared_ptr<const mockxdr::Signal> jump() const;

    /// For a manual clock; a time that has passed is left alone, and one after `latest` counts as
    /// that.
    void advance_to(xdr::TimePoint time);

   private:
    void tell();

    xdr::TimePoint start_;
    Speed speed_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::atomic<std::int64_t> advanced_ms_ = 0;  ///< by hand
    mutable std::mutex mutex_;
    mutable std::shared_ptr<mockxdr::Signal> jump_;  ///< if anybody waits for it
};

}  // namespace harness
