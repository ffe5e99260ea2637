#include <iostream>

#include "commands.hpp"
#include "files.hpp"
#include "xdr/error.hpp"

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
    for (const std::string& path : options.paths) {
        // One path that is wrong hides nothing of the others.
        try {
            for (const std::string& file : scenario_files({path}))
                valid = check(file, options) && valid;
        } catch (const xdr::Error& error) {
            if (error.blame() != xdr::Blame::input) throw;
            std::cerr << error.what() << "\n";
            valid = false;
        }
    }
    return valid ? Exit::ok : Exit::usage;
}

}  // namespace harness
