#pragma once

#include <unistd.h>

#include <atomic>
#include <system_error>

namespace mockxdr {

/// Tells many waiting threads at once that it is time to stop: a pipe whose read end becomes
/// readable, so that a thread can wait for it and for its socket in one call.
class StopSignal {
   public:
    StopSignal() {
        if (pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    }
    ~StopSignal() {
        raise();
        close(ends_[0]);
    }
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    void raise() {
        if (!raised_.exchange(true)) close(ends_[1]);
    }
    bool raised() const { return raised_; }

    /// For poll(2), POLLIN or POLLHUP.
    int descriptor() const { return ends_[0]; }

   private:
    int ends_[2] = {-1, -1};
    std::atomic<bool> raised_ = false;
};

}  // namespace mockxdr
