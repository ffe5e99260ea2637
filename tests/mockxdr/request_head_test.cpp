#include "request_head.hpp"

#include "print.hpp"

using namespace mockxdr;

namespace {

std::string rewritten(const std::string& lines) { return rewritten_head(lines + "\r\n\r\n"); }

}  // namespace

TEST_CASE("a head ends with its first empty line", "[request_head]") {
    CHECK_FALSE(head_size("GET / HTTP/1.1\r\nHost: x\r\n"));
    CHECK(head_size("GET / HTTP/1.1\r\n\r\nbody\r\n\r\n") == 18);
}

TEST_CASE("a body is JSON of a known length", "[request_head]") {
    CHECK(rewritten("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                    "content-type: multipart/form-data") ==
          "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
          "Content-Type: application/json\r\n\r\n");
    CHECK(rewritten("POST /x HTTP/1.1\r\nHost: x") ==
          "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
          "Content-Type: application/json\r\n\r\n");
    CHECK(rewritten("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked") ==
          "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
          "Content-Type: application/json\r\n\r\n");
}

TEST_CASE("a length that is none, and a body nobody reads, close the connection",
          "[request_head]") {
    for (const std::string length : {"-5", "x", "", "9999999999999999"})
        CHECK(rewritten("POST /x HTTP/1.1\r\nContent-Length: " + length) ==
              "POST /x HTTP/1.1\r\nContent-Length: 0\r\nContent-Type: application/json\r\n"
              "Connection: close\r\n\r\n");
    CHECK(rewritten("GET /x HTTP/1.1\r\nConnection: keep-alive\r\nContent-Length: 5") ==
          "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(rewritten("GET /x HTTP/1.1\r\nConnection: keep-alive") ==
          "GET /x HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
    CHECK(rewritten("GET /x HTTP/1.1\r\nContent-Length: 0") == "GET /x HTTP/1.1\r\n\r\n");
}

TEST_CASE("what httplib would do on its own is not asked of it", "[request_head]") {
    CHECK(rewritten("GET /x HTTP/1.1\r\nRange: bytes=0-1\r\nAccept-Encoding: br, GZIP;q=1") ==
          "GET /x HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n");
    CHECK(rewritten("GET /x HTTP/1.1\r\naccept-encoding: br") == "GET /x HTTP/1.1\r\n\r\n");
}

TEST_CASE("lines that are no headers are left to httplib", "[request_head]") {
    CHECK(rewritten("nonsense\r\nmore") == "nonsense\r\nmore\r\n\r\n");
}
