#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "mockxdr/mixed.hpp"

namespace harness::sim {

/// What a choice is about, so that a driver can leave whole kinds of trouble out.
enum class Feature : std::uint8_t {
    plain,  ///< no trouble: sizes, places in time
    burst,
    shift,
    late,
    match,
    unmatch,
    removal,
    touch,
    hidden,
    ahead,
    failure,
    crash,
    restore,
    ties,
    latency,
    skew,
    server_clock,
    change,
    budget,
    count,
    first_fetch,
    move,
    polls,
};
inline constexpr std::size_t features = static_cast<std::size_t>(Feature::polls) + 1;

/// Which mix of trouble a seeded schedule has. Leaving features out finds what others suppress, all
/// at once finds what needs several; the dull ones are the control (swarm testing).
enum class Mix : std::uint8_t { all_on, swarm, bland };

/// Every random decision of a schedule is `choose(n)`, a number below n. This driver draws it from
/// a seed; the same seed draws the same everywhere. `least` says what is worth drawing: it keeps to
/// that where a choice is no trouble, and a tape may say less.
class Seeded {
   public:
    explicit Seeded(std::uint64_t seed, Mix mix) : state_(mockxdr::mixed(seed)) {
        if (mix == Mix::all_on) return;
        const std::uint64_t drawn = mix == Mix::swarm ? next() : 0;
        mask_ = static_cast<std::uint32_t>(drawn) | 1U;
    }

    int choose(int n, Feature feature, int least = 0) {
        // Without branches, which no processor could foresee: where there is nothing to choose, a
        // number is drawn, is no step, and is thrown away.
        const auto index = static_cast<unsigned>(feature);
        const bool several = n > least + 1;
        const bool on = several & (((mask_ >> index) & 1U) != 0);
        const std::uint64_t drawn = next(on);
        const auto low = static_cast<std::uint32_t>(drawn);
        if (feature == Feature::plain) return least + on * below(low, several ? n - least : 1);
        const auto high = static_cast<std::uint32_t>(drawn >> 32U);
        const bool wanted = on & ((high & 0xFFU) < odds[index]);
        return wanted * (1 + below(low, several ? n - 1 : 1)) + !several * least;
    }

   private:
    /// Of 256: how often a choice is not the dull one.
    static constexpr std::array<std::uint8_t, features> odds{255, 130, 110, 110, 60, 110, 46,  60,
                                                             14,  6,   110, 240, 60, 150, 196, 60,
                                                             30,  60,  64,  50,  30, 20,  24};

    static int below(std::uint32_t drawn, int n) {
        return static_cast<int>((std::uint64_t{drawn} * static_cast<std::uint32_t>(n)) >> 32U);
    }

    /// SplitMix64, the state being its counter.
    std::uint64_t next(bool steps = true) {
        state_ += steps * 0x9E3779B97F4A7C15U;
        return mockxdr::mixed(state_);
    }

    std::uint64_t state_;
    std::uint32_t mask_ = std::numeric_limits<std::uint32_t>::max();
};

/// The numbers of a schedule, in the order in which they were chosen.
using Tape = std::vector<std::uint8_t>;

/// Chooses what a tape says: 0 behind its end, and the largest possible where it says more.
class Recorded {
   public:
    explicit Recorded(const Tape& tape) : tape_(tape) {}

    int choose(int n, Feature, int = 0) {
        const int value = at_ < tape_.size() ? tape_[at_] : 0;
        ++at_;
        return value < n ? value : n - 1;
    }

    std::size_t read() const { return at_; }

   private:
    const Tape& tape_;
    std::size_t at_ = 0;
};

/// Writes down what another driver chooses.
template <class Driver>
class Recording {
   public:
    Recording(Driver& driver, Tape& tape) : driver_(driver), tape_(tape) {}

    int choose(int n, Feature feature, int least = 0) {
        const int value = driver_.choose(n, feature, least);
        tape_.push_back(static_cast<std::uint8_t>(value));
        return value;
    }

   private:
    Driver& driver_;
    Tape& tape_;
};

/// Counts through all tapes, the last choice fastest. Begin each pass with `rewind`.
class Odometer {
   public:
    int choose(int n, Feature, int least = 0) {
        if (at_ == digits_.size()) digits_.push_back({least, n});
        return digits_[at_++].value;
    }

    void rewind() { at_ = 0; }

    /// Moves on to the next tape; false after the last one.
    bool advance() {
        while (!digits_.empty()) {
            Digit& last = digits_.back();
            if (++last.value < last.n) return true;
            digits_.pop_back();
        }
        return false;
    }

   private:
    struct Digit {
        int value, n;
    };

    std::vector<Digit> digits_;
    std::size_t at_ = 0;
};

}  // namespace harness::sim
