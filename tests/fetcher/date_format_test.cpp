#include "fetcher/date_format.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "xdr/error.hpp"
#include "xdr/time.hpp"

namespace {

using namespace std::chrono_literals;
using fetcher::lookback::format_time;
using fetcher::lookback::parse_time;
using fetcher::lookback::seconds_format;
using xdr::iso8601;
using xdr::TimePoint;

const TimePoint moment = xdr::parse_iso8601("2024-03-05T06:07:08.250Z");

TEST_CASE("a time is written by every field of a date_format", "[date_format]") {
    CHECK(format_time(moment, "%Y-%m-%dT%H:%M:%S") == "2024-03-05T06:07:08");
    CHECK(format_time(moment, "%d/%m/%Y at %H:%M") == "05/03/2024 at 06:07");
    CHECK(format_time(moment, "%Y-%m-%dT%H:%M:%S.%fZ") == "2024-03-05T06:07:08.250000Z");
    CHECK(format_time(moment, "").empty());
}

TEST_CASE("what a date_format does not name is cut off, not rounded", "[date_format]") {
    CHECK(format_time(moment + 749ms, seconds_format) == "2024-03-05T06:07:08");
    CHECK(format_time(moment + 52min, "%H") == "06");
    CHECK(format_time(TimePoint{-1ms}, seconds_format) == "1969-12-31T23:59:59");
}

TEST_CASE("a text is read by the date_format it was written by", "[date_format]") {
    CHECK(iso8601(parse_time("2024-03-05T06:07:08", seconds_format)) == "2024-03-05T06:07:08Z");
    CHECK(iso8601(parse_time("05/03/2024", "%d/%m/%Y")) == "2024-03-05T00:00:00Z");
    CHECK(iso8601(parse_time("20240305060708", "%Y%m%d%H%M%S")) == "2024-03-05T06:07:08Z");
    CHECK(iso8601(parse_time("06:07", "%H:%M")) == "1900-01-01T06:07:00Z");
}

TEST_CASE("a fraction of one to six digits counts from its first digit", "[date_format]") {
    CHECK(parse_time("08.25", "%S.%f") == parse_time("08.250000", "%S.%f"));
    CHECK(parse_time("08.2", "%S.%f") == parse_time("08", "%S") + 200ms);
    CHECK(parse_time("08.007Z", "%S.%fZ") == parse_time("08", "%S") + 7ms);
}

TEST_CASE("a text that does not match its date_format is refused", "[date_format]") {
    const std::string text =
        GENERATE("", "2024-03-05", "2024-03-05T06:07:08Z", "2024-03-05T06:07:08.250",
                 "2024-03-05 06:07:08", "2024-3-05T06:07:08", "2024-02-30T06:07:08",
                 "2024-13-05T06:07:08", "0000-03-05T06:07:08", "2024-03-05T24:07:08",
                 "2024-03-05T06:60:08", "2024-03-05T06:07:60", "-024-03-05T06:07:08", "garbage");
    CAPTURE(text);
    CHECK_THROWS_AS(parse_time(text, seconds_format), xdr::Error);
}

TEST_CASE("a fraction that a millisecond cannot hold is refused", "[date_format]") {
    CHECK_THROWS_AS(parse_time("08.000500", "%S.%f"), xdr::Error);
    CHECK_THROWS_AS(parse_time("08.0000000", "%S.%f"), xdr::Error);
    CHECK_THROWS_AS(parse_time("08.", "%S.%f"), xdr::Error);
}

TEST_CASE("a date_format of other fields is refused in both directions", "[date_format]") {
    const std::string date_format = GENERATE("%y", "%z", "%%", "%Y%", "%s", "%Y-%m-%Y");
    CAPTURE(date_format);
    CHECK_THROWS_AS(format_time(moment, date_format), xdr::Error);
    CHECK_THROWS_AS(parse_time("2024", date_format), xdr::Error);
}

TEST_CASE("a year that four digits cannot hold is refused", "[date_format]") {
    const TimePoint last = xdr::parse_iso8601("9999-12-31T23:59:59.999Z");
    CHECK(format_time(last, "%Y") == "9999");
    CHECK_THROWS_AS(format_time(last + 1ms, "%Y"), xdr::Error);
    CHECK(format_time(xdr::parse_iso8601("0001-01-01T00:00:00Z"), "%Y") == "0001");
    CHECK_THROWS_AS(format_time(xdr::parse_iso8601("0000-12-31T00:00:00Z"), "%Y"), xdr::Error);
}

TEST_CASE("the error of a text names the text and the date_format", "[date_format]") {
    CHECK_THROWS_WITH(parse_time("garbage", "%Y"),
                      Catch::StartsWith("expected a time like '%Y', got 'garbage'"));
}

}  // namespace
