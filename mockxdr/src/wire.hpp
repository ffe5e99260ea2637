#pragma once

#include <string_view>
#include <variant>

#include "mockxdr/service.hpp"

namespace mockxdr {

/// What the API says of most errors.
inline constexpr std::string_view generic_error =
    "An error occurred while processing XDR public API";

/// Reads a get_incidents body; a missing `search_to` is 100, or page_cap if that is less.
std::variant<Query, Refusal> read_query(std::string_view body, const ServerOptions& options);

/// The part of `request_data` that says which incidents and which page. Throws Rejected.
Query read_query_parts(const json::Value& request_data, const ServerOptions& options);

/// The window rule: 1 to `most` rows. Source: "Get all Incidents", search_to; the error text was
/// measured.
std::optional<Refusal> check_window(const Query& query, const ServerOptions& options,
                                    std::int64_t most);

/// Which keys of an incident are sent.
struct Form {
    Preset preset = Preset::current;
    Permission permission = Permission::full;

    friend auto operator<=>(const Form&, const Form&) = default;
};

/// One incident as JSON.
void write_incident(const Match& match, const Form& form, std::string& out);

/// `"restricted_incident_ids": [...]` is left out where the preset is older than it.
void write_restricted(const std::vector<IncidentId>& ids, const Form& form, std::string& out);

/// `{"reply": value}`.
HttpReply write_reply(const json::Value& value);

HttpReply write_refusal(const Refusal& refusal, ErrorForm form);

Refusal unauthorized(const ServerOptions& options, std::string unsaid);

/// What the API says with a status where nothing more is known of the request.
Refusal refusal_of(int status, const ServerOptions& options);

/// What the API's server says for a path that it does not know: text, not JSON.
HttpReply unknown_path();

/// The reply of a request that a fault hits; `regular` is what it would have been.
HttpReply write_fault(const ReplyFault& fault, const HttpReply& regular,
                      const ServerOptions& options);

}  // namespace mockxdr
