#include "live_clock.hpp"

#include <algorithm>
#include <charconv>

#include "xdr/error.hpp"

namespace harness {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using xdr::Millis;
using xdr::TimePoint;

Speed read_speed(const std::string& text) {
    if (text == "manual") return {.factor = 0};
    if (text == "real") return {.factor = 1};
    std::int64_t factor = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
    if (error != std::errc() || std::string_view(end) != "x" || factor < 1 || factor > 1'000'000)
        throw xdr::Error({.where = "--clock",
                          .what = "'" + text + "' is no clock",
                          .hint = "write manual, real, or how many times as fast, such as 60x"});
    return {.factor = factor};
}

LiveClock::LiveClock(TimePoint start, Speed speed) : start_(start), speed_(speed) {}

TimePoint LiveClock::now() const {
    if (speed_.is_manual()) return start_ + Millis{advanced_ms_.load()};
    const auto passed = std::chrono::duration_cast<microseconds>(steady_clock::now() - began_);
    const microseconds most = std::max(latest - start_, Millis{0});
    if (passed >= most / speed_.factor) return std::max(latest, start_);
    return start_ + std::chrono::duration_cast<Millis>(passed * speed_.factor);
}

milliseconds LiveClock::nap(TimePoint until) const {
    if (speed_.is_manual()) return std::chrono::hours{1};  // or until it is moved
    const Millis left = until - now();
    return std::clamp<milliseconds>(left / speed_.factor + Millis{1}, milliseconds{1},
                                    std::chrono::hours{1});
}

std::shared_ptr<const mockxdr::Signal> LiveClock::jump() const {
    const std::lock_guard lock(mutex_);
    if (!jump_) jump_ = std::make_shared<mockxdr::Signal>();
    return jump_;
}

void LiveClock::tell() {
    const std::lock_guard lock(mutex_);
    if (jump_) jump_->raise();
    jump_.reset();
}

void LiveClock::advance_to(TimePoint time) {
    const std::int64_t wanted = (std::min(time, latest) - start_).count();
    std::int64_t current = advanced_ms_;
    while (wanted > current && !advanced_ms_.compare_exchange_weak(current, wanted)) {
    }
    tell();
}

}  // namespace harness
