#include "mockxdr/service.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const std::string path = "/public_api/v1/incidents/get_incidents";

struct Fixture {
    Service service = service_of(R"("incidents": [{"id": "1", "created": "0s"}])");

    static Service service_of(const std::string& keys) {
        ApiKeys api_keys;
        api_keys.emplace("1", ApiKey("secret"));
        return Service(scenario(keys), noon, std::move(api_keys));
    }

    HttpReply post(const std::string& at, const std::string& body = R"({"request_data": {}})") {
        return service.answer(
            {.method = "POST", .path = at, .authorization = "secret", .auth_id = "1", .body = body},
            noon + 1min);
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "both slash forms name the endpoint", "[service]") {
    CHECK(post(path).status == 200);
    CHECK(post(path + "/").status == 200);
    CHECK(post(path).body == post(path + "/").body);
}

TEST_CASE_METHOD(Fixture, "other paths and methods get the web server's text", "[service]") {
    CHECK(post("/public_api/v1/incidents").content_type == "text/plain; charset=utf-8");
    CHECK(post(path + "//").status == 500);
    CHECK(post("/").status == 500);
    CHECK(service
              .answer({.method = "GET",
                       .path = path,
                       .authorization = "secret",
                       .auth_id = "1",
                       .body = ""},
                      noon)
              .status == 500);
}

TEST_CASE_METHOD(Fixture, "only the right key with its id gets in", "[service]") {
    const auto [key, id, status] = GENERATE(table<std::string, std::string, int>({
        {"secret", "1", 200},
        {"secre", "1", 401},
        {"secret1", "1", 401},
        {"Secret", "1", 401},
        {"", "1", 401},
        {"secret", "2", 401},
        {"secret", "", 401},
        {"Bearer secret", "1", 401},
        {"secretsecret", "1", 401},
    }));
    CAPTURE(key, id);
    CHECK(service
              .answer({.method = "POST",
                       .path = path,
                       .authorization = key,
                       .auth_id = id,
                       .body = R"({"request_data": {}})"},
                      noon)
              .status == status);
}

TEST_CASE("an empty key matches nothing but itself", "[service]") {
    CHECK_FALSE(ApiKey("").matches("x"));
    CHECK(ApiKey("").matches(""));
    CHECK_FALSE(ApiKey("key").matches(""));
}

TEST_CASE_METHOD(Fixture, "a request without a key is refused before its body is judged",
                 "[service]") {
    CHECK(service
              .answer({.method = "POST",
                       .path = path,
                       .authorization = "",
                       .auth_id = "",
                       .body = "not json"},
                      noon)
              .status == 401);
    CHECK(post(path, "not json").status == 400);
}

TEST_CASE_METHOD(Fixture, "a window above the page cap fails over both ways in", "[service]") {
    CHECK(post(path, R"({"request_data": {"search_to": 101}})").status == 400);
    Query query;
    query.search_to = 101;
    const Answer answer = service.get_incidents(query, noon);
    REQUIRE(std::holds_alternative<Refusal>(answer));
    CHECK(std::get<Refusal>(answer).status == 400);
}

TEST_CASE("faults hit requests by number, over both ways in", "[service]") {
    Service service = Fixture::service_of(
        R"("incidents": [{"id": "1", "created": "0s"}],
           "faults": [{"request": 2, "reply": {"status": 503}}])");
    const HttpRequest request{.method = "POST",
                              .path = path,
                              .authorization = "secret",
                              .auth_id = "1",
                              .body = R"({"request_data": {}})"};
    CHECK(service.answer(request, noon).status == 200);
    CHECK(std::holds_alternative<ReplyFault>(service.get_incidents({}, noon)));
    CHECK(service.answer(request, noon).status == 200);
    CHECK(service.faults().unfired().empty());
}

TEST_CASE("what is not mocked does not count as a request", "[service]") {
    Service service = Fixture::service_of(
        R"("incidents": [{"id": "1", "created": "0s"}],
           "faults": [{"request": 1, "reply": {"status": 503}}])");
    HttpRequest request{.method = "POST",
                        .path = "/api_keys/validate/",
                        .authorization = "secret",
                        .auth_id = "1",
                        .body = R"({"request_data": {}})"};
    CHECK(service.answer(request, noon).status == 500);
    request.path = path;
    CHECK(service.answer(request, noon).status == 503);
}

TEST_CASE_METHOD(Fixture, "each request is observed once, with what became of it", "[service]") {
    std::vector<std::string> seen;
    service.on_exchange([&](const Exchange& exchange) {
        seen.push_back(std::to_string(exchange.request) + (exchange.query ? " query " : " none ") +
                       std::to_string(exchange.answer->index()));
    });
    post(path);
    post(path, "{");
    post("/nowhere");
    service.get_incidents({}, noon);
    CHECK(seen == std::vector<std::string>{"1 query 0", "2 none 1", "0 none 1", "3 query 0"});
}
