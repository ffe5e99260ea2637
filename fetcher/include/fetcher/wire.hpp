#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// The body of a get_incidents request. Throws xdr::Error for a query that is not UTF-8.
/// Source: "Get all Incidents", Request.
std::string request_body(const Query& query, const PageRequest& request);

/// Reads the body of a get_incidents reply. Throws xdr::Error, whose `where` is a JSON pointer,
/// for what is not one; keys that it does not need may be null, absent or of any type.
Page read_page(std::string_view body);

/// The reason that an error reply gives, from err_msg and err_extra in any of their forms; the
/// body's first line if it is not JSON. At most 200 bytes.
std::string read_reason(std::string_view body);

/// Whether the body is a JSON object: what the API itself answers with, also where it fails.
bool is_json_object(std::string_view body);

/// The err_code of an error reply, wrapped or flat, a number or its digits; 0 if it has none.
int read_error_code(std::string_view body);

/// The body of a get_incident_extra_data request. Throws xdr::Error for an id that is not UTF-8.
/// Source: "Get Extra Incident Data", Request.
std::string extra_data_body(const IncidentId& id, std::int64_t alerts_limit);

/// The `reply` of a get_incident_extra_data reply as JSON text, in the order of its keys. Throws
/// xdr::Error, whose `where` is a JSON pointer, if it is no object with that incident.
std::string read_extra_data(std::string_view body, const IncidentId& id);

/// The severity as XSOAR counts it: informational 0.5, low 1, medium 2, high 3, critical 4,
/// anything else 0 (unknown). Source: "Fetching Incidents", Creating an Incident.
double xsoar_severity(std::string_view severity);

/// One incident as XSOAR takes it, a JSON object on one line: name, occurred (ISO 8601), details,
/// severity, dbotMirrorId and rawJSON. Source: "Fetching Incidents", Creating an Incident.
std::string xsoar_incident(const Row& row);

/// Where in which batch a line stands: what a reader needs to know a repeat.
struct BatchPlace {
    std::int64_t batch = 0;  ///< of the run that emitted it, from 1
    std::size_t index = 1;   ///< from 1
    std::size_t of = 1;      ///< lines of that batch
};

/// What xsoar_incident wrote, with `batch`, `index` and `of` before it; no line end.
std::string ndjson_line(const BatchPlace& place, std::string_view xsoar_json);

/// A row's raw_json with alerts, network_artifacts and file_artifacts, each an array, out of what
/// read_extra_data gave.
std::string with_extra_data(std::string_view raw_json, std::string_view extra_data);

/// A row's raw_json with the reason, as `extra_data_error`, for which the API has none of it.
std::string without_extra_data(std::string_view raw_json, const std::string& why);

/// The last run as JSON text; `{}` before the first run.
std::string to_json(const State& state);

/// Reads what to_json wrote. Throws xdr::Error, whose `where` is a JSON pointer.
State state_from_json(std::string_view text);

}  // namespace fetcher
