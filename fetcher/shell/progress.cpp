#include "progress.hpp"

#include <algorithm>
#include <limits>
#include <ostream>

#include "output.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

constexpr Millis pause{100};
constexpr std::int64_t bar_width = 20;

std::string bar(const ProgressTotals& totals) {
    if (totals.expected <= 0) return "";
    const std::int64_t shown = std::min(totals.incidents, totals.expected);
    const auto full = static_cast<std::size_t>(shown * bar_width / totals.expected);
    const std::string percent = std::to_string(shown * 100 / totals.expected);
    return "[" + std::string(full, '#') + std::string(bar_width - full, '.') + "] " +
           std::string(3 - percent.size(), ' ') + percent + "%  ";
}

/// 0 for what a server that counts no further says.
std::int64_t expected(std::int64_t done, std::int64_t remaining) {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() - done;
    return remaining > 0 && remaining <= most ? done + remaining : 0;
}

}  // namespace

std::string progress_line(const ProgressTotals& totals) {
    std::string line = bar(totals) + xdr::counted(totals.incidents, "incident") + "  " +
                       xdr::counted(totals.requests, "request");
    if (totals.newest) line += "  " + xdr::iso8601(*totals.newest);
    if (totals.passed > Millis{0})
        line += "  " + std::to_string(totals.incidents * 1000 / totals.passed.count()) + "/s";
    return line.substr(0, 100);
}

Progress::Progress(std::ostream& terminal, std::function<Millis()> steady, std::int64_t limit)
    : terminal_(terminal),
      steady_(std::move(steady)),
      limit_(limit),
      began_(steady_()),
      shown_(began_ - pause) {}

void Progress::page(const RunProgress& run) {
    const Millis now = steady_();
    if (now - shown_ < pause) return;
    shown_ = now;
    ProgressTotals totals = done_;
    totals.incidents += std::min(run.read, limit_);
    totals.expected = expected(done_.incidents, run.remaining);
    totals.requests += run.requests;
    totals.newest = run.newest;
    totals.passed = now - began_;
    terminal_ << "\r" << progress_line(totals) << "\x1b[K" << std::flush;
    visible_ = true;
}

void Progress::finished(const RunRecord& record) {
    done_.incidents += static_cast<std::int64_t>(record.emitted.size());
    done_.requests += record.requests;
}

void Progress::clear() {
    if (visible_) terminal_ << "\r\x1b[K" << std::flush;
    visible_ = false;
}

}  // namespace fetcher
