#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace mockxdr {

/// A task queue with a thread for each task that would otherwise wait. A connection is one task for
/// as long as it lives, so a pool of fixed size would let idle ones starve the rest. A few idle
/// threads are kept, the others end.
class GrowingPool final : public httplib::TaskQueue {
   public:
    static constexpr std::size_t most_idle = 16;

    void enqueue(std::function<void()> task) override;
    void shutdown() override;

    /// Threads that run or wait.
    std::size_t size() const;

   private:
    using Threads = std::list<std::thread>;

    void add_thread();
    void work(Threads::iterator self);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    Threads threads_, ended_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace mockxdr
