#include "mockxdr/server.hpp"

#include <fcntl.h>
#include <httplib.h>
#include <netinet/tcp.h>

#include <memory>

#include "site_rig.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

struct Running {
    explicit Running(FakeSite::Answer answer) : site(std::move(answer)), server(site, {}) {}
    explicit Running(HttpReply reply = {.body = "{}"}) : site(std::move(reply)), server(site, {}) {}

    httplib::Client client() const {
        httplib::Client client("127.0.0.1", server.port());
        client.set_tcp_nodelay(true);
        client.set_keep_alive(true);
        return client;
    }

    FakeSite site;
    Server server;
};

/// Replies with the body that came.
HttpReply echo(const HttpRequest& request) { return {.body = request.body}; }

}  // namespace

TEST_CASE("a request reaches the site whole, and its reply the client", "[server]") {
    const Running running(
        HttpReply{.status = 402, .body = "{\"a\": 1}", .headers = {{"X-A", "b"}}});
    auto client = running.client();
    const auto reply =
        client.Post("/a%20b/?c=d%26&e=", {{"Authorization", "k"}, {"x-xdr-auth-id", "1"}}, "body",
                    "text/plain");
    REQUIRE(reply);
    CHECK(reply->status == 402);
    CHECK(reply->body == "{\"a\": 1}");
    CHECK(reply->get_header_value("Content-Type") == "application/json");
    CHECK(reply->get_header_value("Date") == "Mon, 01 Jan 2024 12:00:00 GMT");
    CHECK(reply->get_header_value("X-A") == "b");
    const HttpRequest request = running.site.requests().at(0);
    CHECK(request.method == "POST");
    CHECK(request.path == "/a b/");
    CHECK(request.parameters == Headers{{"c", "d&"}, {"e", ""}});
    CHECK(request.credentials.authorization == "k");
    CHECK(request.credentials.auth_id == "1");
    CHECK(request.body == "body");
    CHECK(request.from_loopback);
}

TEST_CASE("a body is read without a content type, and for any method", "[server]") {
    const Running running(echo);
    Socket socket(running.server, post("one"));
    CHECK(receive_reply(socket).body == "one");
    socket.send_text("GET /x HTTP/1.1\r\nContent-Length: 3\r\n\r\ntwo" + post("three"));
    CHECK(receive_reply(socket).body == "two");
    CHECK(receive_reply(socket).body == "three");
}

TEST_CASE("a body comes in chunks, with trailers, in any pieces", "[server]") {
    const Running running(echo);
    Socket socket(running.server.port());
    const std::string request =
        "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;name=value\r\nhello\r\nA\r\n, chunks\r\n\r\n0\r\nX-Sum: 1\r\n\r\n";
    socket.send_text(request + request);
    CHECK(receive_reply(socket).body == "hello, chunks\r\n");
    CHECK(receive_reply(socket).body == "hello, chunks\r\n");
    for (const char byte : request) socket.send_text(std::string(1, byte));
    CHECK(receive_reply(socket).body == "hello, chunks\r\n");
}

