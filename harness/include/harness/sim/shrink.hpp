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

/// Makes a tape smaller as long as the schedule that it draws fails the same way. Fewer incidents
/// count first, then a shorter tape, then lower numbers. It removes blocks, also together with a
/// lower count before them, lowers numbers, one or two at once, and trades incidents for another
/// frame. Deterministic; no tape is played twice. `fails` is called with schedules only; the first
/// one must fail.
Shrunk shrink(const Tape& tape, const Menu& menu,
              const std::function<bool(const Schedule&)>& fails);

}  // namespace harness::sim
