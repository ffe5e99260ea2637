// The sample requests of the API page "Get all Incidents", and the answers that the real API was
// seen to give to them.
#include "mockxdr/service.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

HttpReply answer(const std::string& body) {
    ApiKeys keys;
    keys.emplace("1", ApiKey("k"));
    Service service(scenario(R"("incidents": [
                        {"id": "1", "created": "0s", "absent": ["users"]},
                        {"id": "2", "created": "1s"},
                        {"repeat": 150, "id": "1{n:03}", "created": "2s"}])"),
                    noon, std::move(keys));
    return service.answer({.method = "POST",
                           .path = "/public_api/v1/incidents/get_incidents/",
                           .credentials = {.authorization = "k", .auth_id = "1"},
                           .body = body},
                          noon + 1h);
}

std::string counts(const HttpReply& reply) {
    return reply.body.substr(0, reply.body.find(", \"incidents\""));
}

std::string error(int code, const std::string& extra) {
    return "{\"reply\": {\"err_code\": " + std::to_string(code) +
           ", \"err_msg\": \"An error occurred while processing XDR public API\", "
           "\"err_extra\": \"" +
           extra + "\"}}";
}

}  // namespace

TEST_CASE("the sample with empty request data gets the first hundred", "[api_page]") {
    const HttpReply reply = answer(R"({"request_data": {}})");
    CHECK(reply.status == 200);
    CHECK(counts(reply) == R"({"reply": {"total_count": 152, "result_count": 100)");
}

TEST_CASE("the sample with a list of ids gets those incidents", "[api_page]") {
    const HttpReply reply = answer(R"({"request_data": {"filters": [
        {"field": "incident_id_list", "operator": "in", "value": ["1", "2", "no such id"]}],
        "search_from": 0, "search_to": 100,
        "sort": {"field": "creation_time", "keyword": "desc"}}})");
    CHECK(reply.status == 200);
    CHECK(counts(reply) == R"({"reply": {"total_count": 2, "result_count": 2)");
    CHECK(reply.body.find(R"("incident_id": "2")") < reply.body.find(R"("incident_id": "1")"));
}

TEST_CASE("the sample with in [null] is refused, not ignored", "[api_page]") {
    const HttpReply reply = answer(R"({"request_data": {"filters": [
        {"field": "incident_id_list", "operator": "in", "value": [null]}]}})");
    CHECK(reply.status == 500);
    CHECK(reply.body == error(500, "filters[0].value[0]: expected a string, got null"));
}

TEST_CASE("the sample with search_to 0 breaks the window rule", "[api_page]") {
    const HttpReply reply = answer(R"({"request_data": {"filters": [],
        "search_from": 0, "search_to": 0,
        "sort": {"field": "creation_time", "keyword": "asc"}}})");
    CHECK(reply.status == 400);
    CHECK(reply.body ==
          error(400, "Search size must fulfill the requirement: 0 < search_size <= 100"));
}

TEST_CASE("a page past the end is empty and ends the reading", "[api_page]") {
    const HttpReply reply = answer(R"({"request_data": {"search_from": 200, "search_to": 300}})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"reply": {"total_count": 152, "result_count": 0, "incidents": [], )"
                        R"("restricted_incident_ids": []}})");
}
