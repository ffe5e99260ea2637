#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "xdr/time.hpp"

namespace fetcher {

/// Ends what a connection is doing when a time is up, whatever that is: httplib limits each single
/// wait only, and a server that sends a byte now and then holds it for ever. A thread of its own
/// watches; it sleeps through the requests that end in time.
class TimeLimit {
   public:
    TimeLimit() = default;
    ~TimeLimit();
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;

    /// The connection that is to end, from now on. Takes a duplicate: the original may be closed
    /// at any moment.
    void watch(int socket);

    /// Lets the connection go.
    void forget() { watch(-1); }

    /// Starts the clock. 0 is no limit.
    void start(xdr::Millis limit);

    /// Stops the clock. True if the time was up before.
    bool stop();

   private:
    using Clock = std::chrono::steady_clock;

    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Clock::time_point> end_;  ///< while the clock runs
    Clock::time_point wakes_{};             ///< when the thread looks again, at the latest
    int socket_ = -1;
    bool is_over_ = false, quits_ = false;
    std::thread thread_;
};

}  // namespace fetcher
