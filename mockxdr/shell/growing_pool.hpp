#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace mockxdr {

/// A task queue with a thread for each task that would otherwise wait. A connection is one task for
/// as long as it lives, so a pool of fixed size would let idle ones starve the rest. A few idle
/// threads are kept, the others end.
class GrowingPool final : public httplib::TaskQueue {
   public:
    static constexpr std::size_t most_idle = 16;
    using Start = std::function<std::thread(std::function<void()> work)>;

    /// `start` makes a thread, or throws std::system_error if there are no more to be had.
    explicit GrowingPool(Start start = start_thread) : start_(std::move(start)) {}

    /// Never throws for a lack of threads: then the task waits.
    void enqueue(std::function<void()> task) override;
    void shutdown() override;

    /// Threads that run or wait.
    std::size_t size() const;

   private:
    using Threads = std::list<std::thread>;

    static std::thread start_thread(std::function<void()> work) {
        return std::thread(std::move(work));
    }
    void add_thread();
    void work(Threads::iterator self);

    Start start_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    Threads threads_, ended_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace mockxdr
