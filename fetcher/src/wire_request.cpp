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
    if (request.gte)
        filters.push_back(filter(time, "gte", request.gte->time_since_epoch().count()));
    if (request.lte)
        filters.push_back(filter(time, "lte", request.lte->time_since_epoch().count()));
    const Json data{{"filters", std::move(filters)},
                    {"search_from", request.search_from},
                    {"search_to", request.search_to},
                    {"sort", {{"field", name_of(request.sort)}, {"keyword", "asc"}}}};
    try {
        return Json{{"request_data", data}}.dump();
    } catch (const Json::type_error&) {
        throw xdr::Error({.where = "query",
                          .what = "a status, source or description is not UTF-8",
                          .hint = "check the terminal's encoding"});
    }
}

}  // namespace fetcher
