#pragma once

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace harness {

/// A log on stderr that would rather lose a line than wait for a reader: a test that pipes the
/// mock's stderr and does not read it must not stop the mock.
class PatientLog final : public spdlog::sinks::base_sink<std::mutex> {
   public:
    /// A pipe that is ready takes at least this much without blocking (PIPE_BUF). A longer line is
    /// cut; its end is written all the same.
    static constexpr std::size_t longest = 4096;

    /// `lost` says, in a line without its end, how many lines were not logged.
    explicit PatientLog(std::function<std::string(std::size_t)> lost,
                        int descriptor = STDERR_FILENO)
        : lost_note_(std::move(lost)), descriptor_(descriptor) {}

   private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (lost_ > 0 && try_write(lost_note_(lost_) + "\n")) lost_ = 0;
        if (lost_ > 0 || !try_write({line.data(), line.size()})) ++lost_;
    }

    void flush_() override {}

    bool try_write(std::string_view line) {
        pollfd entry{.fd = descriptor_, .events = POLLOUT, .revents = 0};
        if (poll(&entry, 1, 0) <= 0 || (entry.revents & POLLOUT) == 0) return false;
        if (line.size() <= longest) return write(descriptor_, line.data(), line.size()) > 0;
        const std::string start = std::string(line.substr(0, longest - 1)) + "\n";
        return write(descriptor_, start.data(), start.size()) > 0;
    }

    std::function<std::string(std::size_t)> lost_note_;
    int descriptor_;
    std::size_t lost_ = 0;
};

}  // namespace harness
