#include "mockxdr/service.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const std::string path = "/public_api/v1/incidents/get_incidents";

struct Fixture {
    Service service;

    explicit Fixture(const std::string& keys = R"("incidents": [{"id": "1", "created": "0s"}])")
        : service(scenario(keys), noon, test_keys()) {}

    static ApiKeys test_keys() {
        ApiKeys keys;
        keys.emplace("1", ApiKey("secret"));
        keys.emplace("2", ApiKey("limited", KeyLevel::standard, Permission::limited));
        keys.emplace("3", ApiKey("full", KeyLevel::standard, Permission::full));
        return keys;
    }

    static HttpRequest request(const std::string& at,
                               const std::string& body = R"({"request_data": {}})") {
        return {.method = "POST",
                .path = at,
                .credentials = {.authorization = "secret", .auth_id = "1"},
                .body = body};
    }

    HttpReply post(const std::string& at, const std::string& body = R"({"request_data": {}})") {
        return service.answer(request(at, body), noon + 1min);
    }

    HttpReply post_as(const std::string& key, const std::string& id) {
        HttpRequest asked = request(path);
        asked.credentials = {.authorization = key, .auth_id = id};
        return service.answer(asked, noon + 1min);
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
    CHECK(service.answer({.method = "GET", .path = path}, noon).status == 500);
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
    CHECK(post_as(key, id).status == status);
}

TEST_CASE_METHOD(Fixture, "a request without a key is refused before its body is judged",
                 "[service]") {
    CHECK(service.answer({.method = "POST", .path = path, .body = "not json"}, noon).status == 401);
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
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}],
                  "faults": [{"request": 2, "reply": {"status": 503}}])");
    CHECK(at.post(path).status == 200);
    CHECK(std::holds_alternative<ReplyFault>(at.service.get_incidents({}, noon + 1min)));
    CHECK(at.post(path).status == 200);
    CHECK(at.service.faults().unfired().empty());
}

TEST_CASE("requests are counted by endpoint, and all together", "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}],
                  "faults": [{"request": 1, "reply": {"status": 503}},
                             {"request": 3, "endpoint": "any", "reply": {"status": 502}}])");
    CHECK(at.post("/api_keys/validate/").status == 200);
    CHECK(at.post(path).status == 503);
    CHECK(at.post("/api_keys/validate").status == 502);
    CHECK(at.post(path).status == 200);
}

TEST_CASE_METHOD(Fixture, "each request is observed once, with what became of it", "[service]") {
    std::vector<std::string> seen;
    service.on_exchange([&](const Exchange& exchange) {
        seen.push_back(std::to_string(exchange.number) + " " + std::to_string(exchange.request) +
                       (exchange.query ? " query " : " none ") +
                       std::to_string(exchange.answer->index()) + " by " + exchange.key_id);
    });
    post(path);
    post(path, "{");
    post("/nowhere");
    post("/api_keys/validate");
    service.get_incidents({}, noon + 1min);
    CHECK(seen == std::vector<std::string>{"1 1 query 0 by 1", "2 2 none 2 by 1", "3 0 none 2 by ",
                                           "4 1 none 1 by 1", "5 3 query 0 by "});
}

TEST_CASE("a reset of a request that was not seen leaves no trace in the counts", "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}],
                  "faults": [{"request": 1, "reply": {"reset": "before_seen"}}])");
    std::vector<std::uint64_t> numbers;
    at.service.on_exchange([&](const Exchange& exchange) { numbers.push_back(exchange.request); });
    CHECK(at.post(path).delivery.end == Delivery::End::reset);
    CHECK(at.post(path).status == 200);
    CHECK(at.post(path).status == 200);
    CHECK(numbers == std::vector<std::uint64_t>{1, 1, 2});
}

