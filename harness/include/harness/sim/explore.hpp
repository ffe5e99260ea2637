#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/sim/draw.hpp"
#include "harness/sim/situations.hpp"
#include "harness/sim/subject.hpp"

namespace harness::sim {

/// What to explore: schedule number n of a seed is always the same.
struct Campaign {
    std::uint64_t seed = 1;
    Menu menu = {};

    Schedule schedule(std::uint64_t number) const;

    /// The tape of that schedule.
    Tape tape(std::uint64_t number) const;

    static Mix mix_of(std::uint64_t number);
};

/// The menu that suits a fetcher.
Menu menu_for(const Subject& subject);

/// A schedule in which a fetcher failed.
struct Finding {
    std::uint64_t number = 0;  ///< of the campaign
    Class worst = Class::lost;
    std::string disagreement = {};  ///< of the two oracles, where that is what failed
};

/// Delays from the moment at which queries see an incident to its first emission, in slots.
class Delays {
   public:
    void add(Ms delay) {
        const auto slots = static_cast<std::size_t>((delay + slot.count() - 1) / slot.count());
        ++counts_[std::min(slots, counts_.size() - 1)];
    }
    void add(const Delays& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    }

    std::uint64_t total() const;

    /// The least delay that `percent` of all do not exceed, rounded up to whole slots; `longest`
    /// stands for all that is longer, too.
    Millis quantile(int percent) const;
    static constexpr Millis longest = 63 * slot;

    const std::array<std::uint64_t, 64>& counts() const { return counts_; }
    void set(std::size_t slots, std::uint64_t count) { counts_.at(slots) = count; }

   private:
    std::array<std::uint64_t, 64> counts_{};
};

/// What a stretch of a campaign came to. Adds up.
struct Summary {
    std::uint64_t schedules = 0, runs = 0;
    std::uint64_t incidents = 0, owed = 0;
    std::array<std::uint64_t, 6> classes{};  ///< incidents by Class
    std::uint64_t excused_schedules = 0;     ///< with an incident that came too late to be owed
    std::uint64_t vacuous_schedules = 0;     ///< in which nothing was owed
    std::array<std::uint64_t, situation_count> situations{};
    std::uint64_t failures = 0, disagreements = 0;
    std::optional<Finding> first = {};  ///< the failure of the lowest number
    Delays delays = {};
    std::uint64_t digest = 0;  ///< of all that was shown; the sum of the schedules' own

    void add(const Summary& other);
};

enum class OnFailure { stop, go_on };

/// Plays schedules number `first` to `first + count - 1`.
Summary explore(const Subject& subject, const Campaign& campaign, std::uint64_t first,
                std::uint64_t count, OnFailure on_failure);

/// What one schedule came to.
struct Outcome {
    Ruling ruling;
    std::optional<Class> worst = {};  ///< nothing for a clean one
    std::string disagreement = {};
    std::uint64_t runs = 0, digest = 0;
};
Outcome outcome_of(const Subject& subject, const Schedule& schedule);

/// The worst class of a ruling: lost, duplicated, unexpected, late; nothing if it is clean.
std::optional<Class> worst_of(const Ruling& ruling);

}  // namespace harness::sim
