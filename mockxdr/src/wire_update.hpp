#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mockxdr/service.hpp"

namespace mockxdr {

/// An update_incident request that passed all checks which need no incident; what is not set stays
/// as it is. Source: "Update an Incident", and clients of it; docs/coverage.md, Other endpoints.
struct UpdateRequest {
    std::string incident_id;
    std::optional<std::string> assigned_user_mail{};  ///< empty: nobody is assigned
    std::optional<std::string> assigned_user_pretty_name{};
    std::optional<std::string> manual_severity{};  ///< in lower case; empty: none
    std::optional<std::string> status{};           ///< in lower case
    std::optional<std::string> resolve_comment{};
    std::optional<std::string> comment{};

    friend bool operator==(const UpdateRequest&, const UpdateRequest&) = default;
};

/// Reads an update_incident body. Keys of update_data that the page does not name are ignored, as
/// real clients send them; values that cannot be are refused.
std::variant<UpdateRequest, Refusal> read_update(std::string_view body,
                                                 const ServerOptions& options);

/// What only the incident can tell: a resolve_comment needs an incident that is resolved, or is
/// by this request. To be asked before `changes_of`.
std::optional<Refusal> check_update(const UpdateRequest& request, const Match& current);

/// What the request sets on the incident as it is at `now`. A resolved status sets
/// resolved_timestamp to `now`, another one clears it; a comment comes after those that are there.
/// Empty for a request that sets nothing.
Fields changes_of(const UpdateRequest& request, const Match& current, TimePoint now);

/// `update of 101: status resolved_auto, comment added`: for the journal. Texts of persons and
/// their mail addresses are not repeated.
std::string summary(const UpdateRequest& request);

}  // namespace mockxdr