TEST_CASE("an update whose reply is lost is made, one that is answered with an error is not",
          "[service]") {
    const auto [fault, made] = GENERATE(table<std::string, bool>({
        {R"({"reset": true})", true},
        {R"({"cut": true})", true},
        {R"({"invalid_json": true})", true},
        {R"({"silence": true})", true},
        {R"({"reset": "before_seen"})", false},
        {R"({"status": 503})", false},
        {R"({"error_object": {"err_code": 500, "err_msg": "m", "err_extra": null}})", false},
    }));
    CAPTURE(fault);
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}],
                  "faults": [{"request": 1, "endpoint": "update_incident", "reply": )" +
               fault + "}]");
    at.post(
        "/public_api/v1/incidents/update_incident",
        R"({"request_data": {"incident_id": "1", "update_data": {"status": "resolved_auto"}}})");
    const Incident& incident = at.service.world().incidents()[0];
    CHECK((incident.at(noon + 1min)->fields.find("status") != nullptr) == made);
}

TEST_CASE("an update moves the incident to where later queries find it", "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}, {"id": "2", "created": "1s"}])");
    const std::string update = "/public_api/v1/incidents/update_incident";
    CHECK(at.post(update, R"({"request_data": {"incident_id": "1",
                              "update_data": {"status": "UNDER_INVESTIGATION"}}})")
              .body == R"({"reply": true})");
    const std::string found = at.post(path, R"({"request_data": {"filters": [
                         {"field": "status", "operator": "eq", "value": "under_investigation"},
                         {"field": "modification_time", "operator": "gte", "value": 1704110460000}
                         ]}})")
                                  .body;
    CHECK(found.find(R"("total_count": 1, "result_count": 1)") != std::string::npos);
    CHECK(found.find(R"("incident_id": "1")") != std::string::npos);
    CHECK(found.find(R"("modification_time": 1704110460000)") != std::string::npos);
}

TEST_CASE("an incident that is not there is not found, with the texts that were met", "[service]") {
    const auto [status, code] =
        GENERATE(table<int, std::string>({{404, "404"}, {400, "404"}, {500, "404"}}));
    Fixture at(R"("incidents": [{"id": "1", "created": "5m"}],
                  "server": {"not_found_status": )" +
               std::to_string(status) + "}");
    const std::string extra = "/public_api/v1/incidents/get_incident_extra_data";
    for (const std::string id : {"1", "7"}) {
        const HttpReply reply =
            at.post(extra, R"({"request_data": {"incident_id": ")" + id + R"("}})");
        CHECK(reply.status == status);
        CHECK(reply.body == R"({"reply": {"err_code": )" + code +
                                R"(, "err_msg": "An error occurred while processing XDR public )"
                                R"(API - incident management - get_incident_extra_data", )"
                                R"("err_extra": "Incident not found"}})");
    }
}

TEST_CASE("restricted incidents are shown to a full key only, tags not to a limited one",
          "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}, {"id": "2", "created": "1s"}],
                  "server": {"restricted": ["2"]})");
    const std::string ordinary = at.post_as("secret", "1").body;
    const std::string limited = at.post_as("limited", "2").body;
    const std::string full = at.post_as("full", "3").body;
    CHECK(ordinary.find(R"("total_count": 2, "result_count": 1)") != std::string::npos);
    CHECK(ordinary.find(R"("restricted_incident_ids": ["2"])") != std::string::npos);
    CHECK(ordinary.find(R"("tags": [])") != std::string::npos);
    CHECK(limited.find(R"("restricted_incident_ids": ["2"])") != std::string::npos);
    CHECK(limited.find("tags") == std::string::npos);
    CHECK(full.find(R"("total_count": 2, "result_count": 2)") != std::string::npos);
    CHECK(full.find(R"("restricted_incident_ids": [])") != std::string::npos);
    HttpRequest extra = Fixture::request("/public_api/v1/incidents/get_incident_extra_data",
                                         R"({"request_data": {"incident_id": "2"}})");
    CHECK(at.service.answer(extra, noon + 1min).status == 404);
    extra.credentials = {.authorization = "full", .auth_id = "3"};
    CHECK(at.service.answer(extra, noon + 1min).status == 200);
}

