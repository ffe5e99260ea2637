#include "mockxdr/json.hpp"
#include "mockxdr/service.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

// What each switch of docs/scenarios.md, "How filters are read" and "How requests are refused",
// changes in a reply, beside what comes without it.

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// 150 incidents, half of them starred and of high severity.
HttpReply ask(const std::string& server, const std::string& body,
              const std::string& endpoint = "get_incidents") {
    Service service(scenario(R"("server": {)" + server + R"(}, "incidents": [
        {"id": "{n}", "created": "-1h", "repeat": 75,
         "fields": {"severity": "high", "starred": true, "description": "Port Scan"}},
        {"id": "1{n:03}", "created": "-1h", "repeat": 75}])"),
                    noon, {{"1", ApiKey("secret")}});
    return service.answer({.method = "POST",
                           .path = "/public_api/v1/incidents/" + endpoint,
                           .credentials = {.authorization = "secret", .auth_id = "1"},
                           .body = body},
                          noon);
}

std::string filtering(const std::string& field, const std::string& op, const std::string& value) {
    return R"({"request_data": {"filters": [{"field": ")" + field + R"(", "operator": ")" + op +
           R"(", "value": )" + value + "}]}}";
}

/// `200, 75 of 150` or `500, <err_extra>`, or `400, <err_msg>` where there is no err_extra.
std::string told(const HttpReply& reply) {
    const json::Value root = json::parse(reply.body, json::Comments::refused).root;
    const json::Value* inner = root.find("reply");
    const json::Value& body = inner ? *inner : root;
    const auto text = [&](const char* key) {
        const json::Value* value = body.find(key);
        return value ? json::write(*value) : "";
    };
    const std::string status = std::to_string(reply.status) + ", ";
    if (reply.status == 200) return status + text("result_count") + " of " + text("total_count");
    return status + (text("err_extra") == "null" ? text("err_msg") : text("err_extra"));
}

}  // namespace

TEST_CASE("severity is an unknown field, unless it is switched on", "[switches]") {
    const std::string body = filtering("severity", "in", R"(["high", "low"])");
    CHECK_THAT(told(ask("", body)), Catch::Matchers::Contains("500, \"filters[0].field: unknown"));
    const std::string on = R"("severity_filter": true)";
    CHECK(told(ask(on, body)) == "200, 75 of 75");
    CHECK_THAT(told(ask(on, filtering("severity", "in", R"(["hihg"])"))),
               Catch::Matchers::Contains("unknown severity 'hihg', did you mean high?"));
    CHECK_THAT(told(ask(on, filtering("severity", "eq", R"("high")"))),
               Catch::Matchers::Contains("'eq' is not valid for severity"));
}

TEST_CASE("ids of a list are text, unless integers are switched on", "[switches]") {
    const std::string body = filtering("incident_id_list", "in", R"([1, "2", 1001, 99999])");
    CHECK(told(ask("", body)) == R"(500, "filters[0].value[0]: expected a string, got 1")");
    const std::string on = R"("integer_ids": true)";
    CHECK(told(ask(on, body)) == "200, 3 of 3");
    CHECK(told(ask(on, filtering("incident_id_list", "in", "[1.0, 1e0]"))) == "200, 1 of 1");
    CHECK(told(ask(on, filtering("incident_id_list", "in", "[1.5]"))) ==
          R"(500, "filters[0].value[0]: expected an integer, got 1.5")");
    CHECK(told(ask(on, filtering("incident_id_list", "in", "[1, null]"))) ==
          R"(500, "filters[0].value[1]: expected a string, got null")");
}

TEST_CASE("contains ignores capitals, unless that is switched off", "[switches]") {
    const std::string body = filtering("description", "contains", R"("port scan")");
    CHECK(told(ask("", body)) == "200, 75 of 75");
    CHECK(told(ask(R"("contains_exact_case": true)", body)) == "200, 0 of 0");
}

TEST_CASE("false is a value of starred, unless it is taken for missing", "[switches]") {
    const std::string body = filtering("starred", "eq", "false");
    CHECK(told(ask("", body)) == "200, 75 of 75");
    const std::string on = R"("starred_false_missing": true)";
    CHECK(told(ask(on, body)) == "500, \"value param is missing (filters[0].value is false)\"");
    CHECK(told(ask(on, filtering("starred", "eq", "true"))) == "200, 75 of 75");
    CHECK(told(ask(on, filtering("starred", "neq", "false"))) == "200, 75 of 75");
}

TEST_CASE("a bad filter or sort gets 500, or 400 where that is switched", "[switches]") {
    const auto body = GENERATE(
        filtering("creation_tme", "gte", "1"), filtering("creation_time", "gt", "1"),
        filtering("status", "eq", R"("nwe")"), filtering("creation_time", "gte", "0"),
        filtering("creation_time", "gte", R"("1")"), filtering("status", "in", "[]"),
        filtering("incident_id", "eq", "7"), std::string(R"({"request_data": {"filters": {}}})"),
        std::string(R"({"request_data": {"filters": [{"field": "status"}]}})"),
        std::string(R"({"request_data": {"sort": []}})"),
        std::string(R"({"request_data": {"sort": {"field": "creation_time"}}})"));
    CAPTURE(body);
    CHECK(ask("", body).status == 500);
    const HttpReply switched = ask(R"("bad_filter_status": 400)", body);
    CHECK(switched.status == 400);
    CHECK(switched.body.find(R"("err_code": 400)") != std::string::npos);
    CHECK(told(switched).substr(5) == told(ask("", body)).substr(5));
}

