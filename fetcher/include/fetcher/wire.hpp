#pragma once

#include <string>
#include <string_view>
#include <vector>

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

/// Incidents as XSOAR takes them: a JSON array of objects with name, occurred (ISO 8601), details,
/// dbotMirrorId and rawJSON. Source: "Fetching Incidents", Creating an Incident.
std::string xsoar_incidents(const std::vector<Row>& rows);

/// The last run as JSON text; `{}` before the first run.
std::string to_json(const State& state);

/// Reads what to_json wrote. Throws xdr::Error, whose `where` is a JSON pointer.
State state_from_json(std::string_view text);

}  // namespace fetcher
