/// Times, durations and dates as people and servers write them.
#include <cstdint>
#include <cstdlib>

#include "fetcher/date_format.hpp"
#include "fetcher/http_date.hpp"
#include "xdr/date_text.hpp"
#include "xdr/error.hpp"
#include "xdr/time.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const xdr::TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
    if (const auto read = xdr::read_iso8601(text))
        if (xdr::parse_iso8601(xdr::iso8601(read->time)) != read->time) std::abort();
    xdr::read_date_text(text, noon);
    fetcher::read_http_date(text);
    try {
        const xdr::Millis duration = xdr::parse_duration(text);
        if (xdr::parse_duration(xdr::duration_text(duration)) != duration) std::abort();
    } catch (const xdr::Error&) {
    }
    const std::size_t half = size / 2;
    try {
        fetcher::lookback::parse_time(text.substr(0, half), text.substr(half));
    } catch (const xdr::Error&) {
    }
    return 0;
}
