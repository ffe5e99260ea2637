#pragma once

#include <string>
#include <string_view>

#include "xdr/time.hpp"

namespace fetcher::lookback {

/// The default of the date_format parameter: whole seconds, no zone.
inline constexpr std::string_view seconds_format = "%Y-%m-%dT%H:%M:%S";

/// Writes a time (UTC) by a pattern of `%Y %m %d %H %M %S %f`, each at most once, and characters
/// that stand for themselves. What the pattern does not name is cut off, never rounded; `%f` has
/// six digits. Throws xdr::Error for any other pattern and for a year outside 0001 to 9999.
/// Source: CommonServerPython, look-back methods (parameter date_format).
std::string format_time(xdr::TimePoint time, std::string_view date_format);

/// Reads the whole of a text by such a pattern: four digits for `%Y`, one to six for `%f`, two for
/// the others. What the pattern does not name is taken from 1900-01-01 00:00:00. Throws xdr::Error
/// for any other pattern, a text that does not match it, an impossible date or time, and a
/// fraction finer than milliseconds, which a TimePoint cannot hold.
xdr::TimePoint parse_time(std::string_view text, std::string_view date_format);

}  // namespace fetcher::lookback
