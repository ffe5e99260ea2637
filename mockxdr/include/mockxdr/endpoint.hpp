#pragma once

#include <optional>
#include <string_view>

namespace mockxdr {

/// What the mock answers. Source: docs/coverage.md, Endpoints.
enum class Endpoint {
    get_incidents,
    get_incident_extra_data,
    get_multiple_incidents_extra_data,
    update_incident,
    healthcheck,
    get_tenant_info,
    validate_api_key,
    get_versions,
};

/// `get_incidents` and so on: the endpoint's name in scenario files and journals.
std::string_view name_of(Endpoint endpoint);
std::optional<Endpoint> find_endpoint(std::string_view name);

/// The endpoint of a method and path, with or without a final slash; nothing if there is none.
std::optional<Endpoint> endpoint_of(std::string_view method, std::string_view path);

}  // namespace mockxdr
