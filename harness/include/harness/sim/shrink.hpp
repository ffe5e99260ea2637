#pragma once

#include <cstdint>
#include <functional>

#include "harness/sim/choices.hpp"
#include "harness/sim/draw.hpp"

namespace harness::sim {

/// A tape made smaller, and what it took.
struct Shrunk {
    Tape tape;
    Schedule schedule;
    std::uint64_t tries = 0;
};

/// Makes a tape smaller as long as the schedule that it draws fails the same way: removes blocks,
/// also together with a lower count before them, lowers numbers, and moves two at once.
/// Deterministic. `fails` is called with schedules only; the first one must fail.
Shrunk shrink(const Tape& tape, const Menu& menu,
              const std::function<bool(const Schedule&)>& fails);

}  // namespace harness::sim
