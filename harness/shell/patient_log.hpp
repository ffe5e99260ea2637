#pragma once

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <mutex>
#include <string>

namespace harness {

/// A log on stderr that would rather lose a line than wait for a reader: a test that pipes the
/// mock's stderr and does not read it must not stop the mock.
class PatientLog final : public spdlog::sinks::base_sink<std::mutex> {
   private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (lost_ > 0) {
            const std::string note = std::to_string(lost_) + " lines were not logged\n";
            if (try_write(note.data(), note.size())) lost_ = 0;
        }
        if (lost_ > 0 || !try_write(line.data(), line.size())) ++lost_;
    }

    void flush_() override {}

    /// A pipe that is ready takes at least this much without blocking (PIPE_BUF).
    static constexpr std::size_t longest = 4096;

    static bool try_write(const char* data, std::size_t size) {
        pollfd entry{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
        if (poll(&entry, 1, 0) <= 0 || (entry.revents & POLLOUT) == 0) return false;
        return write(STDERR_FILENO, data, size < longest ? size : longest) > 0;
    }

    std::size_t lost_ = 0;
};

}  // namespace harness
