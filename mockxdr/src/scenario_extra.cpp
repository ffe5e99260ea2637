#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

/// An array of objects; their keys are free, for the API has hundreds.
std::optional<json::Array> read_objects(ObjectReader& object, std::string_view key) {
    const auto place = object.find(key);
    if (!place) return std::nullopt;
    json::Array objects;
    for (const Spot& item : read_array(*place, object.findings())) {
        // The reader says what is wrong with a value that is no object.
        if (ObjectReader(item, object.findings()).is_object()) objects.push_back(item.value);
    }
    return objects;
}

}  // namespace

void read_extra(ObjectReader& object, IncidentSpec& incident) {
    ExtraSpec extra{.alerts = read_objects(object, "alerts"),
                    .network_artifacts = read_objects(object, "network_artifacts"),
                    .file_artifacts = read_objects(object, "file_artifacts")};
    // Most incidents have none of it; a million of them then hold nothing.
    if (extra != ExtraSpec{}) incident.extra = Shared<ExtraSpec>(std::move(extra));
}

}  // namespace mockxdr
