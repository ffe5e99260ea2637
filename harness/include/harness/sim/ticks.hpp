#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "xdr/time.hpp"

namespace harness::sim {

using xdr::Millis;
using xdr::TimePoint;

/// Milliseconds since 1970, server's time.
using Ms = std::int64_t;

/// When a schedule starts: 2024-01-01T12:00:00Z.
inline constexpr Ms start_ms = 1'704'110'400'000;

/// Milliseconds since the start, as small as they can be: many are compared at once.
using Tick = std::int32_t;
inline constexpr Tick last_tick = (1 << 30) - 1, first_tick = -last_tick;  ///< twelve days

/// What is further away than that counts as the furthest: bounds of requests may be anywhere, and
/// what happens must not (`happens_within`).
inline Tick tick_of(Ms at) {
    constexpr Ms least = start_ms + first_tick, most = start_ms + last_tick;
    return static_cast<Tick>(std::clamp(at, least, most) - start_ms);
}
inline Tick tick_of(TimePoint at) { return tick_of(at.time_since_epoch().count()); }

/// Whether a moment can be told from the first and the last tick.
inline bool happens_within(Ms at) {
    return start_ms + first_tick < at && at < start_ms + last_tick;
}

/// Four ticks side by side, as compilers compare them in one instruction, each with a tick or with
/// its own of four others: all bits of those for which it holds, none of the others.
using FourTicks [[gnu::vector_size(16)]] = Tick;

/// N ticks, by fours.
template <std::size_t N>
struct Ticks {
    static_assert(N % 4 == 0);
    static constexpr std::size_t fours = N / 4;

    std::array<FourTicks, fours> four;

    void fill(Tick tick) { four.fill(FourTicks{tick, tick, tick, tick}); }
    void set(std::size_t place, Tick tick) { four[place / 4][place % 4] = tick; }
    Tick operator[](std::size_t place) const { return four[place / 4][place % 4]; }
};

// Whether a tick is one of the `length` ticks from `first` on takes one comparison:
// `lowered(length) > minus(tick, lowered(first))`. A difference of ticks is a number without a sign
// here, so that what is before `first` is further ahead of it than any length; such numbers,
// lowered by half of them all, are compared as ticks are.

using FourWords [[gnu::vector_size(16)]] = std::uint32_t;
/// By 2^31, around the end of all numbers.
inline Tick lowered(Tick tick) {
    return static_cast<Tick>(static_cast<std::uint32_t>(tick) ^ 1U << 31);
}
/// Four times the same.
inline FourTicks four_of(Tick tick) { return FourTicks{tick, tick, tick, tick}; }
/// Around the end of all numbers.
inline FourTicks minus(FourTicks a, FourTicks b) {
    return reinterpret_cast<FourTicks>(reinterpret_cast<FourWords>(a) -
                                       reinterpret_cast<FourWords>(b));
}

/// Places of ticks, a bit each, and how many they are.
struct PlacesFound {
    unsigned places, count;
};

/// The places of 4 * `fours` ticks for which `holds(number of a four)` does. Without branches,
/// which no processor could foresee.
template <std::size_t fours, class Holds>
PlacesFound places_where(Holds holds) {
    static_assert(4 * fours <= 16);
    constexpr Tick one = 1 << 16;  // counted above the bits
    FourTicks sums{};
    for (std::size_t i = 0; i < fours; ++i) {
        const Tick first = Tick{1} << (4 * i);
        sums +=
            holds(i) & FourTicks{one + first, one + 2 * first, one + 4 * first, one + 8 * first};
    }
    using Halves [[gnu::vector_size(16)]] = std::uint64_t;
    const auto halves = reinterpret_cast<Halves>(sums);
    const std::uint64_t half = halves[0] + halves[1];
    const auto sum = static_cast<unsigned>(half + (half >> 32));
    return {.places = sum & 0xFFFF, .count = sum >> 16};
}

/// The places of ticks that are more than `tick`.
template <std::size_t N>
unsigned places_above(const Ticks<N>& ticks, Tick tick) {
    return places_where<Ticks<N>::fours>([&](std::size_t i) { return ticks.four[i] > tick; })
        .places;
}

/// The least tick above another, looked for in several lists one after the other.
class LeastAbove {
   public:
    explicit LeastAbove(Tick tick) : tick_(tick) {}

    template <std::size_t N>
    void look_through(const Ticks<N>& ticks) {
        for (const FourTicks& four : ticks.four) {
            const FourTicks better = (four > tick_) & (four < least_);
            least_ = (four & better) | (least_ & ~better);
        }
    }

    /// `last_tick` if none was found.
    Tick found() const { return std::min({least_[0], least_[1], least_[2], least_[3]}); }

   private:
    Tick tick_;
    FourTicks least_{last_tick, last_tick, last_tick, last_tick};
};

}  // namespace harness::sim
