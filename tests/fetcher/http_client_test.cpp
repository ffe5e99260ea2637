#include <condition_variable>
#include <map>
#include <mutex>

#include "canned.hpp"
#include "mock_rig.hpp"
#include "test_certificate.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

Connection to(const Canned& server) {
    return {.url = server.url(), .api_key_id = "1", .api_key = "k"};
}

}  // namespace

TEST_CASE("an advanced key proves itself anew in each request", "[http_source][keys]") {
    Mock mock(R"("server": {"auth": {"single_use_nonce": true}})", {},
              mockxdr::ApiKey("secret", mockxdr::KeyLevel::advanced));
    Connection connection = mock.connection();
    CHECK(why(HttpSource(connection, {}).fetch({})).starts_with("status 401"));
    connection.level = KeyLevel::advanced;
    HttpSource source(connection, {});
    for (int i = 0; i < 3; ++i) CHECK(std::holds_alternative<Page>(source.fetch({})));
    connection.random = [] { return 7U; };
    HttpSource predictable(connection, {});
    CHECK(std::holds_alternative<Page>(predictable.fetch({})));
    CHECK(why(predictable.fetch({})).starts_with("status 401"));
}

TEST_CASE("a second attempt of an advanced key has another nonce", "[http_source][keys]") {
    Mock mock(
        first_hit_by(R"({"cut": true})") + R"(, "server": {"auth": {"single_use_nonce": true}})",
        {}, mockxdr::ApiKey("secret", mockxdr::KeyLevel::advanced));
    Connection connection = mock.connection();
    connection.level = KeyLevel::advanced;
    HttpSource source(connection, {});
    CHECK(std::holds_alternative<Page>(source.fetch({})));
    CHECK(source.requests() == 2);
}

TEST_CASE("a clock that is wrong is named where a key is refused", "[http_source][keys]") {
    Mock mock("", {}, mockxdr::ApiKey("secret", mockxdr::KeyLevel::advanced));
    Connection connection = mock.connection();
    connection.level = KeyLevel::advanced;
    connection.now = [&] { return mock.now.load() - 6min; };
    CHECK(why(HttpSource(connection, {}).fetch({})) ==
          "status 401: Public API request unauthorized; check the key, its id, that it is an "
          "advanced key, and this machine's clock, which is 6m behind the server's");
}

TEST_CASE("a server with a certificate of our CA is trusted", "[http_source][tls]") {
    const TestCertificate files;
    Mock mock(first_hit_by(R"({"reset": true})"),
              {.tls_certificate = files.certificate(), .tls_key = files.key()});
    Connection connection = mock.connection();
    connection.ca_file = files.certificate();
    HttpSource source(connection, {});
    for (int i = 0; i < 2; ++i) CHECK(std::holds_alternative<Page>(source.fetch({})));
    CHECK(source.requests() == 3);
}

TEST_CASE("a server with any other certificate is not", "[http_source][tls]") {
    const TestCertificate files, others;
    Mock mock("", {.tls_certificate = files.certificate(), .tls_key = files.key()});
    Connection connection = mock.connection();
    for (const std::string& ca_file : {std::string(), others.certificate()}) {
        connection.ca_file = ca_file;
        HttpSource source(connection, {});
        CHECK(why(source.fetch({})) ==
              "the server's certificate is not trusted; name the file with its CA's certificate, "
              "and check that the URL has the name that the certificate is for");
        CHECK(source.requests() == 1);
    }
}

TEST_CASE("a good certificate for another name is not trusted", "[http_source][tls]") {
    const TestCertificate files;
    Mock mock(
        "", {.host = "127.0.0.2", .tls_certificate = files.certificate(), .tls_key = files.key()});
    Connection connection = mock.connection();
    connection.ca_file = files.certificate();
    CHECK(connection.url.starts_with("https://127.0.0.2:"));
    CHECK(why(HttpSource(connection, {}).fetch({})).starts_with("the server's certificate"));
}

TEST_CASE("a server that speaks no TLS is no connection", "[http_source][tls]") {
    Mock mock;
    Connection connection = mock.connection();
    connection.url.replace(0, 4, "https");
    connection.limits.connect = 100ms;
    connection.retries.most_attempts = 2;
    HttpSource source(connection, {});
    CHECK(
        why(source.fetch({})) ==
        "no TLS connection could be made; check that the URL names an https server; tried 2 times");
}

TEST_CASE("a CA file that holds no certificate is refused by its name", "[http_source][tls]") {
    const TestCertificate files;
    for (const auto& [file, what] : std::map<std::string, std::string>{
             {"none.pem", "cannot be read: No such file or directory"},
             {files.key(), "expected certificates in PEM form"},
             {"/", "cannot be read: Is a directory"}}) {
        Connection connection;
        connection.url = "https://127.0.0.1";
        connection.ca_file = file;
        const xdr::Problem problem = problem_of([&] { HttpSource source(connection, {}); });
        CHECK(problem.where == file);
        CHECK(problem.what == what);
    }
}

