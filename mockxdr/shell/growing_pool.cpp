#include "growing_pool.hpp"

#include <system_error>
#include <utility>

namespace mockxdr {

void GrowingPool::enqueue(std::function<void()> task) {
    Threads ended;
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
        if (tasks_.size() > idle_) add_thread();
        ended.swap(ended_);
    }
    changed_.notify_one();
    for (std::thread& thread : ended) thread.join();
}

/// The lock is held.
void GrowingPool::add_thread() {
    const auto self = threads_.emplace(threads_.end());
    try {
        *self = start_([this, self] { work(self); });
    } catch (const std::system_error&) {
        // No more threads to be had: the task waits for one of those that there are, or for the
        // one that the next task gets.
        threads_.erase(self);
    }
}

void GrowingPool::work(Threads::iterator self) {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (tasks_.empty() && idle_ >= most_idle) break;
        ++idle_;
        changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
        --idle_;
        if (tasks_.empty()) break;
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
    if (!stopping_) ended_.splice(ended_.end(), threads_, self);
}

std::size_t GrowingPool::size() const {
    const std::lock_guard lock(mutex_);
    return threads_.size();
}

void GrowingPool::shutdown() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    // From here on no thread leaves its list.
    for (std::thread& thread : threads_) thread.join();
    for (std::thread& thread : ended_) thread.join();
    // No thread ever came for these; what they hold must be let go of.
    for (const auto& task : tasks_) task();
    tasks_.clear();
}

}  // namespace mockxdr
