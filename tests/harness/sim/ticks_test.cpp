#include "harness/sim/ticks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

using namespace harness::sim;

namespace {

Ticks<8> ticks_of(const std::vector<Tick>& values) {
    Ticks<8> out;
    out.fill(last_tick);
    for (std::size_t i = 0; i < values.size(); ++i) out.set(i, values[i]);
    return out;
}

Tick least(FourTicks four) { return std::min({four[0], four[1], four[2], four[3]}); }

}  // namespace

TEST_CASE("a tick is a millisecond from the start on, and no more than six days away", "[ticks]") {
    CHECK(tick_of(start_ms) == 0);
    CHECK(tick_of(start_ms - 1) == -1);
    CHECK(tick_of(TimePoint{Millis{start_ms + 30'000}}) == 30'000);
    CHECK(tick_of(std::numeric_limits<Ms>::max()) == last_tick);
    CHECK(tick_of(std::numeric_limits<Ms>::min()) == first_tick);
    CHECK(tick_of(TimePoint{}) == first_tick);
    // Twice as far still is a number: places are told apart by adding to it.
    CHECK(Ms{last_tick} - first_tick < std::numeric_limits<Tick>::max());
}

TEST_CASE("the places of ticks above another have a bit each", "[ticks]") {
    const Ticks<8> ticks = ticks_of({5, -7, 6, 5, 100, 4});
    CHECK(places_above(ticks, 5) == 0b1101'0100);
    CHECK(places_above(ticks, -8) == 0b1111'1111);
    CHECK(places_above(ticks, last_tick) == 0);
    CHECK(ticks[2] == 6);
    CHECK(ticks[7] == last_tick);
}

TEST_CASE("places of sixteen ticks are told apart", "[ticks]") {
    Ticks<16> ticks;
    for (std::size_t place = 0; place < 16; ++place) {
        ticks.fill(0);
        ticks.set(place, 1);
        CHECK(places_above(ticks, 0) == 1U << place);
    }
}

TEST_CASE("the least tick above another is found among several lists", "[ticks]") {
    const FourTicks none{last_tick, last_tick, last_tick, last_tick};
    const Ticks<8> early = ticks_of({5, -7, 6}), late = ticks_of({90, 80});
    CHECK(least(least_above(early, -8, none)) == -7);
    CHECK(least(least_above(early, -7, none)) == 5);
    CHECK(least(least_above(early, 6, none)) == last_tick);
    CHECK(least(least_above(late, 6, least_above(early, 6, none))) == 80);
    CHECK(least(least_above(late, 5, least_above(early, 5, none))) == 6);
}
