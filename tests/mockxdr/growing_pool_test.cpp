#include "growing_pool.hpp"

#include <future>
#include <vector>

#include "print.hpp"

using mockxdr::GrowingPool;

namespace {

/// Starts so many tasks that all run at once, and lets them end together.
void run_together(GrowingPool& pool, std::size_t count) {
    std::promise<void> end;
    const std::shared_future<void> ended(end.get_future());
    std::vector<std::promise<void>> began(count), done(count);
    for (std::size_t i = 0; i < count; ++i)
        pool.enqueue([&, i] {
            began[i].set_value();
            ended.wait();
            done[i].set_value();
        });
    for (auto& one : began) one.get_future().wait();
    CHECK(pool.size() >= count);
    end.set_value();
    for (auto& one : done) one.get_future().wait();
}

}  // namespace

TEST_CASE("tasks that wait for each other all run", "[growing_pool]") {
    GrowingPool pool;
    run_together(pool, 100);
    pool.shutdown();
}

TEST_CASE("idle threads beyond a few end", "[growing_pool]") {
    GrowingPool pool;
    run_together(pool, 100);
    while (pool.size() > GrowingPool::most_idle) std::this_thread::yield();
    run_together(pool, 50);
    pool.shutdown();
}

TEST_CASE("tasks that were queued before the end are done", "[growing_pool]") {
    GrowingPool pool;
    std::atomic<int> done = 0;
    for (int i = 0; i < 200; ++i) pool.enqueue([&] { ++done; });
    pool.shutdown();
    CHECK(done == 200);
}

TEST_CASE("a task for which there is no thread waits for the next one", "[growing_pool]") {
    int left_to_refuse = 2;
    GrowingPool pool([&](std::function<void()> work) {
        if (left_to_refuse-- > 0)
            throw std::system_error(
                std::make_error_code(std::errc::resource_unavailable_try_again));
        return std::thread(std::move(work));
    });
    std::promise<void> first, second, third;
    pool.enqueue([&] { first.set_value(); });
    pool.enqueue([&] { second.set_value(); });
    CHECK(pool.size() == 0);
    pool.enqueue([&] { third.set_value(); });
    for (auto* one : {&first, &second, &third}) one->get_future().wait();
    pool.shutdown();
}

TEST_CASE("tasks are done at the end even if there never was a thread", "[growing_pool]") {
    GrowingPool pool([](const std::function<void()>&) -> std::thread {
        throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    });
    int done = 0;
    pool.enqueue([&] { ++done; });
    pool.enqueue([&] { ++done; });
    CHECK(done == 0);
    pool.shutdown();
    CHECK(done == 2);
}
