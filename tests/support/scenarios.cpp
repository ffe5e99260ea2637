#include "scenarios.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fetcher/policy.hpp"

std::vector<std::string> shipped_scenario_files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(SCENARIO_FOLDER)) {
        const std::string path = entry.path().string();
        if (path.ends_with(".json") && !path.ends_with(".schema.json")) files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

mockxdr::Scenario shipped_scenario(const std::string& file) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return mockxdr::read_scenario(text, file, fetcher::policy_names());
}

mockxdr::Scenario scenario(const std::string& keys) {
    return mockxdr::read_scenario(
        R"({ "title": "a test", "start": "2024-01-01T12:00:00Z", )" + keys + "}", "test.json",
        fetcher::policy_names());
}
