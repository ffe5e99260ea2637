#pragma once

#include <filesystem>
#include <string_view>

#include "fetcher/state.hpp"

namespace fetcher {

/// Reads the last run. A file that does not exist is a first run. Throws xdr::Error for one that
/// cannot be read or is none.
State load_state(const std::filesystem::path& file);

/// Replaces the file in one step, durable when it returns. Throws xdr::Error; then the old file is
/// untouched.
void save_state(const std::filesystem::path& file, const State& state);

/// Keeps every other run off a last run while it lives: two at once would emit the same batch.
/// Locks a file of that name with `.lock` behind it. Throws xdr::Error if another
/// process holds it, or if it cannot be made.
class RunLock {
   public:
    explicit RunLock(const std::filesystem::path& file);
    ~RunLock();
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

   private:
    bool is_named() const;

    std::filesystem::path lock_;
    int number_ = -1;
};

/// Throws xdr::Error if save_state could not write there; leaves nothing behind. Asked before a
/// batch is emitted, so that a read-only folder does not repeat it for ever.
void check_writable(const std::filesystem::path& file);

/// The content of a small text file. Throws xdr::Error.
std::string read_file(const std::filesystem::path& file);

}  // namespace fetcher
