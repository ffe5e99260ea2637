#include "wire_record.hpp"

#include <nlohmann/json.hpp>

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

/// What a server said may be no UTF-8; it is shown all the same.
std::string dumped(const Json& json, int indent = -1) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json object_of(const RunRecord& record) {
    Json ids = Json::array();
    for (const IncidentId& id : record.emitted) ids.push_back(id.text());
    Json out = Json::object();
    if (record.number > 0) out["run"] = record.number;
    out["started"] = xdr::iso8601(record.started);
    out["duration_ms"] = record.duration.count();
    out["policy"] = record.policy;
    out["window"] = record.window;
    out["requests"] = record.requests;
    out["emitted"] = std::move(ids);
    out["message"] = message_of(record);
    return out;
}

Json object_of(const StoredIncident& incident) {
    return {{"id", incident.id.text()},
            {"occurred", xdr::iso8601(incident.creation_time)},
            {"modified", xdr::iso8601(incident.modification_time)},
            {"fetched", xdr::iso8601(incident.fetched)},
            {"run", incident.run},
            {"incident", Json::parse(incident.xsoar_json)}};
}

template <class Value>
std::string array_of(const std::vector<Value>& values) {
    Json out = Json::array();
    for (const Value& value : values) out.push_back(object_of(value));
    return dumped(out, 2);
}

}  // namespace

std::string message_of(const RunRecord& record) {
    return record.error.empty() ? "Completed" : "Error: " + record.error;
}

std::string to_json(const RunRecord& record) { return dumped(object_of(record)); }

std::string to_json(const std::vector<RunRecord>& records) { return array_of(records); }

std::string to_json(const StoredIncident& incident) { return dumped(object_of(incident)); }

std::string to_json(const std::vector<StoredIncident>& incidents) { return array_of(incidents); }

std::string name_of(const StoredIncident& incident) {
    return Json::parse(incident.xsoar_json).value("name", "");
}

std::string json_array(const std::vector<std::string>& texts) {
    Json out = Json::array();
    for (const std::string& text : texts) out.push_back(Json::parse(text));
    return dumped(out, 2);
}

std::string indented(const std::string& json) { return dumped(Json::parse(json), 2); }

std::string test_result(const std::string& error) {
    Json out{{"ok", error.empty()}};
    if (!error.empty()) out["error"] = error;
    return dumped(out);
}

}  // namespace fetcher
