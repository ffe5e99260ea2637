#include "http_source.hpp"

#include "canned.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

std::string failure_at(const std::string& url) {
    HttpSource source({.url = url, .api_key_id = "1", .api_key = "k"}, {});
    const auto answer = source.fetch({});
    if (const auto* failed = std::get_if<RequestFailed>(&answer)) return failed->why;
    return "a page";
}

std::string failure_of(int status, const std::string& body) {
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        out.status = status;
        out.set_content(body, "application/json");
    });
    const std::string prefix =
        "POST " + server.url() +
        "/public_api/v1/incidents/get_incidents (request 1: rows 0 to 100): ";
    const std::string why = failure_at(server.url());
    CHECK(why.starts_with(prefix));
    return why.substr(std::min(prefix.size(), why.size()));
}

}  // namespace

TEST_CASE("a page comes with the headers, the body and the time of its reply", "[http_source]") {
    httplib::Request seen;
    const Canned server([&](const httplib::Request& in, httplib::Response& out) {
        seen = in;
        out.set_header("Date", "Mon, 01 Jan 2024 12:00:07 GMT");
        out.set_content(R"({"reply": {"total_count": 0, "incidents": []}})", "application/json");
    });
    Query query;
    query.status = {"new"};
    HttpSource source({.url = server.url() + "/prefix/",
                       .api_key_id = "7",
                       .api_key = "secret",
                       .version = "1.2"},
                      query);
    const auto answer = source.fetch({});
    REQUIRE(std::holds_alternative<Page>(answer));
    CHECK(std::get<Page>(answer).server_time == xdr::parse_iso8601("2024-01-01T12:00:07Z"));
    CHECK(seen.path == "/prefix/public_api/v1/incidents/get_incidents");
    CHECK(seen.get_header_value("Authorization") == "secret");
    CHECK(seen.get_header_value("x-xdr-auth-id") == "7");
    CHECK(seen.get_header_value("Content-Type") == "application/json");
    CHECK(seen.get_header_value("Accept-Encoding") == "gzip");
    CHECK(seen.get_header_value("User-Agent") == "fetch-incidents/1.2");
    CHECK_FALSE(seen.has_header("x-xdr-nonce"));
    CHECK(seen.body.find(R"("value":["new"])") != std::string::npos);
}

TEST_CASE("a Date header in another form is no time", "[http_source]") {
    const Canned server([&](const httplib::Request&, httplib::Response& out) {
        out.set_header("Date", "yesterday");
        out.set_content(R"({"reply": {"total_count": 0, "incidents": []}})", "application/json");
    });
    HttpSource source({.url = server.url(), .api_key_id = "1", .api_key = "k"}, {});
    CHECK_FALSE(std::get<Page>(source.fetch({})).server_time);
}

TEST_CASE("each failure says which request failed and why", "[http_source]") {
    CHECK(failure_of(500, R"({"reply": {"err_code": 500, "err_msg": "no", "err_extra": "why"}})") ==
          "status 500: no: why");
    CHECK(failure_of(500, "Internal Server Error\r\n\r\nmore") ==
          "status 500: Internal Server Error; check the URL: its host or the path before "
          "/public_api is wrong");
    CHECK(failure_of(401, R"({"reply": {"err_code": 401, "err_msg": "Public API request )"
                          R"(unauthorized", "err_extra": null}})") ==
          "status 401: Public API request unauthorized; check the key, its id, that it is a "
          "standard key, and this machine's clock");
    CHECK(failure_of(200, "garbage").starts_with("the reply is not JSON (7 bytes)"));
    CHECK(failure_of(200, "{}").starts_with("/reply: it is missing"));
    CHECK(failure_of(302, "").starts_with("status 302; check the URL"));
    CHECK(failure_of(599, "").starts_with("status 599"));
}

TEST_CASE("a server that is not there is a failed request", "[http_source]") {
    std::string url;
    {
        const Canned gone([](const httplib::Request&, httplib::Response&) {});
        url = gone.url();
    }
    CHECK(failure_at(url) ==
          "POST " + url +
              "/public_api/v1/incidents/get_incidents (request 1: rows 0 to 100): no connection "
              "could be made; check the URL, and that a server listens there");
}

TEST_CASE("what is no URL is refused", "[http_source]") {
    const auto url = GENERATE(
        as<std::string>{}, "", "127.0.0.1:80", "ftp://x", "http://", "https:///path",
        "http://h:", "http://h:x", "http://h:0", "http://h:65536", "http://h:8080x/", "http://:80",
        "http://user@h", "http://h/?a", "http://h/#a", "http://h /", "http://h/a\r\nb", "HTTP://h");
    CAPTURE(url);
    CHECK(problem_of([&] {
              HttpSource source({.url = url, .api_key_id = "1", .api_key = "k"}, {});
          }).what == "'" + url + "' is not a URL");
}
