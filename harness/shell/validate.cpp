#include <iostream>

#include "commands.hpp"
#include "files.hpp"

namespace harness {

namespace {

bool check(const std::string& file, const ValidateOptions& options) {
    try {
        if (options.print) std::cout << mockxdr::print_scenario(read_text_file(file), file) << "\n";
        load_scenario(file);
        if (!options.print) std::cout << file << ": valid\n";
        return true;
    } catch (const mockxdr::ScenarioError& error) {
        std::cerr << error.what() << "\n";
        return false;
    }
}

}  // namespace

Exit validate(const ValidateOptions& options) {
    bool valid = true;
    for (const std::string& file : scenario_files(options.paths))
        valid = check(file, options) && valid;
    return valid ? Exit::ok : Exit::usage;
}

}  // namespace harness
