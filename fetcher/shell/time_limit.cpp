#include "time_limit.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fetcher {

namespace {

/// After the end: a connection that is only being made goes on to the host's next address.
constexpr auto again = std::chrono::milliseconds{20};

}  // namespace

TimeLimit::~TimeLimit() {
    {
        const std::lock_guard lock(mutex_);
        quits_ = true;
        changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    forget();
}

void TimeLimit::watch(int socket) {
    const std::lock_guard lock(mutex_);
    if (socket_ >= 0) close(socket_);
    socket_ = socket >= 0 ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : -1;
}

void TimeLimit::start(xdr::Millis limit) {
    const std::lock_guard lock(mutex_);
    is_over_ = false;
    if (limit <= limit.zero()) return;
    end_ = Clock::now() + limit;
    if (!thread_.joinable())
        thread_ = std::thread([this] { run(); });
    else if (*end_ < wakes_)
        changed_.notify_one();
}

bool TimeLimit::stop() {
    const std::lock_guard lock(mutex_);
    end_.reset();
    return is_over_;
}

void TimeLimit::run() {
    std::unique_lock lock(mutex_);
    while (!quits_) {
        if (!end_) {
            wakes_ = Clock::time_point::max();
            changed_.wait(lock);
            continue;
        }
        wakes_ = *end_;
        if (Clock::now() >= *end_) {
            is_over_ = true;
            if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
            wakes_ = Clock::now() + again;
        }
        changed_.wait_until(lock, wakes_);
    }
}

}  // namespace fetcher
