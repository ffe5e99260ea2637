#include "mockxdr/endpoint.hpp"

#include <algorithm>
#include <array>

namespace mockxdr {

namespace {

struct Route {
    Endpoint endpoint;
    std::string_view name, method, path;
};

constexpr std::array<Route, 8> routes{{
    {Endpoint::get_incidents, "get_incidents", "POST", "/public_api/v1/incidents/get_incidents"},
    {Endpoint::get_incident_extra_data, "get_incident_extra_data", "POST",
     "/public_api/v1/incidents/get_incident_extra_data"},
    {Endpoint::get_multiple_incidents_extra_data, "get_multiple_incidents_extra_data", "POST",
     "/public_api/v1/incidents/get_multiple_incidents_extra_data"},
    {Endpoint::update_incident, "update_incident", "POST",
     "/public_api/v1/incidents/update_incident"},
    {Endpoint::healthcheck, "healthcheck", "GET", "/public_api/v1/healthcheck"},
    {Endpoint::get_tenant_info, "get_tenant_info", "POST", "/public_api/v1/system/get_tenant_info"},
    {Endpoint::validate_api_key, "validate_api_key", "POST", "/api_keys/validate"},
    {Endpoint::get_versions, "get_versions", "POST", "/public_api/v1/distributions/get_versions"},
}};

/// The endpoint of the first route that fits.
template <class Fits>
std::optional<Endpoint> find(Fits fits) {
    const auto found = std::find_if(routes.begin(), routes.end(), fits);
    return found == routes.end() ? std::nullopt : std::optional(found->endpoint);
}

}  // namespace

std::string_view name_of(Endpoint endpoint) {
    const auto found = std::find_if(routes.begin(), routes.end(),
                                    [&](const Route& route) { return route.endpoint == endpoint; });
    return found == routes.end() ? std::string_view{} : found->name;
}

std::optional<Endpoint> find_endpoint(std::string_view name) {
    return find([&](const Route& route) { return route.name == name; });
}

std::optional<Endpoint> endpoint_of(std::string_view method, std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return find([&](const Route& route) { return route.method == method && route.path == path; });
}

}  // namespace mockxdr
