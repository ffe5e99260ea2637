#include "millisecond.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fetcher {

namespace {

std::vector<IncidentId> ids_in(const Page& page) {
    std::vector<IncidentId> ids = page.restricted;
    for (const Row& row : page.rows) ids.push_back(row.incident_id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

}  // namespace

std::int64_t rows_in(const Page& page) {
    return static_cast<std::int64_t>(page.rows.size() + page.restricted.size());
}

Millisecond::Millisecond(MillisecondPosition from, std::int64_t page_cap)
    : page_cap_(page_cap), position_(std::move(from)), read_(position_.overlap) {}

bool Millisecond::joins(const Page& page) const {
    // Pages of one row cannot overlap.
    if (position_.offset == 0 || page_cap_ == 1) return true;
    const auto was_read = [&](const IncidentId& id) {
        return std::binary_search(read_.begin(), read_.end(), id);
    };
    return std::any_of(page.restricted.begin(), page.restricted.end(), was_read) ||
           std::any_of(page.rows.begin(), page.rows.end(),
                       [&](const Row& row) { return was_read(row.incident_id); });
}

void Millisecond::step_back() {
    position_.offset = std::max<std::int64_t>(0, position_.offset - (page_cap_ - 1));
}

Millisecond::Progress Millisecond::advance(const Page& page) {
    std::vector<IncidentId> ids = ids_in(page);
    std::vector<IncidentId> all;
    std::set_union(ids.begin(), ids.end(), read_.begin(), read_.end(), std::back_inserter(all));
    const bool nothing_new = all.size() == read_.size();
    const bool full = rows_in(page) >= page_cap_;
    const std::int64_t end_of_page = position_.offset + rows_in(page);
    if (!full && (nothing_new || page.total_count <= end_of_page)) return Progress::done;
    read_ = std::move(all);
    position_.overlap = std::move(ids);
    position_.offset = page_cap_ > 1 ? end_of_page - 1 : end_of_page;
    return Progress::more;
}

void Millisecond::stop_within(const Page& page, std::size_t rows) {
    // Restricted rows may stand anywhere between: then the last row read is a little later, and
    // still on the next page.
    position_.offset += static_cast<std::int64_t>(rows) - 1;
    position_.overlap.clear();
    for (std::size_t i = 0; i < rows; ++i) position_.overlap.push_back(page.rows[i].incident_id);
    std::sort(position_.overlap.begin(), position_.overlap.end());
}

}  // namespace fetcher
