#include "harness/sim/ticks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "harness/sim/small.hpp"

using namespace harness::sim;

namespace {

Ticks<8> ticks_of(const std::vector<Tick>& values) {
    Ticks<8> out;
    out.fill(last_tick);
    for (std::size_t i = 0; i < values.size(); ++i) out.set(i, values[i]);
    return out;
}

}  // namespace

TEST_CASE("a tick is a millisecond from the start on, and no more than twelve days away",
          "[ticks]") {
    CHECK(tick_of(start_ms) == 0);
    CHECK(tick_of(start_ms - 1) == -1);
    CHECK(tick_of(TimePoint{Millis{start_ms + 30'000}}) == 30'000);
    CHECK(tick_of(std::numeric_limits<Ms>::max()) == last_tick);
    CHECK(tick_of(std::numeric_limits<Ms>::min()) == first_tick);
    CHECK(tick_of(TimePoint{}) == first_tick);
    CHECK(happens_within(start_ms));
    CHECK_FALSE(happens_within(start_ms + last_tick));
    CHECK_FALSE(happens_within(start_ms + first_tick));
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

TEST_CASE("places are counted, all of them as well", "[ticks]") {
    Ticks<16> ticks;
    ticks.fill(0);
    for (std::size_t place = 0; place < 16; ++place) {
        const auto found = places_where<4>([&](std::size_t i) { return ticks.four[i] > 0; });
        CHECK(found.count == place);
        CHECK(found.places == (1U << place) - 1);
        ticks.set(place, 1);
    }
    const auto all = places_where<4>([&](std::size_t i) { return ticks.four[i] > 0; });
    CHECK(all.count == 16);
    CHECK(all.places == 0xFFFF);
}

TEST_CASE("one comparison tells whether a tick is among so many from another on", "[ticks]") {
    const std::vector<Tick> ticks{first_tick, first_tick + 1, -1, 0, 1, last_tick - 1, last_tick};
    for (const Tick first : ticks)
        for (const Tick last : ticks)
            for (const Tick tick : ticks) {
                const Tick length = std::max(last - first + 1, 0);
                const FourTicks in_span =
                    four_of(lowered(length)) > minus(four_of(tick), four_of(lowered(first)));
                INFO(tick << " in " << first << " to " << last);
                CHECK((in_span[3] != 0) == (first <= tick && tick <= last));
            }
}

TEST_CASE("the least tick above another is found among several lists", "[ticks]") {
    const Ticks<8> early = ticks_of({5, -7, 6}), late = ticks_of({90, 80});
    const auto above = [&](Tick tick, const std::vector<Ticks<8>>& lists) {
        LeastAbove least(tick);
        for (const Ticks<8>& ticks : lists) least.look_through(ticks);
        return least.found();
    };
    CHECK(above(-8, {early}) == -7);
    CHECK(above(-7, {early}) == 5);
    CHECK(above(6, {early}) == last_tick);
    CHECK(above(6, {early, late}) == 80);
    CHECK(above(5, {early, late}) == 6);
    CHECK(above(0, {}) == last_tick);
}

TEST_CASE("ids of the smallest kind are kept with their time, however far away it is", "[ticks]") {
    struct Seen {
        Small::Id id;
        TimePoint at;
    };
    for (const TimePoint at : {TimePoint::min(), TimePoint{Millis{start_ms}}, TimePoint::max()}) {
        Small::Ids<Seen> ids;
        Small::add(ids, Seen{.id = 3, .at = at});
        CHECK(Small::has(ids, 3));
        CHECK_FALSE(Small::has(ids, 2));
        Small::forget_before(ids, at);
        CHECK(Small::has(ids, 3));
        Small::forget_before(ids, TimePoint::max());
        CHECK(Small::has(ids, 3) == (at == TimePoint::max()));
    }
}
