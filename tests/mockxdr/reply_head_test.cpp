#include "reply_head.hpp"

#include "print.hpp"

using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const std::string date = "Date: Mon, 01 Jan 2024 12:00:00 GMT\r\n";

}  // namespace

TEST_CASE("a head has the status, what the body is, and the date", "[reply_head]") {
    CHECK(reply_head({.status = 200, .date = noon}, {.length = 5}) ==
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n" + date +
              "\r\n");
    CHECK(reply_head({.status = 299, .content_type = "", .date = noon}, {}) ==
          "HTTP/1.1 299 \r\nContent-Length: 0\r\n" + date + "\r\n");
}

TEST_CASE("a head says how the body travels and what becomes of the connection", "[reply_head]") {
    const HttpReply reply{.status = 429, .content_type = "", .date = noon};
    const std::string begin = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 1\r\n" + date;
    CHECK(reply_head(reply, {.length = 1, .gzip = true, .closes = true}) ==
          begin + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n");
    CHECK(reply_head(reply, {.length = 1, .names_keep_alive = true}) ==
          begin + "Connection: keep-alive\r\n\r\n");
    CHECK(reply_head(reply, {.length = 1, .closes = true, .names_keep_alive = true}) ==
          begin + "Connection: close\r\n\r\n");
}

TEST_CASE("headers of a reply come after ours, or in their place", "[reply_head]") {
    const HttpReply reply{.status = 503,
                          .headers = {{"Retry-After", "7"},
                                      {"content-type", "text/html"},
                                      {"date", "today"},
                                      {"Content-Length", "99"},
                                      {"Connection", "upgrade"}},
                          .date = noon};
    CHECK(reply_head(reply, {.length = 2}) ==
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\nRetry-After: 7\r\n"
          "content-type: text/html\r\ndate: today\r\n\r\n");
}

TEST_CASE("a line end in a header does not begin another", "[reply_head]") {
    const HttpReply reply{.content_type = "a\r\nb", .headers = {{"x\n", "1\r\n2"}}, .date = noon};
    CHECK(reply_head(reply, {}) ==
          "HTTP/1.1 200 OK\r\nContent-Type: a  b\r\nContent-Length: 0\r\n" + date +
              "x : 1  2\r\n\r\n");
}

TEST_CASE("a reply that has no body has no length", "[reply_head]") {
    for (const int status : {100, 204, 304}) {
        CHECK_FALSE(has_body(status));
        const HttpReply reply{.status = status, .date = noon};
        CHECK(reply_head(reply, {}).find("Content-Length") == std::string::npos);
    }
    CHECK(has_body(200));
    CHECK(has_body(500));
}
