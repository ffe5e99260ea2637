#pragma once

#include <filesystem>
#include <string>

namespace fetcher {

/// What a lock protects, and what it tells a process that finds it taken.
struct LockLabel {
    std::string thing = "last run";  ///< for messages
    std::string command{};           ///< what the holder does, such as `watch`; empty: not recorded
};

/// Keeps every other run off a last run or a store while it lives: two at once would emit the same
/// batch. Locks a file of that name with `.lock` behind it, and records there who holds it. Throws
/// xdr::Error if another process holds it, saying which, or if it cannot be made.
class RunLock {
   public:
    explicit RunLock(const std::filesystem::path& file, const LockLabel& label = {});
    ~RunLock();
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

   private:
    bool is_named() const;
    std::string holder() const;

    std::filesystem::path lock_;
    int number_ = -1;
};

}  // namespace fetcher
