#pragma once

#include <memory>

#include "mockxdr/select.hpp"

namespace mockxdr {

/// What queries see of a world, kept ready as time passes: orders by time and by id with counts by
/// status, so that a page of a million incidents costs what one of a thousand does. The same
/// answers as `select`, which is written plainly and looks at every incident.
class View {
   public:
    /// The world must outlive the view; it may change.
    View(const World& world, const ServerOptions& options);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    /// As the function of this name. Time never goes back from one call to the next, and
    /// `moment.changes` is not looked at: all that were made count.
    Selection select(const Query& query, const Moment& moment);

    /// Changes whenever what queries see may have changed by `now`.
    std::uint64_t state(TimePoint now);

   private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mockxdr
