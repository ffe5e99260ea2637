#pragma once

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

namespace mockxdr {

/// Tells many waiting threads at once that something happened, and goes on telling: a pipe whose
/// read end becomes readable, so that a thread can wait for it and for its socket in one call.
class Signal {
   public:
    /// Throws std::system_error if there are no descriptors left.
    Signal() {
        if (pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    }
    ~Signal() {
        raise();
        close(ends_[0]);
    }
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

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
