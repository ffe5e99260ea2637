#include <httplib.h>

#include "site_rig.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const std::string ten = "0123456789";

/// A site whose first reply is delivered like this, and every other as usual.
struct Running {
    explicit Running(const Delivery& delivery, const std::string& body = ten,
                     const Listen& listen = {})
        : site([this, delivery, body](const HttpRequest&) {
              return HttpReply{.body = body,
                               .number = 7,
                               .delivery = first.exchange(false) ? delivery : Delivery{}};
          }),
          server(site, listen) {}

    std::atomic<bool> first = true;
    FakeSite site;
    Server server;
};

Delivery ends(Delivery::End end) { return {.end = end}; }

}  // namespace

TEST_CASE("a reset breaks the connection without a reply", "[server][delivery]") {
    const Running running(ends(Delivery::End::reset));
    Socket socket(running.server, get("/x"));
    CHECK(socket.receive_all().empty());
    CHECK(socket.was_reset());
    Socket another(running.server, get("/x"));
    CHECK(receive_reply(another).body == ten);
}

TEST_CASE("a cut reply breaks off in the middle of its body", "[server][delivery]") {
    const Running running(ends(Delivery::End::cut));
    Socket socket(running.server, get("/x"));
    const std::string all = socket.receive_all();
    CHECK(all.find("\r\nContent-Length: 10\r\n") != std::string::npos);
    CHECK(all.ends_with("\r\n\r\n01234"));
    CHECK_FALSE(socket.was_reset());
}

TEST_CASE("a reply that never comes leaves the connection open", "[server][delivery]") {
    Running running(ends(Delivery::End::silence));
    Socket socket(running.server, get("/x") + get("/x"));
    running.site.until_answered(1);
    Socket another(running.server, get("/x"));
    CHECK(receive_reply(another).body == ten);
    running.server.stop();
    CHECK(socket.receive_all().empty());
    CHECK(running.site.requests().size() == 2);
}

TEST_CASE("a reply that never comes is no longer kept when the client leaves",
          "[server][delivery]") {
    const Running running(ends(Delivery::End::silence));
    Socket socket(running.server, get("/x"));
    running.site.until_answered(1);
    socket.end_output();
    CHECK(socket.receive_all().empty());
}

TEST_CASE("a reply that never comes closes the connection where the server is told so",
          "[server][delivery]") {
    const Running running(ends(Delivery::End::silence), ten, {.silence = Listen::Silence::closes});
    Socket socket(running.server, get("/x"));
    CHECK(socket.receive_all().empty());
}

TEST_CASE("a delayed reply leaves when the clock has come there", "[server][delivery]") {
    Running running({.delay = 90s});
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 90s);
    Socket another(running.server, get("/x"));
    CHECK(receive_reply(another).body == ten);
    running.site.advance_to(noon + 90s);
    const RawReply reply = receive_reply(socket);
    CHECK(reply.body == ten);
    CHECK(reply.header("Date") == "Mon, 01 Jan 2024 12:00:00 GMT");
    socket.send_text(get("/x"));
    CHECK(receive_reply(socket).body == ten);
}

TEST_CASE("a delayed reset waits too", "[server][delivery]") {
    Running running({.end = Delivery::End::reset, .delay = 1s});
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1s);
    running.site.advance_to(noon + 1s);
    CHECK(socket.receive_all().empty());
    CHECK(socket.was_reset());
}

TEST_CASE("a reply that is held back leaves when the server stops", "[server][delivery]") {
    Running running({.delay = 1h, .slow_headers = 1h, .dribble = Dribble{.bytes = 1, .every = 1h}});
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1h);
    running.server.stop();
    CHECK(receive_reply(socket).body == ten);
    CHECK(socket.receive_all().empty());
}

TEST_CASE("a client that leaves ends the wait for its reply", "[server][delivery]") {
    const Running running({.delay = 1h});
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1h);
    socket.end_output();
    CHECK(socket.receive_all().empty());
    CHECK(running.site.until_undelivered() == std::vector<std::uint64_t>{7});
}

TEST_CASE("a client that leaves inside of a reply did not get it", "[server][delivery]") {
    const auto delivery = GENERATE(Delivery{.slow_headers = 1h},
                                   Delivery{.dribble = Dribble{.bytes = 1, .every = 1h}});
    const Running running(delivery);
    Socket socket(running.server, get("/x"));
    CHECK_FALSE(socket.receive().empty());
    socket.close();
    CHECK(running.site.until_undelivered() == std::vector<std::uint64_t>{7});
}

