#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fetcher/page.hpp"

/// An incident that was created and last modified at one time.
inline fetcher::Row row(const std::string& id, fetcher::TimePoint created) {
    return {.incident_id = fetcher::IncidentId(id),
            .creation_time = created,
            .modification_time = created,
            .description = {},
            .raw_json = {}};
}

/// A page of rows; the total is theirs unless it is given.
inline fetcher::Page page(std::vector<fetcher::Row> rows, std::int64_t total = -1) {
    fetcher::Page out;
    out.total_count = total < 0 ? static_cast<std::int64_t>(rows.size()) : total;
    out.rows = std::move(rows);
    return out;
}
