#include "mockxdr/endpoint.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace mockxdr;

TEST_CASE("each endpoint has its method, its path in both slash forms and its name", "[endpoint]") {
    const auto [endpoint, name, method, path] =
        GENERATE(table<Endpoint, std::string, std::string, std::string>({
            {Endpoint::get_incidents, "get_incidents", "POST",
             "/public_api/v1/incidents/get_incidents"},
            {Endpoint::get_incident_extra_data, "get_incident_extra_data", "POST",
             "/public_api/v1/incidents/get_incident_extra_data"},
            {Endpoint::get_multiple_incidents_extra_data, "get_multiple_incidents_extra_data",
             "POST", "/public_api/v1/incidents/get_multiple_incidents_extra_data"},
            {Endpoint::update_incident, "update_incident", "POST",
             "/public_api/v1/incidents/update_incident"},
            {Endpoint::healthcheck, "healthcheck", "GET", "/public_api/v1/healthcheck"},
            {Endpoint::get_tenant_info, "get_tenant_info", "POST",
             "/public_api/v1/system/get_tenant_info"},
            {Endpoint::validate_api_key, "validate_api_key", "POST", "/api_keys/validate"},
            {Endpoint::get_versions, "get_versions", "POST",
             "/public_api/v1/distributions/get_versions"},
        }));
    CAPTURE(name);
    CHECK((endpoint_of(method, path) == endpoint));
    CHECK((endpoint_of(method, path + "/") == endpoint));
    CHECK((find_endpoint(name) == endpoint));
    CHECK(name_of(endpoint) == name);
    CHECK_FALSE(endpoint_of(method, path + "//"));
    CHECK_FALSE(endpoint_of(method == "GET" ? "POST" : "GET", path));
    CHECK_FALSE(endpoint_of("PUT", path));
    CHECK_FALSE(endpoint_of("post", path));
}

TEST_CASE("other paths are no endpoint", "[endpoint]") {
    const auto path = GENERATE(
        as<std::string>(), "", "/", "//", "/public_api/v1/incidents",
        "public_api/v1/incidents/get_incidents", "/public_api/v2/incidents/get_incidents",
        "/public_api/v1/incidents/Get_Incidents", "/public_api/v1/incidents/get_incidents/1",
        "//public_api/v1/incidents/get_incidents", "/public_api/v1/alerts/get_alerts",
        "/public_api/v1/alerts/get_alerts_multi_events", "/public_api/v1/api_keys/validate");
    CAPTURE(path);
    CHECK_FALSE(endpoint_of("POST", path));
    CHECK_FALSE(endpoint_of("GET", path));
}

TEST_CASE("other names name no endpoint", "[endpoint]") {
    CHECK_FALSE(find_endpoint(""));
    CHECK_FALSE(find_endpoint("get_incident"));
    CHECK_FALSE(find_endpoint("GET_INCIDENTS"));
}
