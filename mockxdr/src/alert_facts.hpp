#pragma once

#include <array>
#include <string>
#include <vector>

#include "chance.hpp"
#include "mockxdr/alerts.hpp"

namespace mockxdr {

/// What the alerts and artifacts of an incident are made from.
struct Facts {
    Chance chance;  ///< of this incident
    Chance world;   ///< of what incidents have in common, such as the addresses of hosts
    TimePoint creation_time{}, modification_time{};
    std::string incident_id;
    std::vector<std::string> hosts, users, sources, categories, tactics, techniques, tags;
    std::array<std::int64_t, 4> severity_counts{};  ///< critical, high, medium, low
    std::string severity, status;
    bool starred = false;
    std::int64_t alert_total = 0, wildfire_hits = 0;
    json::Array network_artifacts{}, file_artifacts{};
};

/// All but the artifacts.
Facts facts_of(const Match& match, std::uint64_t seed);

/// One to three files and up to two addresses, but no more of either than there are alerts.
json::Array generated_files(const Facts& facts);
json::Array generated_addresses(const Facts& facts);

/// The scenario's artifacts; the keys that it leaves out are generated.
json::Array completed_files(const Facts& facts, const json::Array& given);
json::Array completed_addresses(const Facts& facts, const json::Array& given);

/// Alert number `index`, from 0, with every key.
json::Object generated_alert(const Facts& facts, std::uint64_t index);

/// When that alert was raised: at the incident's creation or up to five minutes before.
TimePoint detection_time(const Facts& facts, std::uint64_t index);

/// `generated` with the members of `given` in place of its own; new keys come last.
json::Value completed(json::Object generated, const json::Value& given);

/// A member, without a position: `put(object, "key", value)`.
void put(json::Object& object, std::string_view key, json::Value value);

}  // namespace mockxdr