TEST_CASE("a licence or a role that is missing refuses every request with a right key",
          "[service]") {
    Fixture licence(R"("incidents": [{"id": "1", "created": "0s"}],
                       "server": {"access": "no_licence"})");
    CHECK(licence.post(path).status == 402);
    CHECK(licence.post_as("wrong", "1").status == 401);
    CHECK(licence.post("/nowhere").status == 500);
    Fixture role(R"("incidents": [{"id": "1", "created": "0s"}],
                    "server": {"access": "no_permission"})");
    CHECK(role.post(path).status == 403);
    CHECK(
        role.service.answer({.method = "GET", .path = "/public_api/v1/healthcheck"}, noon).status ==
        200);
}

TEST_CASE("a quota refuses what is too much, and says when to come again if asked to",
          "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}],
                  "server": {"rate_limit": {"per_second": 2, "retry_after": true}})");
    CHECK(at.post(path).status == 200);
    CHECK(at.post_as("wrong", "1").status == 401);
    CHECK(at.post(path, "{").status == 400);
    const HttpReply reply = at.post(path);
    CHECK(reply.status == 429);
    CHECK(reply.headers == Headers{{"Retry-After", "1"}});
    CHECK(at.service.answer(Fixture::request(path), noon + 1min + 1s).status == 200);
}

TEST_CASE("equal tags mean equal bodies", "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}, {"id": "2", "created": "2m"}])");
    const HttpReply first = at.post(path);
    const HttpReply again = at.post(path + "/");
    CHECK_FALSE(first.tag.empty());
    CHECK(again.tag == first.tag);
    CHECK(again.body == first.body);
    CHECK(at.post_as("limited", "2").tag != first.tag);
    CHECK(at.post(path, R"({"request_data": {"search_to": 1}})").tag != first.tag);
    at.post(
        "/public_api/v1/incidents/update_incident",
        R"({"request_data": {"incident_id": "1", "update_data": {"status": "resolved_auto"}}})");
    const HttpReply updated = at.post(path);
    CHECK(updated.tag != first.tag);
    CHECK(at.service.answer(Fixture::request(path), noon + 2min).tag != updated.tag);
    Fixture shuffled(R"("incidents": [{"id": "1", "created": "0s"}],
                        "server": {"ties": "shuffled"})");
    CHECK(shuffled.post(path).tag.empty());
}

TEST_CASE("what waits for a page to be read happens right after it was", "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"},
                                {"id": "2", "created": "1s", "on": {"page": 2}}])");
    const std::string first = R"({"request_data": {"search_to": 1}})";
    const std::string second = R"({"request_data": {"search_from": 1, "search_to": 2}})";
    const auto total = [&](const std::string& body) {
        const std::string text = at.post(path, body).body;
        return text.substr(26, 1);
    };
    CHECK(total(first) == "1");
    CHECK(total(first) == "1");
    CHECK(total(second) == "1");
    CHECK(total(first) == "2");
}

TEST_CASE("the defect of alert_sources answers two values with nothing", "[service]") {
    Fixture at(R"("incidents": [{"id": "1", "created": "0s"}],
                  "server": {"alert_sources_defect": true})");
    const auto with = [](const std::string& values, const std::string& more = "") {
        return R"({"request_data": {"filters": [{"field": "alert_sources", "operator": "in", "value": [)" +
               values + "]}" + more + "]}}";
    };
    CHECK(at.post(path, with(R"("XDR Agent")")).body.find(R"("total_count": 1)") !=
          std::string::npos);
    CHECK(at.post(path, with(R"("XDR Agent", "XDR BIOC")")).body.find(R"("total_count": 0)") !=
          std::string::npos);
    CHECK(at.post(path, with(R"("XDR Agent")",
                             R"(, {"field": "starred", "operator": "eq", "value": true})"))
              .status == 500);
}

