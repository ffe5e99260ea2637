#include <httplib.h>

#include "gzip.hpp"
#include "gzip_cache.hpp"
#include "site_rig.hpp"

using namespace mockxdr;

namespace {

constexpr std::size_t largest_page = 1U << 20U;
const std::string accepting = "Accept-Encoding: gzip, deflate, br\r\n";

std::string page() {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "{\"incident_id\": \"" + std::to_string(i) + "\"}, ";
    return text;
}

std::string unpacked(const std::string& packed) {
    const Unpacked out = unpack(packed, largest_page);
    REQUIRE(out.end == Unpacked::End::whole);
    return out.text;
}

}  // namespace

TEST_CASE("what was compressed unpacks to the same bytes", "[gzip]") {
    for (const std::string& text :
         {std::string(), std::string("a"), page(), std::string(999, '\0')})
        CHECK((unpacked(gzip(text)) == text));
    CHECK(gzip(page()) == gzip(page()));
    CHECK(gzip(page()).size() < page().size() / 3);
}

TEST_CASE("unpacking stops where a text becomes too large", "[gzip]") {
    const std::string bomb = gzip(std::string(100'000'000, 'x'));
    CHECK(bomb.size() < 1'000'000);
    const Unpacked out = unpack(bomb, 1000);
    CHECK(out.end == Unpacked::End::too_large);
    CHECK(out.text.size() < 100'000);
    CHECK(unpack(gzip(std::string(1000, 'x')), 1000).end == Unpacked::End::whole);
    CHECK(unpack(gzip(std::string(1001, 'x')), 1000).end == Unpacked::End::too_large);
}

TEST_CASE("what is not gzip, or not all of it, does not unpack", "[gzip]") {
    const std::string packed = gzip(page());
    for (const std::string& broken :
         {std::string("hello"), packed.substr(0, packed.size() / 2), packed + "x", std::string(),
          packed.substr(0, packed.size() - 1)})
        CHECK(unpack(broken, largest_page).end == Unpacked::End::broken);
}

TEST_CASE("one member after another is one text", "[gzip]") {
    CHECK(unpacked(gzip("one, ") + gzip("two")) == "one, two");
    CHECK(unpack(gzip("one, ") + gzip("two"), 7).end == Unpacked::End::too_large);
    CHECK(unpack(gzip("one, ") + gzip("two").substr(0, 9), 99).end == Unpacked::End::broken);
}

TEST_CASE("one tag is compressed once", "[gzip]") {
    GzipCache cache;
    const auto first = cache.compressed("tag", page());
    CHECK(unpacked(*first) == page());
    CHECK(cache.compressed("tag", page()) == first);
    CHECK(cache.compressed("other", page()) != first);
    // A tag is kept twice, in the list and in what finds it.
    CHECK(cache.size() == 2 * first->size() + 2 * (3 + 5));
}

TEST_CASE("a long tag takes its place in the cache", "[gzip]") {
    GzipCache cache(10'000);
    cache.compressed(std::string(6000, 't'), page());
    CHECK(cache.size() == 0);
}

TEST_CASE("nothing is kept of replies without a tag", "[gzip]") {
    GzipCache cache;
    CHECK(unpacked(*cache.compressed("", "one")) == "one");
    CHECK(unpacked(*cache.compressed("", "two")) == "two");
    CHECK(cache.size() == 0);
}

TEST_CASE("a full cache forgets what was not used for longest", "[gzip]") {
    const std::size_t size = gzip("body 1").size() + 2;
    GzipCache cache(2 * size);
    const auto one = cache.compressed("1", "body 1");
    const auto two = cache.compressed("2", "body 2");
    CHECK(cache.compressed("1", "body 1") == one);
    cache.compressed("3", "body 3");
    CHECK(cache.size() == 2 * size);
    CHECK(cache.compressed("1", "body 1") == one);
    CHECK(cache.compressed("2", "body 2") != two);
}

TEST_CASE("a body larger than the cache is compressed all the same", "[gzip]") {
    GzipCache cache(1);
    CHECK(unpacked(*cache.compressed("1", page())) == page());
    CHECK(cache.size() == 0);
}

TEST_CASE("a large reply is compressed for those who accept it", "[server][gzip]") {
    FakeSite site({.body = page(), .tag = "1"});
    const Server server(site, {});
    Socket socket(server, get("/x", accepting) + get("/x", accepting) + get("/x"));
    const RawReply first = receive_reply(socket);
    CHECK(first.header("Content-Encoding") == "gzip");
    CHECK(unpacked(first.body) == page());
    CHECK(receive_reply(socket).body == first.body);
    const RawReply plain = receive_reply(socket);
    CHECK(plain.header("Content-Encoding").empty());
    CHECK(plain.body == page());
}

TEST_CASE("a tag that comes again is answered from the cache", "[server][gzip]") {
    int count = 0;
    FakeSite site([&](const HttpRequest&) {
        return HttpReply{.body = std::string(300, static_cast<char>('a' + count++)), .tag = "same"};
    });
    const Server server(site, {});
    Socket socket(server, get("/x", accepting) + get("/x", accepting));
    CHECK(unpacked(receive_reply(socket).body) == std::string(300, 'a'));
    // A site never gives another body the same tag; here it shows where the bytes come from.
    CHECK(unpacked(receive_reply(socket).body) == std::string(300, 'a'));
}

TEST_CASE("a reply below 256 bytes is sent as it is", "[server][gzip]") {
    FakeSite site([](const HttpRequest& request) {
        return HttpReply{.body = std::string(std::stoul(request.path.substr(1)), 'x')};
    });
    const Server server(site, {});
    Socket socket(server, get("/255", accepting) + get("/256", accepting));
    CHECK(receive_reply(socket).header("Content-Encoding").empty());
    CHECK(receive_reply(socket).header("Content-Encoding") == "gzip");
}

TEST_CASE("a compressed reply can lack its end", "[server][gzip]") {
    FakeSite site({.body = page(), .delivery = {.truncated_gzip = true}});
    const Server server(site, {});
    Socket socket(server, get("/x", accepting) + get("/x", accepting));
    const RawReply reply = receive_reply(socket);
    CHECK(reply.header("Content-Encoding") == "gzip");
    CHECK(reply.body == gzip(page()).substr(0, gzip(page()).size() / 2));
    CHECK(receive_reply(socket).body == reply.body);
}

TEST_CASE("a cut falls into the compressed body", "[server][gzip]") {
    FakeSite site({.body = page(), .delivery = {.end = Delivery::End::cut}});
    const Server server(site, {});
    Socket socket(server, get("/x", accepting));
    const std::string all = socket.receive_all();
    CHECK(all.ends_with("\r\n\r\n" + gzip(page()).substr(0, gzip(page()).size() / 2)));
}

TEST_CASE("a compressed request is read", "[server][gzip]") {
    FakeSite site([](const HttpRequest& request) { return HttpReply{.body = request.body}; });
    const Server server(site, {});
    const std::string packed = gzip("{\"request_data\": {}}");
    Socket socket(server, post(packed, "Content-Encoding: gzip\r\n"));
    CHECK(receive_reply(socket).body == "{\"request_data\": {}}");
    char size[16];
    std::snprintf(size, sizeof size, "%zx", packed.size());
    socket.send_text(
        "POST /x HTTP/1.1\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" +
        std::string(size) + "\r\n" + packed + "\r\n0\r\n\r\n");
    CHECK(receive_reply(socket).body == "{\"request_data\": {}}");
    socket.send_text(post("", "Content-Encoding: gzip\r\n"));
    CHECK(receive_reply(socket).body.empty());
}

TEST_CASE("a compressed request that unpacks to more than 16 MiB gets 413", "[server][gzip]") {
    FakeSite site;
    const Server server(site, {});
    const auto status = [&](std::size_t size) {
        Socket socket(server, post(gzip(std::string(size, 'x')), "Content-Encoding: gzip\r\n"));
        return receive_reply(socket).head.substr(0, 12);
    };
    CHECK(status(16U << 20U) == "HTTP/1.1 200");
    CHECK(status((16U << 20U) + 1) == "HTTP/1.1 413");
}

TEST_CASE("a request that is not what its coding says gets 400", "[server][gzip]") {
    FakeSite site;
    const Server server(site, {});
    Socket socket(server, post("hello", "Content-Encoding: gzip\r\n") + post("next"));
    CHECK(socket.receive_all().starts_with("HTTP/1.1 400"));
    CHECK(site.requests().empty());
}
