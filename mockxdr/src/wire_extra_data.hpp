#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire.hpp"

namespace mockxdr {

/// A get_incident_extra_data request. Source: "Get Extra Incident Data".
struct ExtraDataRequest {
    std::string incident_id;
    std::int64_t alerts_limit = 1000;  ///< 0 or more
    bool drop_nulls = false;
    std::vector<std::string> alert_fields_to_exclude{};

    friend bool operator==(const ExtraDataRequest&, const ExtraDataRequest&) = default;
};

std::variant<ExtraDataRequest, Refusal> read_extra_data(std::string_view body,
                                                        const ServerOptions& options);

/// The body of the reply: the incident with its comments, alerts and artifacts.
std::string write_extra_data(const Match& match, const Form& form, const ExtraDataRequest& request,
                             std::uint64_t seed);

/// More alerts of an incident are not in a reply of get_multiple_incidents_extra_data.
/// Source: captures of it; it has no public page.
inline constexpr std::int64_t alerts_limit_per_incident = 50;

/// A get_multiple_incidents_extra_data request; its window is not checked yet.
struct MultipleRequest {
    Query query;
    std::vector<std::string> fields_to_exclude{}, alert_fields_to_exclude{};
    bool drop_nulls = false;

    friend bool operator==(const MultipleRequest&, const MultipleRequest&) = default;
};

std::variant<MultipleRequest, Refusal> read_multiple(std::string_view body,
                                                     const ServerOptions& options);

/// The body of the reply: each incident of the page with its first alerts and its artifacts.
std::string write_multiple(const Selection& selection, const Form& form,
                           const MultipleRequest& request, std::uint64_t seed);

}  // namespace mockxdr
