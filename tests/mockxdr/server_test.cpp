#include "mockxdr/server.hpp"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const std::string path = "/public_api/v1/incidents/get_incidents";
const std::string body = R"({"request_data": {}})";

struct Running {
    explicit Running(const std::string& keys = "")
        : service(scenario(R"("incidents": [{"id": "1", "created": "0s"}])" + keys), noon,
                  api_keys()),
          server(service, [] { return noon + 1min; }, {}) {}

    static ApiKeys api_keys() {
        ApiKeys keys;
        keys.emplace("1", ApiKey("k"));
        return keys;
    }

    httplib::Client client() const {
        httplib::Client client("127.0.0.1", server.port());
        client.set_tcp_nodelay(true);
        client.set_keep_alive(true);
        client.set_default_headers({{"Authorization", "k"}, {"x-xdr-auth-id", "1"}});
        return client;
    }

    Service service;
    Server server;
};

/// A plain socket, for what a well-behaved client does not do.
class Socket {
   public:
    explicit Socket(int port) : number_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = connect(number_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    ~Socket() { close(number_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool connected() const { return connected_; }

    void send_text(const std::string& text) {
        REQUIRE(send(number_, text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }

    /// Until the peer closes.
    std::string receive_all() {
        std::string all, more;
        while (!(more = receive()).empty()) all += more;
        return all;
    }

    std::string receive() {
        char data[4096];
        const ssize_t size = recv(number_, data, sizeof data, 0);
        return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : "";
    }

   private:
    int number_;
    bool connected_ = false;
};

std::string raw_request(const std::string& text) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: k\r\nx-xdr-auth-id: 1\r\n" +
           "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

}  // namespace

TEST_CASE("a request over HTTP gets the service's answer", "[server]") {
    const Running running;
    auto client = running.client();
    const auto reply = client.Post(path, body, "application/json");
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->get_header_value("Content-Type") == "application/json");
    CHECK(reply->get_header_value("Date") == "Mon, 01 Jan 2024 12:01:00 GMT");
    CHECK(reply->body.starts_with(R"({"reply": {"total_count": 1, "result_count": 1)"));
    CHECK(client.Post(path + "/", body, "application/json")->body == reply->body);
}

TEST_CASE("the headers of advanced keys do a standard key no harm", "[server]") {
    const Running running;
    auto client = running.client();
    const auto reply = client.Post(
        path, {{"x-xdr-nonce", std::string(64, 'n')}, {"x-xdr-timestamp", "1704110400000"}}, body,
        "application/json");
    REQUIRE(reply);
    CHECK(reply->status == 200);
}

TEST_CASE("a body is read without a content type", "[server]") {
    const Running running;
    Socket socket(running.server.port());
    socket.send_text(raw_request(body));
    CHECK(socket.receive().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a client that expects 100 Continue gets it", "[server]") {
    const Running running;
    Socket socket(running.server.port());
    const std::string request = raw_request(body);
    const std::size_t head = request.find("\r\n\r\n");
    socket.send_text(request.substr(0, head) + "\r\nExpect: 100-continue\r\n\r\n");
    CHECK(socket.receive().starts_with("HTTP/1.1 100 Continue"));
    socket.send_text(body);
    CHECK(socket.receive().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("two requests sent at once get two replies", "[server]") {
    const Running running;
    Socket socket(running.server.port());
    socket.send_text(raw_request(body) + raw_request(body));
    std::string replies = socket.receive();
    while (replies.find("HTTP/1.1 200 OK", 1) == std::string::npos) {
        const std::string more = socket.receive();
        REQUIRE_FALSE(more.empty());
        replies += more;
    }
    SUCCEED();
}

TEST_CASE("a POST without a length has no body", "[server]") {
    const Running running;
    Socket socket(running.server.port());
    socket.send_text("POST /api_keys/validate/ HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(socket.receive().starts_with("HTTP/1.1 500"));
    socket.send_text(raw_request(body));
    CHECK(socket.receive().starts_with("HTTP/1.1 200"));
}

TEST_CASE("a body that nobody reads ends the connection, not the next request", "[server]") {
    const Running running;
    Socket socket(running.server.port());
    socket.send_text(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello" +
        raw_request(body));
    const std::string all = socket.receive_all();
    CHECK(all.starts_with("HTTP/1.1 500"));
    CHECK(all.find("HTTP/1.1", 1) == std::string::npos);
}

TEST_CASE("what is not HTTP is refused once and the connection closed", "[server]") {
    const Running running;
    const auto refused = [&](const std::string& text) {
        Socket socket(running.server.port());
        socket.send_text(text);
        const std::string all = socket.receive_all();
        CHECK(all.find("HTTP/1.1", 1) == std::string::npos);
        return all.substr(0, 12);
    };
    CHECK(refused("garbage\r\n\r\n") == "HTTP/1.1 400");
    CHECK(refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") == "HTTP/1.1 400");
    CHECK(refused("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nhello") == "HTTP/1.1 500");
    CHECK(refused(std::string(70'000, 'x')) == "");
}

TEST_CASE("empty lines before a request are ignored", "[server]") {
    const Running running;
    Socket socket(running.server.port());
    socket.send_text("\r\n\r\n" + raw_request(body));
    CHECK(socket.receive().starts_with("HTTP/1.1 200"));
}

TEST_CASE("a large body that calls itself a form is read as JSON", "[server]") {
    const Running running;
    auto client = running.client();
    std::string ids = R"("1")";
    for (int i = 2; i < 4000; ++i) ids += ",\"" + std::to_string(i) + "\"";
    const auto reply = client.Post(
        path,
        R"({"request_data": {"filters": [{"field": "incident_id_list", "operator": "in", "value": [)" +
            ids + "]}]}}",
        "application/x-www-form-urlencoded");
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(client.Post(path, std::string(17U << 20U, ' '), "application/json")->status == 413);
}

TEST_CASE("neither ranges nor brotli come from the web server", "[server]") {
    const Running running;
    auto client = running.client();
    client.set_decompress(false);
    const auto reply = client.Post(path, {{"Range", "bytes=0-3"}, {"Accept-Encoding", "br"}}, body,
                                   "application/json");
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body.starts_with("{\"reply\""));
    CHECK_FALSE(reply->has_header("Content-Encoding"));
    CHECK_FALSE(reply->has_header("Content-Range"));
}

TEST_CASE("a path with a line end is unknown like any other", "[server]") {
    const Running running;
    auto client = running.client();
    CHECK(client.Post("/a%0ab", body, "application/json")->body.size() == 110);
}

TEST_CASE("a reply that is held back does not hold up the end", "[server]") {
    Service service(scenario(R"("incidents": [{"id": "1", "created": "0s"}])"), noon,
                    Running::api_keys());
    std::promise<void> decided;
    Server server(
        service, [] { return noon; }, {},
        [&] {
            decided.set_value();
            return 1h;
        });
    Socket socket(server.port());
    socket.send_text(raw_request(body));
    decided.get_future().wait();
    server.stop();
    CHECK(socket.receive().starts_with("HTTP/1.1 200"));
}

TEST_CASE("every method and path gets an answer", "[server]") {
    const Running running;
    auto client = running.client();
    CHECK(client.Get("/")->status == 500);
    CHECK(client.Get("/")->body.size() == 110);
    CHECK(client.Delete(path)->status == 500);
    CHECK(client.Put("/x", "y", "text/plain")->status == 500);
    CHECK(client.Options(path)->status == 500);
    CHECK(client.Head("/")->status == 500);
}

TEST_CASE("200 idle keep-alive connections do not stop a 201st", "[server]") {
    const Running running;
    std::vector<std::unique_ptr<httplib::Client>> idle;
    for (int i = 0; i < 200; ++i) {
        idle.push_back(std::make_unique<httplib::Client>("127.0.0.1", running.server.port()));
        idle.back()->set_keep_alive(true);
        REQUIRE(idle.back()->Get("/"));
    }
    auto client = running.client();
    const auto reply = client.Post(path, body, "application/json");
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(idle.front()->Get("/")->status == 500);
}

TEST_CASE("connections that never send anything do not stop the others", "[server]") {
    const Running running;
    std::vector<std::unique_ptr<Socket>> silent;
    for (int i = 0; i < 100; ++i) {
        silent.push_back(std::make_unique<Socket>(running.server.port()));
        REQUIRE(silent.back()->connected());
    }
    auto client = running.client();
    CHECK(client.Post(path, body, "application/json")->status == 200);
}

TEST_CASE("a keep-alive connection serves many requests", "[server]") {
    const Running running;
    auto client = running.client();
    for (int i = 0; i < 500; ++i) REQUIRE(client.Post(path, body, "application/json"));
    CHECK(client.socket() != INVALID_SOCKET);
}

TEST_CASE("a reset breaks the connection without a reply", "[server]") {
    const Running running(R"(, "faults": [{"request": 1, "reply": {"reset": true}}])");
    auto client = running.client();
    const auto reply = client.Post(path, body, "application/json");
    CHECK_FALSE(reply);
    CHECK(reply.error() == httplib::Error::Read);
    CHECK(client.Post(path, body, "application/json")->status == 200);
}

TEST_CASE("a cut reply breaks off in the middle of its body", "[server]") {
    const Running running(R"(, "faults": [{"request": 1, "reply": {"cut": true}}])");
    Socket socket(running.server.port());
    socket.send_text(raw_request(body));
    const std::string text = socket.receive_all();
    const std::size_t head = text.find("\r\n\r\n") + 4;
    const std::size_t promised = std::stoul(text.substr(text.find("Content-Length: ") + 16));
    CHECK(text.size() - head == promised / 2);
}

TEST_CASE("a port in use is refused with its name", "[server]") {
    Running running;
    Service other(scenario(R"("incidents": [{"id": "1", "created": "0s"}])"), noon, {});
    const int port = running.server.port();
    const xdr::Problem problem = problem_of([&] {
        const Server second(other, [] { return noon; }, {.host = "127.0.0.1", .port = port});
    });
    CHECK(problem.where == "127.0.0.1:" + std::to_string(port));
    CHECK(problem.what == "cannot listen: Address already in use");
}

TEST_CASE("a host that does not exist is refused", "[server]") {
    Service service(scenario(R"("incidents": [{"id": "1", "created": "0s"}])"), noon, {});
    const xdr::Problem problem = problem_of([&] {
        const Server server(service, [] { return noon; }, {.host = "256.0.0.1", .port = 0});
    });
    CHECK(problem.what.starts_with("cannot listen: "));
}

TEST_CASE("replies leave at once: the server's sockets have TCP_NODELAY", "[server]") {
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
        ++found;
    }
    CHECK(found == 1);
}

TEST_CASE("a server stops while connections are open", "[server]") {
    auto running = std::make_unique<Running>();
    auto client = running->client();
    REQUIRE(client.Get("/"));
    const Socket silent(running->server.port());
    running->server.stop();
    running.reset();
    CHECK_FALSE(client.Get("/"));
}
