#include "live_clock.hpp"

#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

const xdr::TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

}  // namespace

TEST_CASE("a clock is manual, real, or so many times as fast", "[live_clock]") {
    CHECK(read_speed("manual").is_manual());
    CHECK(read_speed("real").factor == 1);
    CHECK(read_speed("1x").factor == 1);
    CHECK(read_speed("60x").factor == 60);
    CHECK(read_speed("1000000x").factor == 1'000'000);
    CHECK_FALSE(read_speed("60x").is_manual());
}

TEST_CASE("what is no clock is refused with the words that are", "[live_clock]") {
    const auto text = GENERATE(as<std::string>(), "", "x", "60", "0x", "-1x", "1.5x", "60X", "60x ",
                               "x60", "1000001x", "99999999999999999999x", "Real", "real ");
    CAPTURE(text);
    const xdr::Problem problem = problem_of([&] { read_speed(text); });
    CHECK(problem.where == "--clock");
    CHECK(problem.what == "'" + text + "' is no clock");
    CHECK(problem.hint == "write manual, real, or how many times as fast, such as 60x");
}

TEST_CASE("a manual clock moves when it is told to, and never back", "[live_clock]") {
    LiveClock clock(noon, {.factor = 0});
    CHECK(clock.now() == noon);
    clock.advance_to(noon + 1h);
    CHECK(clock.now() == noon + 1h);
    clock.advance_to(noon + 59min);
    clock.advance_to(noon - 1h);
    CHECK(clock.now() == noon + 1h);
}

TEST_CASE("a clock that runs stops at the year 9000", "[live_clock]") {
    using Steady = std::chrono::steady_clock;
    const auto factor = GENERATE(as<std::int64_t>{}, 1, 1'000'000);
    const LiveClock clock(LiveClock::latest - 1ms, {.factor = factor});
    const auto began = Steady::now();
    while (Steady::now() - began < 2ms) continue;
    CHECK(clock.now() == LiveClock::latest);
    LiveClock manual(noon, {.factor = 0});
    manual.advance_to(LiveClock::latest + 1h);
    CHECK(manual.now() == LiveClock::latest);
    const LiveClock later(LiveClock::latest + 1h, {.factor = factor});
    CHECK(later.now() == LiveClock::latest + 1h);
}

TEST_CASE("who waits for a manual clock is woken when it is moved", "[live_clock]") {
    LiveClock clock(noon, {.factor = 0});
    CHECK(clock.nap(noon + 1ms) == 1h);
    const auto first = clock.jump(), same = clock.jump();
    CHECK_FALSE(first->raised());
    clock.advance_to(noon + 1min);
    CHECK(first->raised());
    CHECK(same->raised());
    CHECK_FALSE(clock.jump()->raised());
}

TEST_CASE("who waits for a clock that is no more wakes up", "[live_clock]") {
    std::shared_ptr<const mockxdr::Signal> jump;
    {
        const LiveClock clock(noon, {.factor = 1});
        jump = clock.jump();
    }
    CHECK(jump->raised());
}

TEST_CASE("a clock that runs begins at its start and never goes back", "[live_clock]") {
    const auto factor = GENERATE(std::int64_t{1}, std::int64_t{60}, std::int64_t{1'000'000});
    CAPTURE(factor);
    const LiveClock clock(noon, {.factor = factor});
    xdr::TimePoint last = noon;
    // Until it has moved: 2 ms at the slowest.
    while (last < noon + 2ms) {
        const xdr::TimePoint now = clock.now();
        REQUIRE(now >= last);
        last = now;
    }
}

TEST_CASE("a nap until a time is as short as the clock is fast, and at most an hour",
          "[live_clock]") {
    const LiveClock real(noon, {.factor = 1}), fast(noon, {.factor = 60});
    CHECK(real.nap(noon + 1'000h) == 1h);
    CHECK(real.nap(noon) == 1ms);
    CHECK(real.nap(noon - 1h) == 1ms);
    CHECK(fast.nap(noon + 1h) <= 1min + 1ms);
    CHECK(fast.nap(noon + 1h) >= 1ms);
    CHECK(fast.nap(noon + 1'000h) > 1min);
}
