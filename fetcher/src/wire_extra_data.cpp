#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "reply_object.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

/// The rows of one part of get_incident_extra_data: its `data`, or the part itself if it has none.
Json rows_of(const Json& part) {
    if (part.is_object() && part.contains("data")) return part.at("data");
    return part.is_array() ? part : Json::array();
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

std::string read_extra_data(std::string_view body) {
    const ReplyJson json(body);
    const JsonValue reply = reply_of(json, body);
    const JsonValue incident = member(reply, "incident", "/reply");
    if (!incident.is_object())
        refuse("/reply/incident", "expected an object, got " + shown(incident));
    return to_text(reply);
}

std::string with_extra_data(std::string_view raw_json, std::string_view extra_data) {
    const Json extra = Json::parse(extra_data, nullptr, false);
    if (!extra.is_object())
        throw xdr::Error({.where = "get_incident_extra_data",
                          .what = "expected an object, got something else",
                          .hint = "run again without --extra-data to go on"},
                         xdr::Blame::surroundings);
    Json incident = Json::parse(raw_json);
    for (const char* part : {"alerts", "network_artifacts", "file_artifacts"})
        incident[part] = rows_of(extra.value(part, Json()));
    return incident.dump();
}

}  // namespace fetcher
