#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <vector>

#include "simulator.hpp"

namespace harness {

/// The commands of the simulator: what was asked for is found by its CLI::App.
struct SimulatorOptions {
    ExploreOptions explore;
    ProveOptions prove;
    ZooOptions zoo;
    CompareOptions compare;
    ExplainOptions explain;
    PromoteOptions promote;
};

struct SimulatorCommand {
    CLI::App* app = nullptr;
    std::function<Exit()> run;
};

std::vector<SimulatorCommand> add_simulator(CLI::App& app, SimulatorOptions& options);

}  // namespace harness
