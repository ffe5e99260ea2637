/// A scenario file: read or refused with its place; what is read can be laid out in time, and what
/// is written of it reads the same.
#include <cstdint>
#include <cstdlib>

#include "harness/scenario_text.hpp"
#include "mockxdr/world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string_view> policies{"complete", "current"};
    try {
        const mockxdr::Scenario scenario = mockxdr::read_scenario(text, "input", policies);
        if (scenario.incidents.size() > 1000) return 0;
        const mockxdr::World world(scenario, scenario.start);
        if (world.incidents().size() != scenario.incidents.size()) std::abort();
    } catch (const mockxdr::ScenarioError& error) {
        for (const xdr::Problem& problem : error.problems())
            if (!problem.where.starts_with("input:") || problem.what.empty()) std::abort();
    }
    return 0;
}
