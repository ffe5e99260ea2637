#include "files.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "fetcher/policy.hpp"
#include "file_name.hpp"
#include "state_file.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& path, std::string what, std::string hint,
                         xdr::Blame blame = xdr::Blame::input) {
    throw xdr::Error({.where = path, .what = std::move(what), .hint = std::move(hint)}, blame);
}

[[noreturn]] void refuse_to_write(const std::string& file, int why) {
    refuse(file, std::string("cannot be written: ") + std::strerror(why),
           "check the path, its rights and the free space", xdr::Blame::surroundings);
}

bool is_scenario(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.ends_with(".json") && !name.ends_with(".schema.json");
}

/// A device, a pipe or a socket: nothing to be replaced.
bool is_stream(const fs::path& file) {
    std::error_code failed;
    const fs::file_status status = fs::status(file, failed);
    return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

fs::path temporary_of(const fs::path& file) { return file.string() + ".new"; }

void try_to_create(const fs::path& temporary, const std::string& file) {
    std::ofstream out(temporary, std::ios::binary);
    out.close();
    const int why = errno;
    const bool written = static_cast<bool>(out);
    std::remove(temporary.c_str());
    if (!written) refuse_to_write(file, why);
}

}  // namespace

std::vector<std::string> scenarios_in(const std::string& folder) {
    std::vector<std::string> files;
    try {
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (is_scenario(entry.path()) && entry.is_regular_file())
                files.push_back(entry.path().string());
    } catch (const fs::filesystem_error& error) {
        refuse(folder, "cannot be read: " + error.code().message(),
               "check the folder and its rights");
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<std::string> scenario_files(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::exists(status)) refuse(path, "there is no such file or folder", "check the path");
        if (!fs::is_directory(status)) {
            files.push_back(path);
            continue;
        }
        const auto found = scenarios_in(path);
        if (found.empty()) refuse(path, "there is no scenario in this folder", "expected *.json");
        files.insert(files.end(), found.begin(), found.end());
    }
    return files;
}

std::string read_text_file(const std::string& file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (!fs::exists(status)) refuse(file, "there is no such file or folder", "check the path");
    if (fs::is_directory(status)) refuse(file, "it is a folder", "name a file");
    return fetcher::read_file(file);
}

std::string quoted(const std::string& word) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

mockxdr::Scenario load_scenario(const std::string& file) {
    return mockxdr::read_scenario(read_text_file(file), file, fetcher::policy_names());
}

void check_writable(const std::string& file) {
    if (!is_stream(file)) try_to_create(temporary_of(fetcher::resolved(file, file)), file);
}

void check_folder(const std::string& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    const std::string inside = (fs::path(folder) / "").string();
    try_to_create(temporary_of(inside), inside);
}

fs::path write_file_atomically(const std::string& file, const std::string& text) {
    const bool replaces = !is_stream(file);
    fs::path target = replaces ? fetcher::resolved(file, file) : fs::path(file);
    const fs::path written = replaces ? temporary_of(target) : target;
    std::ofstream out(written, std::ios::binary);
    out << text;
    out.close();
    if (!out || (replaces && std::rename(written.c_str(), target.c_str()) != 0)) {
        const int why = errno;
        if (replaces) std::remove(written.c_str());
        refuse_to_write(file, why);
    }
    return target;
}

}  // namespace harness
