#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"

namespace fetcher {

std::string xsoar_incidents(const std::vector<Row>& rows) {
    using Json = nlohmann::ordered_json;
    Json incidents = Json::array();
    for (const Row& row : rows) {
        const std::string& id = row.incident_id.text();
        const std::string title = row.description.empty() ? "" : " - " + row.description;
        incidents.push_back({{"name", "XDR Incident " + id + title},
                             {"occurred", xdr::iso8601(row.creation_time)},
                             {"details", row.description},
                             {"dbotMirrorId", id},
                             {"rawJSON", row.raw_json}});
    }
    return incidents.dump(2);
}

}  // namespace fetcher
