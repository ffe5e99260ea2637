#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace xdr {

using Millis = std::chrono::milliseconds;

/// An instant, UTC, in whole milliseconds, as the API counts them. Never the system's clock: time
/// enters the core as an argument.
using TimePoint = std::chrono::sys_time<Millis>;

/// An instant read from text.
struct ReadTime {
    TimePoint time;
    bool names_zone =
        false;  ///< the text ended in `Z` or an offset; without one it was read as UTC

    friend bool operator==(const ReadTime&, const ReadTime&) = default;
};

/// `2024-01-01T12:00:00Z`, with `.250` after the seconds where there are milliseconds. Years 0000
/// to 9999.
std::string iso8601(TimePoint time);

/// Reads `YYYY-MM-DD`, alone or followed by `T` or a blank, `HH:MM`, and then if wanted `:SS`, a
/// fraction (cut to milliseconds) and `Z`, `+HH:MM` or `+HHMM`. Nothing else, and no impossible
/// date: nullopt.
std::optional<ReadTime> read_iso8601(std::string_view text);

/// `read_iso8601` for a text that must name its zone. Throws xdr::Error, with an empty `where`.
TimePoint parse_iso8601(std::string_view text);

/// The shortest text that parse_duration reads back: `1h30m`, `250ms`, `-10s`, `0s`.
std::string duration_text(Millis duration);

/// Reads `90s`, `15m`, `1h30m`, `2d`, `250ms` and sums of such parts in falling order of unit, each
/// unit once, whole numbers, with a `-` before the whole for a time in the past. At most 1,000
/// years either way. Throws xdr::Error, with an empty `where`.
Millis parse_duration(std::string_view text);

}  // namespace xdr