TEST_CASE("a client that expects 100 Continue gets it before its body is read", "[server]") {
    const Running running(echo);
    Socket socket(running.server.port());
    const std::string request = post("body", "Expect: 100-continue\r\n");
    socket.send_text(request.substr(0, request.size() - 4));
    CHECK(socket.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    socket.send_text("body");
    CHECK(receive_reply(socket).body == "body");
    socket.send_text(request);
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a body that is too large is refused before 100 Continue", "[server]") {
    const Running running;
    Socket socket(running.server,
                  "POST /x HTTP/1.1\r\nContent-Length: 16777217\r\n"
                  "Expect: 100-continue\r\n\r\n");
    CHECK(socket.receive_all().starts_with("HTTP/1.1 413"));
}

TEST_CASE("two requests sent at once get two replies", "[server]") {
    const Running running(echo);
    Socket socket(running.server, post("one") + post("two"));
    CHECK(receive_reply(socket).body == "one");
    CHECK(receive_reply(socket).body == "two");
}

TEST_CASE("a POST without a length has no body", "[server]") {
    const Running running(echo);
    Socket socket(running.server, "POST /x HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(receive_reply(socket).body.empty());
    socket.send_text(post("body"));
    CHECK(receive_reply(socket).body == "body");
}

TEST_CASE("what is not HTTP is refused once and the connection closed", "[server]") {
    const Running running;
    const auto refused = [&](const std::string& text) {
        Socket socket(running.server, text + post("another"));
        const std::string all = socket.receive_all();
        CHECK(all.find("HTTP/1.1", 1) == std::string::npos);
        return all.substr(0, 12);
    };
    CHECK(refused("garbage\r\n\r\n") == "HTTP/1.1 400");
    const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(refused(chunked + "zz\r\n") == "HTTP/1.1 400");
    CHECK(refused(chunked + "-1\r\n") == "HTTP/1.1 400");
    CHECK(refused(chunked + "2\r\nabcd\r\n") == "HTTP/1.1 400");
    CHECK(refused(chunked + std::string(5000, '0')) == "HTTP/1.1 400");
    CHECK(refused(chunked + "1000001\r\n") == "HTTP/1.1 413");
    CHECK(refused("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nhello") == "HTTP/1.1 400");
    CHECK(refused("POST / HTTP/1.1\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx") ==
          "HTTP/1.1 415");
    CHECK(refused(std::string(70'000, 'x')) == "HTTP/1.1 431");
    CHECK(refused("GET / HTTP/1.1\r\nX-Y: " + std::string(70'000, 'x') + "\r\n\r\n") ==
          "HTTP/1.1 431");
    CHECK(refused("GET / HTTP/1.1\nHost: x\n\n") == "HTTP/1.1 400");
    CHECK(refused("POST /x HTTP/1.1\r\nContent-Length : 5\r\n\r\nhello") == "HTTP/1.1 400");
    CHECK(running.site.requests().empty());
}

TEST_CASE("what cannot be read is told to the site, as far as it was", "[server]") {
    const auto [text, path] = GENERATE(table<std::string, std::string>({
        {"garbage\r\n\r\n", ""},
        {"POST /x HTTP/1.1\r\nContent-Length: 16777217\r\n\r\n", "/x"},
        {std::string(70'000, 'x'), "(a head above 64 KiB)"},
        {"GET / HTTP/1.1\n\n", "(line ends without CR)"},
        {"\x16\x03\x01\x02", "(TLS on a plain port: see --tls-cert)"},
    }));
    const Running running;
    Socket socket(running.server, text);
    const RawReply reply = receive_reply(socket);
    CHECK(reply.header("Date") == "Mon, 01 Jan 2024 12:00:00 GMT");
    CHECK(reply.header("Connection") == "close");
    CHECK(running.site.refused() == std::vector<std::string>{path});
}

TEST_CASE("a request that breaks off reaches nobody", "[server]") {
    const Running running;
    const std::string whole = post("body");
    for (const std::size_t size : {std::size_t{9}, whole.size() - 1}) {
        Socket socket(running.server, whole.substr(0, size));
        socket.end_output();
        CHECK(socket.receive_all().empty());
    }
    CHECK(running.site.requests().empty());
}

TEST_CASE("empty lines before a request are ignored", "[server]") {
    const Running running;
    Socket socket(running.server, "\r\n\r\n" + post("body"));
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 200"));
}

TEST_CASE("a large body that calls itself a form is read as it is", "[server]") {
    const Running running(echo);
    auto client = running.client();
    const std::string large(1U << 20U, '%');
    const auto reply = client.Post("/x", large, "application/x-www-form-urlencoded");
    REQUIRE(reply);
    CHECK((reply->body == large));
}

TEST_CASE("a body over 16 MiB gets 413", "[server]") {
    const Running running;
    auto client = running.client();
    CHECK(client.Post("/x", std::string(16U << 20U, ' '), "text/plain")->status == 200);
    CHECK(client.Post("/x", std::string(17U << 20U, ' '), "text/plain")->status == 413);
}

TEST_CASE("chunks that are over 16 MiB together get 413", "[server]") {
    const Running running;
    const std::string chunk = "800000\r\n" + std::string(8U << 20U, ' ') + "\r\n";
    const std::string head = "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    Socket socket(running.server, head + chunk + chunk + "0\r\n\r\n" + head + chunk + chunk);
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 200"));
    socket.send_text("1\r\n");
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 413"));
}

TEST_CASE("neither ranges nor brotli come from the web server", "[server]") {
    const Running running(HttpReply{.body = std::string(1000, 'x')});
    Socket socket(running.server, get("/x", "Range: bytes=0-3\r\nAccept-Encoding: br\r\n"));
    const RawReply reply = receive_reply(socket);
    CHECK(reply.head.starts_with("HTTP/1.1 200 OK"));
    CHECK(reply.body.size() == 1000);
    CHECK(reply.header("Content-Encoding").empty());
    CHECK(reply.header("Content-Range").empty());
}

TEST_CASE("every method reaches the site", "[server]") {
    const Running running(
        [](const HttpRequest& request) { return HttpReply{.body = request.method}; });
    auto client = running.client();
    CHECK(client.Get("/")->body == "GET");
    CHECK(client.Delete("/")->body == "DELETE");
    CHECK(client.Put("/", "y", "text/plain")->body == "PUT");
    CHECK(client.Patch("/", "y", "text/plain")->body == "PATCH");
    CHECK(client.Options("/")->body == "OPTIONS");
}

TEST_CASE("HEAD gets the head of the reply and no body", "[server]") {
    const Running running(HttpReply{.body = "body"});
    Socket socket(running.server, "HEAD /x HTTP/1.1\r\n\r\n");
    CHECK(socket.receive_until("\r\n\r\n").find("\r\nContent-Length: 4\r\n") != std::string::npos);
    socket.send_text(get("/x"));
    const RawReply next = receive_reply(socket);
    CHECK(next.head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(next.body == "body");
}

TEST_CASE("a reply whose status has no body is not followed by one", "[server]") {
    const Running running(HttpReply{.status = 204, .body = "body"});
    Socket socket(running.server, get("/x") + get("/x"));
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 204 No Content\r\n"));
}

TEST_CASE("a connection closes after a reply when the client asks for it", "[server]") {
    const Running running;
    Socket socket(running.server, get("/x", "Connection: close\r\n") + get("/x"));
    CHECK(receive_reply(socket).header("Connection") == "close");
    CHECK(socket.receive_all().empty());
}

TEST_CASE("HTTP/1.0 closes, unless the client wants to keep the connection", "[server]") {
    const Running running;
    Socket closed(running.server, "GET /x HTTP/1.0\r\n\r\n");
    CHECK(receive_reply(closed).header("Connection") == "close");
    CHECK(closed.receive_all().empty());
    const std::string kept = "GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    Socket socket(running.server, kept + kept);
    CHECK(receive_reply(socket).header("Connection") == "keep-alive");
    CHECK(receive_reply(socket).header("Connection") == "keep-alive");
}

TEST_CASE("a client that ends its output still gets its reply", "[server]") {
    const Running running(echo);
    Socket socket(running.server, post("body"));
    socket.end_output();
    CHECK(socket.receive_all().ends_with("\r\n\r\nbody"));
}

TEST_CASE("a site that throws becomes status 500", "[server]") {
    const Running running([](const HttpRequest& request) -> HttpReply {
        if (request.path == "/throw") throw std::runtime_error("secret");
        return {.body = "{}"};
    });
    auto client = running.client();
    const auto reply = client.Get("/throw");
    REQUIRE(reply);
    CHECK(reply->status == 500);
    CHECK(reply->body.find("secret") == std::string::npos);
    CHECK(reply->get_header_value("Date") == "Mon, 01 Jan 2024 12:00:00 GMT");
    CHECK(client.Get("/")->status == 200);
}

TEST_CASE("200 idle keep-alive connections do not stop a 201st", "[server]") {
    const Running running;
    std::vector<std::unique_ptr<Socket>> idle;
    for (int i = 0; i < 200; ++i) {
        idle.push_back(std::make_unique<Socket>(running.server, get("/x")));
        REQUIRE(receive_reply(*idle.back()).body == "{}");
    }
    Socket another(running.server, get("/x"));
    CHECK(receive_reply(another).body == "{}");
    idle.front()->send_text(get("/x"));
    CHECK(receive_reply(*idle.front()).body == "{}");
}

TEST_CASE("connections that never send anything do not stop the others", "[server]") {
    const Running running;
    std::vector<std::unique_ptr<Socket>> silent;
    for (int i = 0; i < 100; ++i) {
        silent.push_back(std::make_unique<Socket>(running.server.port()));
        REQUIRE(silent.back()->connected());
    }
    Socket another(running.server, get("/x"));
    CHECK(receive_reply(another).body == "{}");
}

TEST_CASE("a client that does not read its reply does not stop the others", "[server]") {
    const Running running(HttpReply{.body = std::string(32U << 20U, 'x')});
    const Socket slow(running.server, get("/x"));
    running.site.until_answered(1);
    Socket another(running.server, get("/x"));
    CHECK(receive_reply(another).body.size() == 32U << 20U);
}

TEST_CASE("a keep-alive connection serves many requests", "[server]") {
    const Running running;
    auto client = running.client();
    for (int i = 0; i < 500; ++i) REQUIRE(client.Post("/x", "body", "text/plain"));
    CHECK(client.socket() != INVALID_SOCKET);
}

TEST_CASE("a port in use is refused with its name", "[server]") {
    Running running;
    const int port = running.server.port();
    const xdr::Problem problem =
        problem_of([&] { const Server second(running.site, {.host = "127.0.0.1", .port = port}); });
    CHECK(problem.where == "127.0.0.1:" + std::to_string(port));
    CHECK(problem.what == "cannot listen: Address already in use");
}

TEST_CASE("a host that does not exist is refused", "[server]") {
    FakeSite site;
    const xdr::Problem problem =
        problem_of([&] { const Server server(site, {.host = "256.0.0.1"}); });
    CHECK(problem.what.starts_with("cannot listen: "));
}

TEST_CASE("a server's address is a URL", "[server]") {
    const Running running;
    CHECK(running.server.url() == "http://127.0.0.1:" + std::to_string(running.server.port()));
}

TEST_CASE("replies leave at once: the server's sockets have TCP_NODELAY and never block",
          "[server]") {
    // With Nagle's algorithm a small reply on a warm connection waits for an acknowledgement. We
    // look at the sockets of this process, not at a stopwatch.
    const Running running;
    auto client = running.client();
    REQUIRE(client.Get("/"));
    int found = 0;
    for (int number = 3; number < 256; ++number) {
        sockaddr_in local{};
        socklen_t size = sizeof local;
        if (getsockname(number, reinterpret_cast<sockaddr*>(&local), &size) != 0 ||
            local.sin_family != AF_INET || ntohs(local.sin_port) != running.server.port())
            continue;
        sockaddr_in peer{};
        size = sizeof peer;
        if (getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        int on = 0;
        size = sizeof on;
        REQUIRE(getsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0);
        CHECK(on != 0);
        CHECK((fcntl(number, F_GETFL) & O_NONBLOCK) != 0);
        ++found;
    }
    CHECK(found == 1);
}

TEST_CASE("a server stops while connections are open", "[server]") {
    Running running;
    auto client = running.client();
    REQUIRE(client.Get("/"));
    const Socket silent(running.server.port());
    running.server.stop();
    running.server.stop();
    CHECK_FALSE(client.Get("/"));
}