TEST_CASE("a reply that takes too long as a whole is given up", "[http_source][limits]") {
    const auto reply = GENERATE(as<std::string>{}, R"({"silence": true})", R"({"delay": "1h"})",
                                R"({"slow_headers": "1h"})");
    CAPTURE(reply);
    Mock mock(all_hit_by(reply));
    Connection connection = mock.connection();
    connection.limits.total = 100ms;
    connection.retries.most_attempts = 2;
    HttpSource source(connection, {});
    CHECK(why(source.fetch({})) == "no whole reply within 100ms; tried 2 times");
}

TEST_CASE("a server that sends a byte now and then is given up", "[http_source][limits]") {
    std::mutex mutex;
    std::condition_variable never;
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        out.set_chunked_content_provider("application/json",
                                         [&](std::size_t, httplib::DataSink& sink) {
                                             std::unique_lock lock(mutex);
                                             never.wait_for(lock, 1ms);
                                             return sink.write(" ", 1);
                                         });
    });
    Connection connection = to(server);
    connection.limits.total = 100ms;
    CHECK(why(HttpSource(connection, {}).fetch({})) == "no whole reply within 100ms");
}

TEST_CASE("a connection goes on after requests that were in time", "[http_source][limits]") {
    Mock mock;
    Connection connection = mock.connection();
    connection.limits.total = 5s;
    HttpSource source(connection, {});
    for (int i = 0; i < 200; ++i) REQUIRE(std::holds_alternative<Page>(source.fetch({})));
    CHECK(source.requests() == 200);
}

TEST_CASE("a reply over the limit is not taken, packed or not", "[http_source][limits]") {
    const std::string large = R"({"reply": {"total_count": 0, "incidents": []}, "x": ")" +
                              std::string(100'000, 'x') + R"("})";
    const auto accepts = GENERATE(as<std::string>{}, "text/plain", "application/json");
    // httplib packs what it takes for text: 100 kB come as a few hundred bytes then.
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        out.set_content(large, accepts.c_str());
    });
    Connection connection = to(server);
    connection.most_body_bytes = large.size() - 1;
    CHECK(why(HttpSource(connection, {}).fetch({})) == "the reply is larger than " +
                                                           std::to_string(large.size() - 1) +
                                                           " bytes; ask for fewer rows at once");
    connection.most_body_bytes = large.size();
    CHECK(std::holds_alternative<Page>(HttpSource(connection, {}).fetch({})));
}

TEST_CASE("a reply over the limit is not taken where its length is not said",
          "[http_source][limits]") {
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        out.set_chunked_content_provider("application/json",
                                         [](std::size_t, httplib::DataSink& sink) {
                                             const std::string part(10'000, ' ');
                                             return sink.write(part.data(), part.size());
                                         });
    });
    Connection connection = to(server);
    connection.most_body_bytes = 1'000'000;
    CHECK(why(HttpSource(connection, {}).fetch({})).starts_with("the reply is larger than"));
}

TEST_CASE("a reply that has no body by its status is not waited for", "[http_source]") {
    const auto [head, what] = GENERATE(table<std::string, std::string>(
        {{"HTTP/1.1 304 Not Modified\r\n\r\n",
          "status 304; check the URL: its host or the path before /public_api is wrong"},
         {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", "status 101"}}));
    const Raw server(head);
    Connection connection{.url = server.url(), .api_key_id = "1", .api_key = "k"};
    connection.limits.read = 500ms;
    CHECK(why(HttpSource(connection, {}).fetch({})) == what);
}

TEST_CASE("a packing that was not asked for is refused", "[http_source][gzip]") {
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        out.set_header("Content-Encoding", "br");
        out.set_content("x", "application/octet-stream");
    });
    CHECK(why(HttpSource(to(server), {}).fetch({})) ==
          "the reply is packed as 'br', which was not asked for");
}

TEST_CASE("a login page is asked for once", "[http_source]") {
    int count = 0;
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        ++count;
        out.set_content("<html>", "text/html");
    });
    Connection connection = to(server);
    connection.retries = {};
    connection.wait = [](Millis) { return true; };
    CHECK(why(HttpSource(connection, {}).fetch({})) ==
          "the reply is not JSON (6 bytes); check that the URL names a Cortex XDR API");
    CHECK(count == 1);
}

TEST_CASE("a reply that ends in the middle of JSON is asked for again, elsewhere",
          "[http_source]") {
    std::vector<int> ports;
    const Canned server([&](const httplib::Request& in, httplib::Response& out) {
        ports.push_back(in.remote_port);
        out.set_content("{\"reply\": ", "application/json");
    });
    Connection connection = to(server);
    connection.retries = {};
    connection.wait = [](Millis) { return true; };
    CHECK(why(HttpSource(connection, {}).fetch({})).ends_with("; tried 5 times"));
    REQUIRE(ports.size() == 5);
    // What such a reply left on its connection would be taken for the next one.
    for (std::size_t i = 1; i < ports.size(); ++i) CHECK(ports[i] != ports[i - 1]);
}
