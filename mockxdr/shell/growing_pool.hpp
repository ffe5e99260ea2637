#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mockxdr {

/// A task queue with a thread for each task that would otherwise wait. A connection is one task for
/// as long as it lives, so a pool of fixed size would let idle ones starve the rest.
class GrowingPool final : public httplib::TaskQueue {
   public:
    void enqueue(std::function<void()> task) override;
    void shutdown() override;

   private:
    void add_thread();
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace mockxdr
