#pragma once

#include <span>
#include <string_view>

#include "mockxdr/json.hpp"
#include "mockxdr/server_options.hpp"

namespace mockxdr {

enum class FieldType { text, integer, boolean, texts, any };

/// Whether today's API sends a key of its own accord.
enum class Sent {
    always,
    when_set,
    extra_data_only,  ///< get_incidents never sends it
};

/// One key of the API's incident object.
/// Source: "Get all Incidents", and captures of it; docs/coverage.md lists them.
struct IncidentField {
    std::string_view name;
    FieldType type;
    json::Value default_value;
    Sent sent = Sent::always;
    bool in_2020 = false;  ///< among the 21 keys of the oldest captures
};

/// The keys of an incident in the order in which they are sent. incident_id, creation_time and
/// modification_time come first; their values come from the world.
std::span<const IncidentField> incident_fields();

const IncidentField* find_incident_field(std::string_view name);

/// Whether a tenant of that age knows the key at all; `sent` says when today's sends it.
bool is_in_preset(const IncidentField& field, Preset preset);

/// Whether only keys with full permission are shown it. Source: "Get all Incidents", `tags`.
bool needs_full_permission(const IncidentField& field);

/// The statuses that the API page names and two that were met in replies.
std::span<const std::string_view> known_statuses();

/// Severities, among them the ones that only a vendor's client names.
std::span<const std::string_view> known_severities();

/// What a value of that type looks like, for messages: `text`, `an integer`, …
std::string_view name_of(FieldType type);
bool has_type(const json::Value& value, FieldType type);

}  // namespace mockxdr
