#include <rapidcheck.h>

#include "mock_rig.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

std::size_t rows_of(const std::variant<Page, RequestFailed>& answer) {
    if (const auto* failed = std::get_if<RequestFailed>(&answer)) FAIL(failed->why);
    return std::get<Page>(answer).rows.size();
}

}  // namespace

TEST_CASE("a fault that passes costs one more request", "[http_source][retry]") {
    const auto reply = GENERATE(
        as<std::string>{}, R"({"reset": true})", R"({"cut": true})", R"({"wrong_length": 10})",
        R"({"wrong_length": -10})", R"({"truncated_gzip": true})", R"({"invalid_json": true})",
        R"({"status": 429})", R"({"status": 425})", R"({"status": 408})", R"({"status": 500})",
        R"({"status": 502, "body": "<p>no</p>"})", R"({"status": 503, "body": ""})",
        R"({"status": 504})", R"({"error_object": {"err_code": 500}})",
        R"({"error_object": {"err_code": 503, "err_extra": [{"a": 1}]}})");
    CAPTURE(reply);
    Mock mock(first_hit_by(reply));
    HttpSource source(mock.connection(), {});
    CHECK(rows_of(source.fetch({})) == 5);
    CHECK(source.requests() == 2);
    CHECK(mock.waits.size() <= 1);
    CHECK(rows_of(source.fetch({})) == 5);
    CHECK(source.requests() == 3);
}

TEST_CASE("a connection that breaks before the server saw the request is no page lost",
          "[http_source][retry]") {
    Mock mock(first_hit_by(R"({"reset": "before_seen"})"));
    HttpSource source(mock.connection(), {});
    CHECK(rows_of(source.fetch({})) == 5);
    CHECK(source.requests() == 2);
}

TEST_CASE("a server that says nothing is asked again", "[http_source][retry]") {
    const auto reply =
        GENERATE(as<std::string>{}, R"({"silence": true})", R"({"delay": "1h"})",
                 R"({"slow_headers": "1h"})", R"({"dribble": {"bytes": 20, "every": "1h"}})");
    CAPTURE(reply);
    Mock mock(first_hit_by(reply));
    Connection connection = mock.connection();
    connection.limits.read = 150ms;
    HttpSource source(connection, {});
    CHECK(rows_of(source.fetch({})) == 5);
    CHECK(source.requests() == 2);
}

TEST_CASE("a fault that stays fails the request after so many attempts", "[http_source][retry]") {
    Mock mock(all_hit_by(R"({"status": 503})"));
    HttpSource source(mock.connection(), {});
    CHECK(why(source.fetch({})) ==
          "status 503: An error occurred while processing XDR public API; tried 5 times");
    CHECK(source.requests() == 5);
    CHECK(mock.waits.size() >= 3);
}

TEST_CASE("what will not pass is asked once", "[http_source][retry]") {
    const auto [reply, what] = GENERATE(table<std::string, std::string>(
        {{R"({"status": 400})", "status 400: "},
         {R"({"status": 401})", "status 401: Public API request unauthorized; check the key"},
         {R"({"status": 402})", "status 402: "},
         {R"({"status": 403})", "status 403: "},
         {R"({"status": 404})", "status 404: "},
         {R"({"status": 413})", "status 413: "},
         {R"({"status": 500, "body": "Internal Server Error"})",
          "status 500: Internal Server Error; check the URL: its host or the path before "
          "/public_api is wrong"},
         {R"({"error_object": {"err_code": 403, "err_msg": "no"}})",
          "/reply: the API reports an error 403: no; check the role of the key"}}));
    CAPTURE(reply);
    Mock mock(all_hit_by(reply));
    HttpSource source(mock.connection(), {});
    const std::string text = why(source.fetch({}));
    CHECK(text.substr(0, what.size()) == what);
    CHECK(source.requests() == 1);
    CHECK(mock.waits.empty());
}

TEST_CASE("a wrong path is not hammered", "[http_source][retry]") {
    Mock mock;
    Connection connection = mock.connection();
    connection.url += "/wrong";
    HttpSource source(connection, {});
    CHECK(why(source.fetch({})).find("check the URL: ") != std::string::npos);
    CHECK(source.requests() == 1);
}

TEST_CASE("nothing is tried again unless asked for", "[http_source][retry]") {
    Mock mock(first_hit_by(R"({"status": 503})"));
    Connection connection = mock.connection();
    connection.retries = Connection{}.retries;
    HttpSource source(connection, {});
    CHECK(why(source.fetch({})) == "status 503: An error occurred while processing XDR public API");
    CHECK(source.requests() == 1);
}

