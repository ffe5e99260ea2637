#include <array>

#include "fetcher/wire.hpp"
#include "json_text.hpp"

namespace fetcher {

namespace {

/// Halves beside whole numbers: a whole one is written without a fraction, as XSOAR does.
std::string severity_number(std::string_view severity) {
    const double value = xsoar_severity(severity);
    const auto whole = static_cast<std::int64_t>(value);
    return static_cast<double>(whole) == value ? std::to_string(whole)
                                               : std::to_string(whole) + ".5";
}

}  // namespace

double xsoar_severity(std::string_view severity) {
    static constexpr std::array<std::pair<std::string_view, double>, 5> numbers{
        {{"informational", 0.5}, {"low", 1}, {"medium", 2}, {"high", 3}, {"critical", 4}}};
    for (const auto& [name, number] : numbers)
        if (name == severity) return number;
    return 0;
}

std::string xsoar_incident(const Row& row) {
    const std::string& id = row.incident_id.text();
    const std::string title = row.description.empty() ? "" : " - " + row.description;
    std::string out = R"({"name":)";
    append_quoted(out, "XDR Incident " + id + title);
    out += R"(,"occurred":)";
    append_quoted(out, xdr::iso8601(row.creation_time));
    out += R"(,"details":)";
    append_quoted(out, row.description);
    out += R"(,"severity":)" + severity_number(row.severity) + R"(,"dbotMirrorId":)";
    append_quoted(out, id);
    out += R"(,"rawJSON":)";
    append_quoted(out, row.raw_json);
    return out + "}";
}

std::string ndjson_line(const BatchPlace& place, std::string_view xsoar_json) {
    return R"({"batch":)" + std::to_string(place.batch) + R"(,"index":)" +
           std::to_string(place.index) + R"(,"of":)" + std::to_string(place.of) + "," +
           std::string(xsoar_json.substr(1));
}

}  // namespace fetcher
