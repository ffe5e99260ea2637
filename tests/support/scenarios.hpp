#pragma once

#include <string>
#include <vector>

#include "mockxdr/scenario.hpp"

/// The scenario files that the project ships, sorted by path.
std::vector<std::string> shipped_scenario_files();

mockxdr::Scenario shipped_scenario(const std::string& file);

/// Reads a scenario from text, with the usual head: give the keys after `start`.
mockxdr::Scenario scenario(const std::string& keys);
