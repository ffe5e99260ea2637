#include <array>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

/// Halves beside whole numbers: a whole one is written without a fraction, as XSOAR does.
Json severity_number(const Row& row) {
    const double value = xsoar_severity(row.severity);
    const auto whole = static_cast<std::int64_t>(value);
    return static_cast<double>(whole) == value ? Json(whole) : Json(value);
}

Json xsoar_object(const Row& row) {
    const std::string& id = row.incident_id.text();
    const std::string title = row.description.empty() ? "" : " - " + row.description;
    return {{"name", "XDR Incident " + id + title},
            {"occurred", xdr::iso8601(row.creation_time)},
            {"details", row.description},
            {"severity", severity_number(row)},
            {"dbotMirrorId", id},
            {"rawJSON", row.raw_json}};
}

}  // namespace

double xsoar_severity(std::string_view severity) {
    static constexpr std::array<std::pair<std::string_view, double>, 5> numbers{
        {{"informational", 0.5}, {"low", 1}, {"medium", 2}, {"high", 3}, {"critical", 4}}};
    for (const auto& [name, number] : numbers)
        if (name == severity) return number;
    return 0;
}

std::string xsoar_incident(const Row& row) { return xsoar_object(row).dump(); }

std::string xsoar_incidents(const std::vector<Row>& rows) {
    Json incidents = Json::array();
    for (const Row& row : rows) incidents.push_back(xsoar_object(row));
    return incidents.dump(2);
}

std::string ndjson_line(const BatchPlace& place, std::string_view xsoar_json) {
    Json line{{"batch", place.batch}, {"index", place.index}, {"of", place.of}};
    line.update(Json::parse(xsoar_json));
    return line.dump();
}

}  // namespace fetcher
