#pragma once

#include <vector>

#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// Rows of a page, those that the key may not read among them.
std::int64_t rows_in(const Page& page);

/// Reads the rows of one millisecond by id, page after page. Each page must hold a row that was
/// read before, so that rows which moved while they were read are noticed: then nothing lies
/// between.
class Millisecond {
   public:
    Millisecond(MillisecondPosition from, std::int64_t page_cap);

    /// First row of the next page.
    std::int64_t offset() const { return position_.offset; }

    /// Whether nothing can lie between what was read and this page.
    bool joins(const Page& page) const;

    /// Asks for earlier rows: some below were removed, and others may have slipped past.
    void step_back();

    enum class Progress { more, done };

    /// Goes on behind a page that joined.
    Progress advance(const Page& page);

    /// Goes on behind the first `rows` rows of a page that joined; 1 or more.
    void stop_within(const Page& page, std::size_t rows);

    const MillisecondPosition& position() const { return position_; }

   private:
    std::int64_t page_cap_;
    MillisecondPosition position_;
    std::vector<IncidentId> read_;  ///< ids of all joined pages, sorted
};

}  // namespace fetcher
