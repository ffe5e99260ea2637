#pragma once

#include <string>

#include "mockxdr/scenario.hpp"

namespace harness {

/// A scenario as the text of a file, one line for each incident and fault. Reading it gives the
/// scenario back. Writes what schedules of the simulator and promoted files hold: see
/// docs/simulator.md; other parts of a scenario are left out. Throws xdr::Error for a reply of
/// another kind than those have.
std::string scenario_text(const mockxdr::Scenario& scenario);

}  // namespace harness
