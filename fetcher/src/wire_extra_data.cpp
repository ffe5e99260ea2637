#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "json_text.hpp"
#include "reply_object.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

/// The rows of one part of get_incident_extra_data: its `data`, or the part itself if it has none.
std::string rows_of(std::string_view part) {
    const std::string_view rows = part.starts_with('{') ? value_of(part, "data") : part;
    return rows.starts_with('[') ? without_spaces(rows) : "[]";
}

constexpr std::array<const char*, 3> parts{"alerts", "network_artifacts", "file_artifacts"};

/// An incident with members in the place of others of their names.
std::string with_members(std::string_view incident, const std::vector<Member>& added) {
    std::vector<Member> members = members_of(incident);
    std::erase_if(members, [&](const Member& member) {
        return std::any_of(added.begin(), added.end(),
                           [&](const Member& one) { return one.first == member.first; });
    });
    members.insert(members.end(), added.begin(), added.end());
    std::string out;
    for (const auto& [key, value] : members)
        out += (out.empty() ? "{\"" : ",\"") + key + "\":" + value;
    return out + "}";
}

}  // namespace

std::string extra_data_body(const IncidentId& id, std::int64_t alerts_limit) {
    const Json data{{"incident_id", id.text()}, {"alerts_limit", alerts_limit}};
    try {
        return Json{{"request_data", data}}.dump();
    } catch (const Json::type_error&) {
        throw xdr::Error({.where = "incident id",
                          .what = "it is not UTF-8",
                          .hint = "write it as the API shows it"});
    }
}

std::string read_extra_data(std::string_view body, const IncidentId& id) {
    const ReplyJson json(body);
    const JsonValue reply = reply_of(json, body);
    const JsonValue incident = member(reply, "incident", "/reply");
    if (!incident.is_object())
        refuse("/reply/incident", "expected an object, got " + shown(incident));
    const JsonValue found = member(incident, "incident_id", "/reply/incident");
    if (as_text(found) != id.text())
        refuse("/reply/incident/incident_id",
               "expected incident " + id.text() + ", got " + shown(found));
    return without_spaces(value_of(json.text(), "reply"));
}

std::string with_extra_data(std::string_view raw_json, std::string_view extra_data) {
    std::vector<Member> added;
    for (const char* part : parts) added.emplace_back(part, rows_of(value_of(extra_data, part)));
    return with_members(raw_json, added);
}

std::string without_extra_data(std::string_view raw_json, const std::string& why) {
    using Handler = Json::error_handler_t;
    return with_members(raw_json,
                        {{"extra_data_error", Json(why).dump(-1, ' ', false, Handler::replace)}});
}

}  // namespace fetcher
