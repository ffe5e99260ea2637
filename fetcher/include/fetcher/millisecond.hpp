#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// Rows of a page, those that the key may not read among them.
template <class Kind>
std::int64_t rows_in(const PageOf<Kind>& page) {
    return static_cast<std::int64_t>(page.rows.size() + page.restricted.size());
}

/// Reads the rows of one millisecond by id, page after page. Each page must hold a row that was
/// read before, so that rows which moved while they were read are noticed: then nothing lies
/// between.
template <class Kind>
class Millisecond {
   public:
    using Page = PageOf<Kind>;
    using Position = MillisecondPositionOf<Kind>;

    explicit Millisecond(std::int64_t page_cap) : page_cap_(page_cap) {}
    Millisecond(const Position& from, std::int64_t page_cap)
        : page_cap_(page_cap), position_(from), read_(from.overlap) {}

    /// First row of the next page.
    std::int64_t offset() const { return position_.offset; }

    /// Whether nothing can lie between what was read and this page.
    bool joins(const Page& page) const {
        // Pages of one row cannot overlap.
        if (position_.offset == 0 || page_cap_ == 1) return true;
        const auto was_read = [&](const auto& id) {
            return std::binary_search(read_.begin(), read_.end(), id);
        };
        return std::any_of(page.restricted.begin(), page.restricted.end(), was_read) ||
               std::any_of(page.rows.begin(), page.rows.end(),
                           [&](const auto& row) { return was_read(row.incident_id); });
    }

    /// Asks for earlier rows: some below were removed, and others may have slipped past.
    void step_back() {
        position_.offset = std::max<std::int64_t>(0, position_.offset - (page_cap_ - 1));
    }

    enum class Progress { more, done };

    /// Goes on behind a page that joined. Once it is done its position means nothing.
    Progress advance(const Page& page) {
        Ids& ids = position_.overlap;
        ids = page.restricted;
        for (const auto& row : page.rows) ids.push_back(row.incident_id);
        std::sort(ids.begin(), ids.end());
        Ids all;
        std::set_union(ids.begin(), ids.end(), read_.begin(), read_.end(), std::back_inserter(all));
        const bool nothing_new = all.size() == read_.size();
        const bool full = rows_in(page) >= page_cap_;
        const std::int64_t end_of_page = position_.offset + rows_in(page);
        if (!full && (nothing_new || page.total_count <= end_of_page)) return Progress::done;
        read_ = std::move(all);
        position_.offset = page_cap_ > 1 ? end_of_page - 1 : end_of_page;
        return Progress::more;
    }

    /// Goes on behind the first `rows` rows of a page that joined; 1 or more.
    void stop_within(const Page& page, std::size_t rows) {
        // Restricted rows may stand anywhere between: then the last row read is a little later, and
        // still on the next page.
        position_.offset += static_cast<std::int64_t>(rows) - 1;
        position_.overlap.clear();
        for (std::size_t i = 0; i < rows; ++i)
            position_.overlap.push_back(page.rows[i].incident_id);
        std::sort(position_.overlap.begin(), position_.overlap.end());
    }

    const Position& position() const { return position_; }

   private:
    using Ids = typename Kind::template List<typename Kind::Id>;

    std::int64_t page_cap_;
    Position position_;
    Ids read_;  ///< ids of all joined pages, sorted
};

}  // namespace fetcher
