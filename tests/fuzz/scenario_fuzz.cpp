/// A scenario file: read or refused with its place; what is read can be laid out in time.
#include <cstdint>
#include <cstdlib>

#include "mockxdr/world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // A repeat of a million is right, and slow.
    if (text.find("0000") != std::string_view::npos) return 0;
    const std::vector<std::string_view> policies{"complete", "current"};
    try {
        const mockxdr::Scenario scenario = mockxdr::read_scenario(text, "input", policies);
        const mockxdr::World world(scenario, scenario.start);
        if (world.incidents().size() != scenario.incidents.size()) std::abort();
    } catch (const mockxdr::ScenarioError& error) {
        for (const xdr::Problem& problem : error.problems())
            if (!problem.where.starts_with("input:") || problem.what.empty()) std::abort();
    }
    return 0;
}