TEST_CASE("a server that is busy is asked again when it said", "[http_source][retry]") {
    const auto form =
        GENERATE(as<std::string>{}, R"("40s")", R"({"after": "40s", "form": "date"})");
    Mock mock(first_hit_by(R"({"status": 429, "retry_after": )" + form + "}"));
    HttpSource source(mock.connection(), {});
    CHECK(rows_of(source.fetch({})) == 5);
    REQUIRE(mock.waits.size() == 1);
    CHECK(mock.waits[0] >= 40s);
    CHECK(mock.waits[0] < 41s);
}

TEST_CASE("a server that is busy for long ends the run and says when", "[http_source][retry]") {
    Mock mock(first_hit_by(R"({"status": 503, "retry_after": "10m"})"));
    HttpSource source(mock.connection(), {});
    CHECK(why(source.fetch({})).ends_with("; come again in 10m, at 2024-01-01T13:10:00Z"));
    CHECK(source.requests() == 1);
}

TEST_CASE("a wait that is cut short ends the request", "[http_source][retry]") {
    Mock mock(first_hit_by(R"({"status": 503, "retry_after": "10s"})"));
    Connection connection = mock.connection();
    connection.wait = [](Millis) { return false; };
    HttpSource source(connection, {});
    CHECK(why(source.fetch({})).ends_with("; the wait for another attempt was cut short"));
    CHECK(source.requests() == 1);
}

TEST_CASE("each run has its own budget and its own count of requests", "[http_source][retry]") {
    Mock mock(all_hit_by(R"({"status": 503})"));
    Connection connection = mock.connection();
    connection.retries.budget = 2;
    HttpSource source(connection, {});
    for (int run = 0; run < 2; ++run) {
        CHECK(source.requests() == 0);
        CHECK(why(source.fetch({})).ends_with("which is all it may"));
        CHECK(source.requests() == 3);
        source.begin_run();
    }
}

TEST_CASE("a failure names the request", "[http_source][retry]") {
    Mock mock(R"("faults": [{"request": 2, "reply": {"status": 400}}])");
    HttpSource source(mock.connection(), {});
    const std::string name =
        "POST " + mock.connection().url + "/public_api/v1/incidents/get_incidents (request 2: ";
    source.fetch({});
    PageRequest request;
    request.gte = Mock::noon;
    request.lte = Mock::noon + 1h;
    request.search_from = 100;
    request.search_to = 200;
    const auto answer = source.fetch(request);
    const std::string text = std::get<RequestFailed>(answer).why;
    CHECK(text.starts_with(name + "rows 100 to 200, creation_time from 2024-01-01T12:00:00Z to "
                                  "2024-01-01T13:00:00Z): status 400: "));
}

TEST_CASE("extra data come as they were sent", "[http_source][extra_data]") {
    Mock mock;
    HttpSource source(mock.connection(), {});
    const auto answer = source.extra_data(IncidentId("2"));
    REQUIRE(std::holds_alternative<std::string>(answer));
    const std::string text = std::get<std::string>(answer);
    CHECK(text.starts_with(R"({"incident":{"incident_id":"2",)"));
    CHECK(text.find(R"("alerts":{"total_count":)") != std::string::npos);
    CHECK(text.find(R"("network_artifacts":{)") != std::string::npos);
}

TEST_CASE("an incident without extra data is a failed request", "[http_source][extra_data]") {
    Mock mock;
    HttpSource source(mock.connection(), {});
    const auto answer = source.extra_data(IncidentId("99"));
    CHECK(std::get<RequestFailed>(answer).why.find("get_incident_extra_data (request 1: incident "
                                                   "99): status 404: ") != std::string::npos);
    CHECK(std::get<RequestFailed>(answer).has_none);
    CHECK(source.requests() == 1);
}

TEST_CASE("extra data keep within the quota", "[http_source][extra_data]") {
    Mock mock(R"("server": {"rate_limit": {"extra_data_per_minute": 10}})");
    HttpSource source(mock.connection(), {});
    for (int i = 0; i < 25; ++i)
        CHECK(std::holds_alternative<std::string>(source.extra_data(IncidentId("1"))));
    CHECK(source.requests() == 25);
    CHECK(mock.waits == std::vector<Millis>{1min, 1min});
}

TEST_CASE("a wait for the quota that is cut short is a failed request",
          "[http_source][extra_data]") {
    Mock mock;
    Connection connection = mock.connection();
    connection.extra_data_per_minute = 1;
    connection.wait = [](Millis) { return false; };
    HttpSource source(connection, {});
    source.extra_data(IncidentId("1"));
    CHECK(why(source.extra_data(IncidentId("1"))) == "the wait for its turn was cut short");
    CHECK(source.requests() == 1);
}
