#include "mockxdr/http_date.hpp"

#include "print.hpp"

using namespace std::chrono_literals;

TEST_CASE("a time is written as HTTP wants it", "[http_date]") {
    const auto written = [](const char* time) {
        return mockxdr::http_date(xdr::parse_iso8601(time));
    };
    CHECK(written("2024-01-01T12:00:00Z") == "Mon, 01 Jan 2024 12:00:00 GMT");
    CHECK(written("2024-02-29T23:59:59.999Z") == "Thu, 29 Feb 2024 23:59:59 GMT");
    CHECK(written("1994-11-06T08:49:37Z") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(written("9000-12-31T00:00:00Z") == "Wed, 31 Dec 9000 00:00:00 GMT");
    CHECK(mockxdr::http_date(xdr::TimePoint{-1ms}) == "Wed, 31 Dec 1969 23:59:59 GMT");
}
