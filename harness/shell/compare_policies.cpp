#include <iostream>

#include "files.hpp"
#include "harness/comparison.hpp"
#include "http_link.hpp"
#include "simulator.hpp"

namespace harness {

Exit compare_policies(const CompareOptions& options) {
    const std::vector<std::string> files = scenario_files(options.paths);
    const Link link = options.over == "http" ? http_link() : direct_link();
    std::vector<ComparedRow> rows;
    for (const std::string& file : files) {
        const mockxdr::Scenario scenario = load_scenario(file);
        for (const std::string& policy : options.policies)
            rows.push_back(compared(file, scenario, find_fetcher(policy), link));
    }
    std::cout << comparison_table(rows);
    return Exit::ok;
}

}  // namespace harness
