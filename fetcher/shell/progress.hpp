#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "runner.hpp"

namespace fetcher {

/// What is shown while incidents are fetched.
struct ProgressTotals {
    std::int64_t incidents = 0;         ///< so far
    std::int64_t expected = 0;          ///< in the end, as the server said; 0: not known
    std::int64_t requests = 0;          ///< so far
    std::optional<TimePoint> newest{};  ///< newest creation time so far
    Millis passed{0};
};

/// One line of at most 100 columns: a bar, incidents, requests, newest time, incidents a second.
std::string progress_line(const ProgressTotals& totals);

/// Rewrites that line on a terminal, ten times a second at most.
class Progress {
   public:
    /// `steady` is a clock that never jumps. `limit` is the most incidents that a run emits.
    Progress(std::ostream& terminal, std::function<Millis()> steady, std::int64_t limit);

    void page(const RunProgress& run);       ///< a page came
    void finished(const RunRecord& record);  ///< a run ended
    void clear();                            ///< the line goes away, for other output

   private:
    std::ostream& terminal_;
    std::function<Millis()> steady_;
    std::int64_t limit_;
    Millis began_, shown_;
    ProgressTotals done_;  ///< of the runs that ended
    bool visible_ = false;
};

}  // namespace fetcher
