#include "state_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what, int error,
                         xdr::Blame blame = xdr::Blame::surroundings) {
    throw xdr::Error({.where = file.string(),
                      .what = what + ": " + std::strerror(error),
                      .hint = "check the path, its rights and the free space"},
                     blame);
}

/// Closes a file descriptor when it goes.
class Descriptor {
   public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }

   private:
    int number_;
};

std::filesystem::path temporary_of(const std::filesystem::path& file) {
    return file.string() + ".new";
}

int open_temporary(const std::filesystem::path& temporary, const std::filesystem::path& file) {
    const int number = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (number < 0) refuse(file, "cannot write the last run", errno);
    return number;
}

void write_all(int file, std::string_view text, const std::filesystem::path& name) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse(name, "cannot write the last run", errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (fsync(file) != 0) refuse(name, "cannot write the last run", errno);
}

/// Makes a rename in the directory durable; not all file systems can.
void sync_directory(const std::filesystem::path& directory) {
    const int number = open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY);
    if (number < 0) return;
    const Descriptor descriptor(number);
    fsync(descriptor.number());
}

/// Of what is no file: a device may never end.
constexpr std::size_t most_bytes = std::size_t{1} << 28U;

}  // namespace

std::string read_file(const std::filesystem::path& file, xdr::Blame unreadable) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        refuse(file, "cannot be read", EISDIR, unreadable);
    std::ifstream in(file, std::ios::binary);
    if (!in) refuse(file, "cannot be read", errno, unreadable);
    const bool ends = std::filesystem::is_regular_file(file, ignored);
    std::string text;
    std::array<char, 65536> piece;
    while (in.read(piece.data(), piece.size()), in.gcount() > 0) {
        text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (!ends && text.size() > most_bytes)
            refuse(file, "cannot be read", EFBIG, xdr::Blame::input);
    }
    if (in.bad()) refuse(file, "cannot be read", errno == 0 ? EIO : errno);
    return text;
}

xdr::Error in_file(const std::filesystem::path& file, const xdr::Error& error) {
    const xdr::Problem& problem = error.problem();
    const std::string at = problem.where.empty() ? "" : " (at " + problem.where + ")";
    return xdr::Error({.where = file.string(), .what = problem.what + at, .hint = problem.hint},
                      error.blame());
}

State load_state(const std::filesystem::path& file, xdr::Blame unreadable) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::not_found) return {};
    if (error) refuse(file, "cannot be read", error.value(), unreadable);
    const std::string text = read_file(file, unreadable);
    try {
        return state_from_json(text);
    } catch (const xdr::Error& wrong) {
        throw in_file(file, wrong);
    }
}

void check_writable(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        refuse(file, "cannot write the last run", EISDIR);
    const std::filesystem::path temporary = temporary_of(file);
    const Descriptor descriptor(open_temporary(temporary, file));
    unlink(temporary.c_str());
}

void save_state(const std::filesystem::path& file, const State& state) {
    replace_file(file, to_json(state) + "\n");
}

void replace_file(const std::filesystem::path& file, std::string_view text) {
    const std::filesystem::path temporary = temporary_of(file);
    {
        const Descriptor descriptor(open_temporary(temporary, file));
        write_all(descriptor.number(), text, file);
    }
    if (std::rename(temporary.c_str(), file.c_str()) != 0)
        refuse(file, "cannot write the last run", errno);
    sync_directory(file.parent_path());
}

}  // namespace fetcher
