#pragma once

#include <optional>
#include <string_view>

#include "xdr/time.hpp"

namespace xdr {

/// Reads the texts that the `first_fetch` parameter accepts, case and outer blanks ignored:
/// `3 days`, `12 hours ago`, `1 hour 30 minutes`, `1.5 hours`, `3d`, `a day`, `three days` (all
/// before `now`; months and years by the calendar with the day clamped), `in 3 days`, `now`,
/// `today`, `yesterday`, an ISO 8601 date or time, and 10, 13 or 16 digits (epoch s, ms, us; a
/// fraction after a point is ignored). Nothing else: nullopt.
/// Source: CommonServerPython, look-back methods.
std::optional<ReadTime> read_date_text(std::string_view text, TimePoint now);

}  // namespace xdr
