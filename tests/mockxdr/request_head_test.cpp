#include "request_head.hpp"

#include "print.hpp"

using namespace mockxdr;

namespace {

std::optional<RequestHead> read(const std::string& lines) {
    return read_request_head(lines + "\r\n\r\n");
}

RequestHead sound(const std::string& lines) {
    const auto head = read(lines);
    REQUIRE(head);
    return *head;
}

std::string path_of(const std::string& target) {
    return sound("GET " + target + " HTTP/1.1").request.path;
}

}  // namespace

TEST_CASE("a head ends with its first empty line", "[request_head]") {
    CHECK_FALSE(head_size("GET / HTTP/1.1\r\nHost: x\r\n"));
    CHECK(head_size("GET / HTTP/1.1\r\n\r\nbody\r\n\r\n") == 18);
}

TEST_CASE("a request line holds a method, a target and a version", "[request_head]") {
    CHECK(sound("DELETE /x HTTP/1.1").request.method == "DELETE");
    CHECK_FALSE(sound("GET / HTTP/1.1").is_http_1_0);
    CHECK(sound("GET / HTTP/1.0").is_http_1_0);
    for (const std::string line :
         {"nonsense", "GET /", "GET / HTTP/2.0", "GET  HTTP/1.1", "GET / x HTTP/1.1",
          "G{T / HTTP/1.1", " / HTTP/1.1", "GET / http/1.1"})
        CHECK_FALSE(read(line));
}

TEST_CASE("a path is decoded and ends at its question mark", "[request_head]") {
    CHECK(path_of("/a/b?c") == "/a/b");
    CHECK(path_of("/a%0ab%2B+c%e4") == "/a\nb++c\xe4");
    CHECK(path_of("/100%&%zz%2") == "/100%&%zz%2");
    CHECK(path_of("http://host:1/a?b") == "/a");
    CHECK(path_of("http://host") == "/");
    CHECK(path_of("/to?url=http://host/") == "/to");
}

TEST_CASE("parameters are decoded and keep their order", "[request_head]") {
    const auto parameters = [](const std::string& query) {
        return sound("GET /x?" + query + " HTTP/1.1").request.parameters;
    };
    CHECK(parameters("b=1&a=2&b=3") == Headers{{"b", "1"}, {"a", "2"}, {"b", "3"}});
    CHECK(parameters("a+b=c+d%26%3D&e") == Headers{{"a b", "c d&="}, {"e", ""}});
    CHECK(parameters("a=b=c?d") == Headers{{"a", "b=c?d"}});
    CHECK(parameters("&&").empty());
}

TEST_CASE("credentials are headers in any case", "[request_head]") {
    const Credentials found = sound(
                                  "POST /x HTTP/1.1\r\nauthorization: \t key \r\n"
                                  "X-XDR-AUTH-ID:1\r\nx-xdr-nonce: n\r\nx-xdr-timestamp: 5")
                                  .request.credentials;
    CHECK(found.authorization == "key");
    CHECK(found.auth_id == "1");
    CHECK(found.nonce == "n");
    CHECK(found.timestamp == "5");
}

TEST_CASE("a head says where its body ends, or is refused", "[request_head]") {
    const std::string post = "POST /x HTTP/1.1\r\n";
    CHECK(sound(post + "Content-Length: 5").length == 5);
    CHECK(sound(post + "Content-Length: 5\r\nContent-Length: 5").length == 5);
    CHECK(sound(post + "Host: x").length == 0);
    CHECK(sound(post + "transfer-encoding: Chunked").chunked);
    for (const std::string length : {"-5", "x", "", "5, 5", "9999999999999999"})
        CHECK_FALSE(read(post + "Content-Length: " + length));
    CHECK_FALSE(read(post + "Content-Length: 5\r\nContent-Length: 6"));
    CHECK_FALSE(read(post + "Transfer-Encoding: gzip, chunked"));
}

TEST_CASE("a length beside chunks counts for nothing and ends the connection", "[request_head]") {
    const RequestHead head =
        sound("POST /x HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked");
    CHECK(head.chunked);
    CHECK(head.length == 0);
    CHECK_FALSE(head.keeps_open);
}

TEST_CASE("a connection stays open as the versions of HTTP say", "[request_head]") {
    CHECK(sound("GET / HTTP/1.1").keeps_open);
    CHECK_FALSE(sound("GET / HTTP/1.1\r\nConnection: Close").keeps_open);
    CHECK_FALSE(sound("GET / HTTP/1.1\r\nConnection: TE, close").keeps_open);
    CHECK_FALSE(sound("GET / HTTP/1.0").keeps_open);
    CHECK(sound("GET / HTTP/1.0\r\nConnection: Keep-Alive").keeps_open);
}

TEST_CASE("a body's coding is known, none or unknown", "[request_head]") {
    const auto coding = [](const std::string& name) {
        return sound("POST /x HTTP/1.1\r\nContent-Encoding: " + name).coding;
    };
    CHECK(coding("gzip") == RequestHead::Coding::compressed);
    CHECK(coding("Deflate") == RequestHead::Coding::compressed);
    CHECK(coding("identity") == RequestHead::Coding::none);
    CHECK(coding("br") == RequestHead::Coding::unknown);
}

TEST_CASE("100 Continue is expected by HTTP/1.1 only", "[request_head]") {
    CHECK(sound("POST / HTTP/1.1\r\nExpect: 100-Continue").expects_continue);
    CHECK_FALSE(sound("POST / HTTP/1.0\r\nExpect: 100-continue").expects_continue);
    CHECK_FALSE(sound("POST / HTTP/1.1").expects_continue);
}

TEST_CASE("gzip is accepted by name, or by a star where it is not named", "[request_head]") {
    for (const std::string yes : {"gzip", "GZIP;q=1", "br, gzip", "x-gzip", "*", "gzip;q=0.001",
                                  "gzip ; Q=0.5", "*;q=0, gzip", "deflate,gzip;q=1.0, *;q=0.5"})
        CHECK(accepts_gzip(yes));
    for (const std::string no : {"", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *",
                                 "identity", "gzipped", "gzip; q = 0"})
        CHECK_FALSE(accepts_gzip(no));
    CHECK(sound("GET / HTTP/1.1\r\nAccept-Encoding: br\r\naccept-encoding: gzip")
              .request.accepts_gzip);
}

TEST_CASE("a blank before a colon is refused", "[request_head]") {
    CHECK_FALSE(read("POST /x HTTP/1.1\r\nContent-Length : 5"));
    CHECK_FALSE(read("POST /x HTTP/1.1\r\nContent-Length\t: 5"));
    CHECK(read("POST /x HTTP/1.1\r\nContent-Length:5"));
}

TEST_CASE("lines that are no headers are ignored", "[request_head]") {
    CHECK(sound("GET / HTTP/1.1\r\nnonsense\r\nConnection: close").keeps_open == false);
}
