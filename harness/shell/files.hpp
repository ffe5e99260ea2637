#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mockxdr/scenario.hpp"

namespace harness {

/// The scenario files that paths name: files as they are, folders searched for *.json (but for
/// *.schema.json), sorted. Throws xdr::Error for a path that does not exist and for a folder
/// without scenarios.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

/// Those in a folder that exists and the folders in it, sorted; may be none. Throws xdr::Error.
std::vector<std::string> scenarios_in(const std::string& folder);

/// Throws xdr::Error.
std::string read_text_file(const std::string& file);

/// A word as a shell has to be told it.
std::string quoted(const std::string& word);

/// Reads a scenario, with the names of our policies known. Throws xdr::Error, a
/// mockxdr::ScenarioError for what is wrong inside.
mockxdr::Scenario load_scenario(const std::string& file);

/// Throws xdr::Error if write_file could not, as far as that can be told: found out
/// before the work whose result it is for.
void check_writable(const std::string& file);

/// The same of files in a folder, which is made.
void check_folder(const std::string& folder);

/// Replaces a file in one step and says which: the one behind the links. A device or a pipe is
/// written to as it is, and so is what this process writes to already; then it names none. Throws
/// xdr::Error.
std::filesystem::path write_file(const std::string& file, const std::string& text);

}  // namespace harness