TEST_CASE("a timestamp is judged by the clock that the scenario names", "[service]") {
    const auto status = [](const std::string& clock, bool real_time) {
        ApiKeys keys;
        keys.emplace("1", ApiKey("secret", KeyLevel::advanced));
        Service service(scenario(R"("incidents": [{"id": "1", "created": "0s"}],
                                    "server": {"auth": {"clock": ")" +
                                 clock + "\"}}"),
                        noon, std::move(keys));
        if (real_time) service.use_real_time([] { return noon + 24h; });
        HttpRequest asked = Fixture::request(path);
        // SHA-256 of "secretabc1704110460000", made with another program.
        asked.credentials = {
            .authorization = "0abe6cea6826cf99aeba31ceaec7609f1b756c4b2459841161fb1c9f14155423",
            .auth_id = "1",
            .nonce = "abc",
            .timestamp = "1704110460000"};
        return service.answer(asked, noon + 1min).status;
    };
    CHECK(status("automatic", false) == 200);
    CHECK(status("automatic", true) == 401);
    CHECK(status("world", true) == 200);
    CHECK(status("real", true) == 401);
}

TEST_CASE("a request that was never seen uses no nonce up", "[service]") {
    ApiKeys keys;
    keys.emplace("1", ApiKey("secret", KeyLevel::advanced));
    Service service(scenario(R"("incidents": [{"id": "1", "created": "0s"}],
                                "server": {"auth": {"single_use_nonce": true}},
                                "faults": [{"request": 1, "reply": {"reset": "before_seen"}}])"),
                    noon, std::move(keys));
    HttpRequest asked = Fixture::request(path);
    // As above.
    asked.credentials = {
        .authorization = "0abe6cea6826cf99aeba31ceaec7609f1b756c4b2459841161fb1c9f14155423",
        .auth_id = "1",
        .nonce = "abc",
        .timestamp = "1704110460000"};
    const auto ask = [&] { return service.answer(asked, noon + 1min); };
    CHECK(ask().delivery.end == Delivery::End::reset);
    CHECK(ask().status == 200);
    CHECK(ask().status == 401);
}

TEST_CASE_METHOD(Fixture, "a reply has the number of its request", "[service]") {
    CHECK(post(path).number == 1);
    CHECK(post("/nowhere").number == 2);
}

TEST_CASE_METHOD(Fixture, "a request that could not be read is counted and told", "[service]") {
    std::vector<std::string> told;
    service.on_exchange([&](const Exchange& exchange) {
        const auto& refusal = std::get<Refusal>(*exchange.answer);
        told.push_back(std::to_string(exchange.number) + " " + exchange.target + " " +
                       std::to_string(refusal.status) + " " + refusal.err_msg);
    });
    const HttpReply reply = service.refuse({.method = "POST", .path = "/x"}, 431, noon + 1min);
    CHECK(reply.status == 431);
    CHECK(reply.date == noon + 1min);
    CHECK(told == std::vector<std::string>{"1 POST /x 431 not read"});
    service.on_exchange({});
    CHECK(post(path).number == 2);
}

TEST_CASE("what never reached the service is refused as the API's front end does", "[service]") {
    const auto [status, begin] = GENERATE(table<int, std::string>({
        {400, "Bad Request\r\n\r\nThe request cannot be read"},
        {413, R"({"reply": {"err_code": 413, "err_msg": "Request body too large")"},
        {415, "Unsupported Media Type\r\n"},
        {431, "Request Header Fields Too Large\r\n"},
        {500, "Internal Server Error\r\n"},
    }));
    const HttpReply reply = refused_by_transport(status);
    CHECK(reply.status == status);
    CHECK(reply.body.starts_with(begin));
}

TEST_CASE("a body that is too large is refused in the form of all errors", "[service]") {
    Fixture flat(
        R"("incidents": [{"id": "1", "created": "0s"}], "server": {"error_form": "flat"})");
    CHECK(flat.service.refuse({.method = "POST", .path = path}, 413, noon)
              .body.starts_with(R"({"err_code": "413", )"));
}

TEST_CASE_METHOD(Fixture, "the body of a large request is no tag", "[service]") {
    const auto body = [](std::size_t size) {
        const std::string request = R"({"request_data": {}})";
        return request + std::string(size - request.size(), ' ');
    };
    CHECK_FALSE(post(path, body(4096)).tag.empty());
    CHECK(post(path, body(4097)).tag.empty());
}
