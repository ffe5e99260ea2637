#include <httplib.h>
#include <openssl/ssl.h>

#include "site_rig.hpp"
#include "test_certificate.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

/// A site behind TLS.
struct Running {
    explicit Running(const HttpReply& reply = {.body = "{}"})
        : Running([reply](const HttpRequest&) { return reply; }) {}
    explicit Running(FakeSite::Answer answer, const Patience& patience = {})
        : site(std::move(answer)),
          server(site, {.tls_certificate = files.certificate(),
                        .tls_key = files.key(),
                        .patience = patience}) {}

    std::unique_ptr<httplib::SSLClient> client() const {
        auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", server.port());
        client->set_ca_cert_path(files.certificate().c_str());
        client->enable_server_certificate_verification(true);
        client->set_keep_alive(true);
        client->set_tcp_nodelay(true);
        return client;
    }

    TestCertificate files;
    FakeSite site;
    Server server;
};

xdr::Problem refused(const std::string& certificate, const std::string& key) {
    FakeSite site;
    return problem_of(
        [&] { const Server server(site, {.tls_certificate = certificate, .tls_key = key}); });
}

HttpReply echo(const HttpRequest& request) { return {.body = request.body}; }

/// But for the reply in hand when the server stops.
constexpr Patience endless{.idle = 24h, .transfer = 24h, .opening = 24h, .last = 1ms};

/// A client that only sends.
class TlsSocket {
   public:
    explicit TlsSocket(int port) : socket_(port), ssl_(SSL_new(context_)) {
        SSL_set_fd(ssl_, socket_.number());
        REQUIRE(SSL_connect(ssl_) == 1);
    }
    ~TlsSocket() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    TlsSocket(const TlsSocket&) = delete;
    TlsSocket& operator=(const TlsSocket&) = delete;

    void send_text(const std::string& text) const {
        REQUIRE(SSL_write(ssl_, text.data(), static_cast<int>(text.size())) ==
                static_cast<int>(text.size()));
    }

   private:
    Socket socket_;
    SSL_CTX* context_ = SSL_CTX_new(TLS_client_method());
    SSL* ssl_;
};

}  // namespace

TEST_CASE("a client that checks the certificate is served over TLS", "[server][tls]") {
    const Running running(echo);
    CHECK(running.server.url() == "https://127.0.0.1:" + std::to_string(running.server.port()));
    const auto client = running.client();
    for (const std::string body : {"one", "two"}) {
        const auto reply = client->Post("/x", body, "text/plain");
        REQUIRE(reply);
        CHECK(reply->body == body);
    }
    CHECK(client->socket() != INVALID_SOCKET);
    CHECK(running.site.requests().at(0).from_loopback);
}

TEST_CASE("large bodies come whole over TLS both ways", "[server][tls]") {
    const Running running(echo);
    const auto client = running.client();
    std::string large;
    for (int i = 0; large.size() < 5U << 20U; ++i) large += std::to_string(i);
    const auto reply = client->Post("/x", large, "text/plain");
    REQUIRE(reply);
    CHECK((reply->body == large));
    const auto packed = client->Post("/x", {{"Accept-Encoding", "gzip"}}, large, "text/plain");
    REQUIRE(packed);
    CHECK(packed->get_header_value("Content-Encoding") == "gzip");
    CHECK((packed->body == large));
}

TEST_CASE("a client that does not know the certificate goes away", "[server][tls]") {
    const Running running;
    httplib::SSLClient stranger("127.0.0.1", running.server.port());
    stranger.enable_server_certificate_verification(true);
    CHECK_FALSE(stranger.Get("/"));
    CHECK(running.client()->Get("/")->status == 200);
}

TEST_CASE("a client that speaks no TLS gets no reply", "[server][tls]") {
    const Running running;
    Socket plain(running.server, get("/x"));
    CHECK(plain.receive_all().find("HTTP/1.1") == std::string::npos);
    CHECK(running.site.requests().empty());
}

TEST_CASE("replies break over TLS as they do without it", "[server][tls]") {
    for (const Delivery::End end : {Delivery::End::reset, Delivery::End::cut}) {
        int count = 0;
        const Running running([&](const HttpRequest&) {
            const Delivery broken{.end = end};
            return HttpReply{.body = "body", .delivery = ++count == 1 ? broken : Delivery{}};
        });
        const auto client = running.client();
        std::string came;
        const auto reply = client->Get("/", [&](const char* data, std::size_t size) {
            came.append(data, size);
            return true;
        });
        CHECK_FALSE(reply);
        CHECK(came == (end == Delivery::End::cut ? "bo" : ""));
        CHECK(client->Get("/")->body == "body");
    }
}

TEST_CASE("a reply over TLS waits for the clock", "[server][tls]") {
    Running running({.body = "body", .delivery = {.delay = 1min}});
    const auto client = running.client();
    std::thread clock([&] {
        running.site.until_awaited(noon + 1min);
        running.site.advance_to(noon + 1min);
    });
    CHECK(client->Get("/")->body == "body");
    clock.join();
}

TEST_CASE("a server stops while a handshake has not begun", "[server][tls]") {
    // A stop that waits for the peer or for a limit would outlast the test.
    Running running(echo, endless);
    const auto client = running.client();
    REQUIRE(client->Get("/"));
    const Socket silent(running.server.port());
    const Socket half(running.server, "\x16\x03\x01\x02");
    running.server.stop();
    CHECK_FALSE(client->Get("/"));
}

TEST_CASE("a server stops while a client does not read its reply", "[server][tls]") {
    Running running(
        [](const HttpRequest&) { return HttpReply{.body = std::string(32U << 20U, 'x')}; },
        endless);
    const TlsSocket slow(running.server.port());
    slow.send_text(get("/x"));
    running.site.until_answered(1);
    running.server.stop();
    CHECK(running.site.undelivered_numbers().size() == 1);
}

TEST_CASE("TLS before 1.2 is not spoken", "[server][tls]") {
    const Running running;
    const auto client = running.client();
    SSL_CTX_set_max_proto_version(client->ssl_context(), TLS1_1_VERSION);
    CHECK_FALSE(client->Get("/"));
    SSL_CTX_set_max_proto_version(client->ssl_context(), TLS1_2_VERSION);
    CHECK(client->Get("/")->status == 200);
}

TEST_CASE("a certificate or key that is no good is refused by its name", "[server][tls]") {
    const TestCertificate one, two;
    CHECK(refused("none.pem", one.key()).where == "none.pem");
    CHECK(refused("none.pem", one.key())
              .what.starts_with("expected a certificate in PEM form: No such file"));
    CHECK(refused(one.key(), one.key()).where == one.key());
    CHECK(refused(one.certificate(), "none.pem").where == "none.pem");
    CHECK(refused(one.certificate(), one.certificate())
              .what.starts_with("expected a private key in PEM form without a password: "));
    const xdr::Problem other = refused(one.certificate(), two.key());
    CHECK(other.where == two.key());
    CHECK(other.what == "the key is not the one of the certificate " + one.certificate());
}

TEST_CASE("a certificate and a key come together", "[server][tls]") {
    CHECK(refused("certificate.pem", "") ==
          xdr::Problem{.where = "certificate.pem",
                       .what = "a certificate came without its key",
                       .hint = "docs/tls.md has a command that makes a certificate and its key"});
    CHECK(refused("", "key.pem").what == "a key came without a certificate");
}
