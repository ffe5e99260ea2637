#pragma once

#include <optional>
#include <string_view>

#include "xdr/time.hpp"

namespace fetcher {

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the form that servers must send; nullopt for any other
/// and for a date that does not exist. The day's name is not compared with the date.
/// Source: RFC 9110, section 5.6.7.
std::optional<xdr::TimePoint> read_http_date(std::string_view text);

}  // namespace fetcher
