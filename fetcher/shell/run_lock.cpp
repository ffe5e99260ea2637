#include "run_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "xdr/error.hpp"

namespace fetcher {

namespace {

/// Best effort: the lock holds without it.
void record_holder(int file, const std::string& command) {
    const std::string text = std::to_string(getpid()) + " " + command + "\n";
    if (ftruncate(file, 0) != 0 || pwrite(file, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& file, const LockLabel& label)
    : lock_(file.string() + ".lock") {
    do {
        if (number_ >= 0) close(number_);
        number_ = open(lock_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (number_ < 0)
            throw xdr::Error(
                {.where = file.string(),
                 .what = "cannot write the " + label.thing + ": " + std::strerror(errno),
                 .hint = "check the path, its rights and the free space"},
                xdr::Blame::surroundings);
        if (flock(number_, LOCK_EX | LOCK_NB) == 0) continue;
        const std::string found = holder();
        close(number_);
        throw xdr::Error({.where = file.string(),
                          .what = found.empty() ? "another run is using this " + label.thing
                                                : found + " holds this " + label.thing,
                          .hint = "wait until it has ended"},
                         xdr::Blame::surroundings);
    } while (!is_named());
    if (!label.command.empty()) record_holder(number_, label.command);
}

/// Whether the file that we locked is still the one of that name: its last owner may have removed
/// it between our opening and our locking it.
bool RunLock::is_named() const {
    struct stat ours {
    }, named{};
    return fstat(number_, &ours) == 0 && stat(lock_.c_str(), &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

/// `process 1234 (watch)` from the record; empty if there is none.
std::string RunLock::holder() const {
    std::array<char, 200> bytes{};
    const ssize_t size = pread(number_, bytes.data(), bytes.size(), 0);
    if (size <= 0) return {};
    const std::string record(bytes.data(), static_cast<std::size_t>(size));
    const std::size_t blank = record.find(' '), end = record.find('\n');
    if (blank == std::string::npos || end == std::string::npos || end < blank) return {};
    return "process " + record.substr(0, blank) + " (" + record.substr(blank + 1, end - blank - 1) +
           ")";
}

RunLock::~RunLock() {
    unlink(lock_.c_str());
    close(number_);
}

}  // namespace fetcher
