#pragma once

#include <string>

#include "xdr/time.hpp"

namespace mockxdr {

/// `Mon, 01 Jan 2024 12:00:00 GMT`, in English whatever the locale; parts of a second are dropped.
/// Source: RFC 9110, section 5.6.7. Years 0 to 9999.
std::string http_date(xdr::TimePoint time);

}  // namespace mockxdr
