#include <atomic>

#include "scenarios.hpp"
#include "site_rig.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const std::string credentials = "Authorization: k\r\nx-xdr-auth-id: 1\r\n";

std::string request(const std::string& headers = credentials) {
    const std::string body = R"({"request_data": {}})";
    return "POST /public_api/v1/incidents/get_incidents HTTP/1.1\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A service behind its server, a minute after the start, until somebody moves its clock.
struct Running {
    explicit Running(const std::string& keys = "")
        : service(scenario(R"("incidents": [{"id": "1", "created": "0s"}])" + keys), noon,
                  {{"1", ApiKey("k")}}),
          server(service, [this] { return now.load(); }, {}) {}

    std::atomic<TimePoint> now = noon + 1min;
    Service service;
    Server server;
};

}  // namespace

TEST_CASE("a request over HTTP gets the service's answer", "[server]") {
    const Running running;
    Socket socket(running.server, request());
    const RawReply reply = receive_reply(socket);
    CHECK(reply.head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(reply.header("Content-Type") == "application/json");
    CHECK(reply.header("Date") == "Mon, 01 Jan 2024 12:01:00 GMT");
    CHECK(reply.body.starts_with(R"({"reply": {"total_count": 1, "result_count": 1)"));
}

TEST_CASE("the headers of advanced keys do a standard key no harm", "[server]") {
    const Running running;
    Socket socket(running.server,
                  request(credentials + "x-xdr-nonce: n\r\nx-xdr-timestamp: 1704110400000\r\n"));
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 200"));
}

TEST_CASE("a path with a line end is unknown like any other", "[server]") {
    const Running running;
    Socket socket(running.server, get("/a%0ab"));
    CHECK(receive_reply(socket).body.size() == 110);
}

TEST_CASE("a service hears of what could not be read", "[server]") {
    Running running;
    std::atomic<int> told = 0;
    running.service.on_exchange(
        [&](const Exchange& exchange) { told = std::get<Refusal>(*exchange.answer).status; });
    Socket socket(running.server, "garbage\r\n\r\n");
    CHECK(receive_reply(socket).head.starts_with("HTTP/1.1 400"));
    CHECK(told == 400);
}

TEST_CASE("a service's clock releases a delayed reply", "[server]") {
    Running running(R"(, "faults": [{"request": 1, "reply": {"delay": "30s"}}])");
    Socket late(running.server, request());
    Socket prompt(running.server, get("/"));
    CHECK_FALSE(receive_reply(prompt).body.empty());
    running.now = noon + 2min;
    CHECK(receive_reply(late).head.starts_with("HTTP/1.1 200"));
}
