#pragma once

#include "harness/judgement.hpp"
#include "harness/sim/explore.hpp"

namespace harness {

/// The exit code of what a campaign found.
Exit verdict_of(const sim::Summary& summary);

/// Says on stderr what was too rare or too frequent for the campaign to be worth much.
Exit tell_health(const sim::Summary& summary);

}  // namespace harness