TEST_CASE("a client that does not read a large reply did not get it", "[server][delivery]") {
    Running running({}, std::string(32U << 20U, 'x'), {.patience = {.last = 1ms}});
    const Socket slow(running.server, get("/x"));
    running.site.until_answered(1);
    running.server.stop();
    CHECK(running.site.undelivered_numbers() == std::vector<std::uint64_t>{7});
}

TEST_CASE("a reply that arrived, or was broken on purpose, is not missing", "[server][delivery]") {
    const auto delivery =
        GENERATE(Delivery{}, ends(Delivery::End::cut), ends(Delivery::End::reset));
    Running running(delivery);
    Socket socket(running.server, get("/x", "Connection: close\r\n"));
    socket.receive_all();
    running.server.stop();
    CHECK(running.site.undelivered_numbers().empty());
}

TEST_CASE("a reply is held back no longer when the world begins anew", "[server][delivery]") {
    Running running({.delay = 1h, .dribble = Dribble{.bytes = 1, .every = 1h}});
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1h);
    running.site.begin_anew(7);
    CHECK(receive_reply(socket).body == ten);
}

TEST_CASE("a reply of the world that is played is held back", "[server][delivery]") {
    Running running({.delay = 1h});
    running.site.begin_anew(6);
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1h);
    running.site.advance_to(noon + 1h);
    CHECK(receive_reply(socket).body == ten);
}

TEST_CASE("slow headers come line by line over their time", "[server][delivery]") {
    // Status, type, length, date and the empty line: four pauses.
    Running running({.delay = 1s, .slow_headers = 8s});
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1s);
    running.site.advance_to(noon + 1s);
    CHECK(socket.receive() == "HTTP/1.1 200 OK\r\n");
    for (const std::string line : {"Content-Type: application/json\r\n", "Content-Length: 10\r\n",
                                   "Date: Mon, 01 Jan 2024 12:00:00 GMT\r\n", "\r\n0123456789"}) {
        const TimePoint due = running.site.now() + 2s;
        running.site.until_awaited(due);
        running.site.advance_to(due);
        CHECK(socket.receive_exactly(line.size()) == line);
    }
    socket.send_text(get("/x"));
    CHECK(receive_reply(socket).body == ten);
}

TEST_CASE("a dribbled body comes in pieces", "[server][delivery]") {
    Running running({.dribble = Dribble{.bytes = 4, .every = 500ms}});
    Socket socket(running.server, get("/x"));
    socket.receive_until("\r\n\r\n");
    CHECK(socket.receive_exactly(4) == "0123");
    running.site.until_awaited(noon + 500ms);
    running.site.advance_to(noon + 500ms);
    CHECK(socket.receive_exactly(4) == "4567");
    running.site.until_awaited(noon + 1s);
    running.site.advance_to(noon + 1h);
    CHECK(socket.receive_exactly(2) == "89");
    socket.send_text(get("/x"));
    CHECK(receive_reply(socket).body == ten);
}

TEST_CASE("pieces without a pause between them make the whole", "[server][delivery]") {
    const Running running({.dribble = Dribble{.bytes = 3, .every = 0ms}});
    Socket socket(running.server, get("/x"));
    CHECK(receive_reply(socket).body == ten);
}

TEST_CASE("a wrong length promises more than comes, with the end missing, or less",
          "[server][delivery]") {
    const auto received = [](std::int64_t by) {
        const Running running({.wrong_length = by});
        Socket socket(running.server, get("/x"));
        return socket.receive_all();
    };
    CHECK(received(5).find("\r\nContent-Length: 15\r\n") != std::string::npos);
    CHECK(received(-3).find("\r\nContent-Length: 7\r\n") != std::string::npos);
    CHECK(received(-99).find("\r\nContent-Length: 0\r\n") != std::string::npos);
    CHECK(received(5).ends_with("\r\n\r\n01234"));
    CHECK(received(99).ends_with("\r\n\r\n"));
    CHECK(received(-3).ends_with("\r\n\r\n0123456789"));
}

TEST_CASE("a service behind a clock that was advanced does not hold its replies",
          "[server][delivery]") {
    Running running({.delay = 1min});
    running.site.advance_to(noon);
    Socket socket(running.server, get("/x"));
    running.site.until_awaited(noon + 1min);
    running.site.advance_to(noon + 2min);
    CHECK(receive_reply(socket).body == ten);
}
