#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

std::string name_of(TimeField field) {
    return field == TimeField::creation_time ? "creation_time" : "modification_time";
}

std::string name_of(SortField field) {
    switch (field) {
        case SortField::creation_time:
            return "creation_time";
        case SortField::modification_time:
            return "modification_time";
        case SortField::incident_id:
            return "incident_id";
    }
    return {};
}

Json filter(std::string_view field, std::string_view op, Json value) {
    return {{"field", field}, {"operator", op}, {"value", std::move(value)}};
}

}  // namespace

std::string request_body(const Query& query, const PageRequest& request) {
    Json filters = Json::array();
    const std::string time = name_of(request.field);
    if (!query.status.empty()) filters.push_back(filter("status", "in", query.status));
    if (query.starred) filters.push_back(filter("starred", "eq", *query.starred));
    if (!query.alert_sources.empty())
        filters.push_back(filter("alert_sources", "in", query.alert_sources));
    if (!query.description.empty())
        filters.push_back(filter("description", "contains", query.description));
    if (!query.incident_ids.empty())
        filters.push_back(filter("incident_id_list", "in", query.incident_ids));
    const auto bound = [&](std::string_view field, std::string_view op,
                           const std::optional<TimePoint>& at) {
        if (at) filters.push_back(filter(field, op, at->time_since_epoch().count()));
    };
    bound(time, "gte", request.gte);
    bound(time, "lte", request.lte);
    bound("creation_time", "gte", query.created_after);
    bound("creation_time", "lte", query.created_before);
    bound("modification_time", "gte", query.modified_after);
    bound("modification_time", "lte", query.modified_before);
    const Json data{{"filters", std::move(filters)},
                    {"search_from", request.search_from},
                    {"search_to", request.search_to},
                    {"sort",
                     {{"field", name_of(request.sort)},
                      {"keyword", request.direction == Direction::asc ? "asc" : "desc"}}}};
    try {
        return Json{{"request_data", data}}.dump();
    } catch (const Json::type_error&) {
        throw xdr::Error({.where = "query",
                          .what = "a status, source, description or id is not UTF-8",
                          .hint = "check the terminal's encoding"});
    }
}

}  // namespace fetcher