TEST_CASE("a wrong window gets 400, or 500 where that is switched", "[switches]") {
    const std::string body = R"({"request_data": {"search_to": 101}})";
    const std::string extra =
        R"("Search size must fulfill the requirement: 0 < search_size <= 100")";
    CHECK(told(ask("", body)) == "400, " + extra);
    CHECK(told(ask(R"("window_status": 500)", body)) == "500, " + extra);
}

TEST_CASE("the cap on rows holds for extra data too, unless that is switched off", "[switches]") {
    const std::string body = R"({"request_data": {"search_to": 140}})";
    const std::string many = "get_multiple_incidents_extra_data";
    CHECK(ask("", body, many).status == 400);
    const std::string off = R"("multiple_extra_data_cap": false)";
    CHECK(told(ask(off, body, many)) == "200, 140 of 150");
    CHECK(ask(off, body).status == 400);
}

TEST_CASE("total_count says how many match, or no more than its cap", "[switches]") {
    CHECK(told(ask("", R"({"request_data": {}})")) == "200, 100 of 150");
    CHECK(told(ask(R"("total_count_cap": 120)", R"({"request_data": {}})")) == "200, 100 of 120");
}

TEST_CASE("an incident that is not there gets 404, or what is switched", "[switches]") {
    const std::string body = R"({"request_data": {"incident_id": "9999"}})";
    for (const auto& [server, status] :
         {std::pair("", 404), std::pair(R"("not_found_status": 400)", 400),
          std::pair(R"("not_found_status": 500)", 500)}) {
        const HttpReply reply = ask(server, body, "get_incident_extra_data");
        CHECK(reply.status == status);
        CHECK(reply.body ==
              R"({"reply": {"err_code": 404, "err_msg": "An error occurred while processing XDR )"
              R"(public API - incident management - get_incident_extra_data", )"
              R"("err_extra": "Incident not found"}})");
    }
}

TEST_CASE("what is not JSON is told as text, or as JSON with its line and column", "[switches]") {
    const std::string body = "{\"request_data\":\n  {\"filters\": nope}}";
    CHECK_THAT(told(ask("", body)),
               Catch::Matchers::Contains("not JSON") && Catch::Matchers::Contains("at line 2:16"));
    const HttpReply reply = ask(R"("syntax_errors": "json")", body);
    CHECK(reply.status == 400);
    const json::Value root = json::parse(reply.body, json::Comments::refused).root;
    const json::Value* refusal = root.find("reply");
    CHECK(refusal->find("err_extra")->is_null());
    const std::string message = *refusal->find("err_msg")->get_if<std::string>();
    const json::Value inside = json::parse(message, json::Comments::refused).root;
    CHECK(*inside.find("line")->get_if<std::int64_t>() == 2);
    CHECK(*inside.find("column")->get_if<std::int64_t>() == 16);
    CHECK_THAT(*inside.find("message")->get_if<std::string>(),
               Catch::Matchers::Contains("not JSON"));
}

TEST_CASE("errors stand in reply, or flat with the code as text", "[switches]") {
    const std::string body = R"({"request_data": {"search_to": 0}})";
    CHECK(ask("", body).body.starts_with(R"({"reply": {"err_code": 400, "err_msg": )"));
    CHECK(ask(R"("error_form": "flat")", body).body ==
          R"({"err_code": "400", "err_msg": "An error occurred while processing XDR public API", )"
          R"("err_extra": "Search size must fulfill the requirement: 0 < search_size <= 100"})");
    CHECK(ask(R"("error_form": "flat", "access": "no_permission")", body).body ==
          R"({"err_code": "403", "err_msg": "Forbidden", )"
          R"("err_extra": "the key's role does not permit this"})");
}

TEST_CASE("a missing licence and a missing role have texts that clients look for", "[switches]") {
    const std::string body = R"({"request_data": {}})";
    const HttpReply licence = ask(R"("access": "no_licence")", body);
    CHECK(licence.status == 402);
    CHECK(licence.body == R"({"reply": {"err_code": 402, "err_msg": "Payment required", )"
                          R"("err_extra": "the license does not include this API"}})");
    const HttpReply role = ask(R"("access": "no_permission")", body);
    CHECK(role.status == 403);
    CHECK(role.body == R"({"reply": {"err_code": 403, "err_msg": "Forbidden", )"
                       R"("err_extra": "the key's role does not permit this"}})");
}

TEST_CASE("what is too much gets 429 with both texts that clients look for, or 500", "[switches]") {
    for (const auto& [more, status] : {std::pair("", 429), std::pair(R"(, "status": 500)", 500)}) {
        const std::string limit =
            R"("rate_limit": {"extra_data_per_minute": 1)" + std::string(more) + "}";
        Service service(scenario(R"("server": {)" + limit +
                                 R"(}, "incidents": [{"id": "1", "created": "-1h"}])"),
                        noon, {{"1", ApiKey("secret")}});
        const HttpRequest request{.method = "POST",
                                  .path = "/public_api/v1/incidents/get_incident_extra_data/",
                                  .credentials = {.authorization = "secret", .auth_id = "1"},
                                  .body = R"({"request_data": {"incident_id": "1"}})"};
        CHECK(service.answer(request, noon).status == 200);
        const HttpReply refused = service.answer(request, noon + 59s);
        CHECK(refused.status == status);
        CHECK(refused.headers.empty());
        CHECK(refused.body == R"({"reply": {"err_code": )" + std::to_string(status) +
                                  R"(, "err_msg": "Rate limit exceeded", )"
                                  R"("err_extra": "Too many requests."}})");
        CHECK(service.answer(request, noon + 1min).status == 200);
    }
}
