#include "reply_body.hpp"

#include <httplib.h>
#include <zlib.h>

#include <catch2/catch.hpp>

#include "key_headers.hpp"
#include "url.hpp"

using namespace fetcher;

namespace {

constexpr std::size_t most = 1'000'000;

std::string gzip(const std::string& text) {
    std::string packed;
    httplib::detail::gzip_compressor compressor;
    compressor.compress(text.data(), text.size(), true, [&](const char* data, std::size_t size) {
        packed.append(data, size);
        return true;
    });
    return packed;
}

std::string page() {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i * i);
    return text;
}

/// Adds the bytes in pieces.
ReplyBody received(const std::string& bytes, std::size_t piece, std::size_t limit = most) {
    ReplyBody body(ReplyBody::Packing::gzip, limit);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        if (!body.add(std::string_view(bytes).substr(at, piece))) break;
    return body;
}

}  // namespace

TEST_CASE("a packed body is unpacked however it comes", "[reply_body]") {
    const std::string packed = gzip(page());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, most}) {
        ReplyBody body = received(packed, piece);
        CHECK(body.end() == ReplyBody::Fault::none);
        CHECK((body.take() == page()));
    }
    // Exactly as much as zlib is given room for at once.
    for (const std::size_t size : {16383U, 16384U, 16385U, 32768U}) {
        ReplyBody body = received(gzip(std::string(size, 'x')), most);
        CHECK(body.end() == ReplyBody::Fault::none);
        CHECK(body.take().size() == size);
    }
}

TEST_CASE("a packed body that lacks its end is broken wherever it stops", "[reply_body]") {
    const std::string packed = gzip("a body that is short enough to try them all");
    for (std::size_t size = 1; size < packed.size(); ++size)
        CHECK(received(packed.substr(0, size), most).end() == ReplyBody::Fault::broken);
    CHECK(received(packed, most).end() == ReplyBody::Fault::none);
}

TEST_CASE("what is not gzip, or goes on behind its end, is broken", "[reply_body]") {
    const std::string packed = gzip("text");
    CHECK(received("text", 1).end() == ReplyBody::Fault::broken);
    CHECK(received(packed + "x", most).end() == ReplyBody::Fault::broken);
    CHECK(received(packed + "x", 1).end() == ReplyBody::Fault::broken);
    std::string flipped = gzip(page());
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    CHECK(received(flipped, most).end() == ReplyBody::Fault::broken);
    ReplyBody body = received("text", 1);
    CHECK_FALSE(body.add("more"));
}

TEST_CASE("a body of nothing is whole", "[reply_body]") {
    CHECK(received("", 1).end() == ReplyBody::Fault::none);
    CHECK(ReplyBody(ReplyBody::Packing::none, most).end() == ReplyBody::Fault::none);
}

TEST_CASE("a small body that unpacks to a large one stops at the limit", "[reply_body]") {
    const std::string bomb = gzip(std::string(50'000'000, 'x'));
    CHECK(bomb.size() < most);
    ReplyBody body = received(bomb, most, 100'000);
    CHECK(body.end() == ReplyBody::Fault::too_large);
    CHECK(body.take().size() < 200'000);
    CHECK(received(gzip(std::string(1000, 'x')), most, 1000).end() == ReplyBody::Fault::none);
    CHECK(received(gzip(std::string(1001, 'x')), most, 1000).end() == ReplyBody::Fault::too_large);
}

TEST_CASE("a body that is not packed is counted too", "[reply_body]") {
    ReplyBody body(ReplyBody::Packing::none, 10);
    CHECK(body.add("12345"));
    CHECK(body.add("67890"));
    CHECK(body.end() == ReplyBody::Fault::none);
    CHECK_FALSE(body.add("1"));
    CHECK(body.end() == ReplyBody::Fault::too_large);
}

TEST_CASE("the hash of an advanced key is that of key, nonce and timestamp", "[keys]") {
    CHECK(sha256_text("mockxdr-test-keyZk3vR8pLq1XwT6yBn0HsD4cJf9UmA2eG1704110400000") ==
          "6656cd6b6e43a3d36a1e6b44c40012e46203b45576be7a0c3dc5279a94926685");
    std::uint64_t next = 0;
    const auto random = [&next] { return next++ * 0x0123456789ABCDEFU; };
    const auto headers = key_headers({.id = "7", .secret = "s", .level = KeyLevel::advanced},
                                     TimePoint{Millis{1704110400000}}, random);
    REQUIRE(headers.size() == 4);
    const auto& nonce = headers[2].second;
    CHECK(headers[1] == std::pair<std::string, std::string>("x-xdr-auth-id", "7"));
    CHECK(nonce.size() == 64);
    CHECK(
        nonce.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
        std::string::npos);
    CHECK(headers[3].second == "1704110400000");
    CHECK(headers[0].second == sha256_text("s" + nonce + "1704110400000"));
}

TEST_CASE("a standard key goes as it is", "[keys]") {
    CHECK(key_headers({.id = "7", .secret = "s"}, {}, {}) ==
          std::vector<std::pair<std::string, std::string>>{{"Authorization", "s"},
                                                           {"x-xdr-auth-id", "7"}});
}

TEST_CASE("a URL is split before its path", "[url]") {
    CHECK(split_url("https://api-example.com").is_tls());
    CHECK_FALSE(split_url("http://h").is_tls());
    CHECK(split_url("http://h:8080//").prefix.empty());
    CHECK(split_url("http://h:8080/a/b//") == Url{.host = "http://h:8080", .prefix = "/a/b"});
    CHECK(split_url("http://[::1]:8080/a").host == "http://[::1]:8080");
    CHECK(split_url("http://[::1]").host == "http://[::1]");
}
