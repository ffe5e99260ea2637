#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
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

fs::path temporary_of(const fs::path& file) { return file.string() + ".new"; }

/// A device or a pipe: nothing to be replaced.
bool is_stream(const std::string& file) {
    std::error_code failed;
    const fs::file_status status = fs::status(file, failed);
    return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

/// The stream of this process that a file such as /dev/stdout is, whatever stands behind it;
/// nullptr if it is none.
std::ostream* own_stream(const std::string& file) {
    struct stat named {};
    if (stat(file.c_str(), &named) != 0) return nullptr;
    const auto is_same = [&](int number) {
        struct stat open {};
        return fstat(number, &open) == 0 && open.st_dev == named.st_dev &&
               open.st_ino == named.st_ino;
    };
    if (is_same(STDOUT_FILENO)) return &std::cout;
    return is_same(STDERR_FILENO) ? &std::cerr : nullptr;
}

/// A pipe that nobody reads is an error, and no reason to wait.
void write_into(const std::string& stream, std::string_view text) {
    const int number = open(stream.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (number < 0) refuse_to_write(stream, errno);
    fcntl(number, F_SETFL, 0);
    int why = 0;
    while (!text.empty() && why == 0) {
        const ssize_t written = write(number, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            why = errno;
    }
    close(number);
    if (why != 0) refuse_to_write(stream, why);
}

/// Writes a temporary file and does with it what `act` says, which returns 0 if that went well. If
/// not, nothing is left, and the error is one of the file that was `named`.
template <class Act>
void with_temporary(const fs::path& temporary, const std::string& text, const std::string& named,
                    Act act) {
    std::ofstream out(temporary, std::ios::binary);
    out << text;
    out.close();
    if (out && act() == 0) return;
    const int why = errno;
    std::remove(temporary.c_str());
    refuse_to_write(named, why);
}

void try_to_create(const fs::path& temporary, const std::string& named) {
    with_temporary(temporary, "", named, [&] { return std::remove(temporary.c_str()); });
}

void replace(const fs::path& file, const std::string& text, const std::string& named) {
    const fs::path temporary = temporary_of(file);
    with_temporary(temporary, text, named,
                   [&] { return std::rename(temporary.c_str(), file.c_str()); });
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
    if (own_stream(file)) return;
    if (!is_stream(file)) return try_to_create(temporary_of(fetcher::resolved(file, file)), file);
    // Not opened: whoever reads a pipe would take it for the end.
    if (access(file.c_str(), W_OK) != 0) refuse_to_write(file, errno);
}

void check_folder(const std::string& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    const std::string inside = (fs::path(folder) / "").string();
    try_to_create(temporary_of(inside), inside);
}

fs::path write_file(const std::string& file, const std::string& text) {
    if (std::ostream* own = own_stream(file)) {
        *own << text << std::flush;
        return {};
    }
    if (is_stream(file)) {
        write_into(file, text);
        return {};
    }
    fs::path target = fetcher::resolved(file, file);
    replace(target, text, file);
    return target;
}

}  // namespace harness
