#include "mockxdr/select.hpp"

#include <algorithm>

#include "filter.hpp"
#include "mockxdr/ascii.hpp"
#include "mockxdr/incident_fields.hpp"
#include "order.hpp"

namespace mockxdr {

namespace {

bool contains_ignoring_case(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lowered(a) == lowered(b); }) != text.end();
}

bool holds(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool compare(Operator op, TimePoint time, TimePoint bound) {
    return op == Operator::gte ? time >= bound : time <= bound;
}

bool any_source(const Filter& filter, const json::Value& sources) {
    const auto& wanted = std::get<std::vector<std::string>>(filter.value);
    const auto* array = sources.get_if<json::Array>();
    return array && std::any_of(array->begin(), array->end(), [&](const json::Value& source) {
               const auto* text = source.get_if<std::string>();
               return text && holds(wanted, *text);
           });
}

bool compare_flag(const Filter& filter, const json::Value& value) {
    const bool* flag = value.get_if<bool>();
    const bool equal = flag && *flag == std::get<bool>(filter.value);
    return filter.op == Operator::eq ? equal : !equal;
}

/// A field that replies show, and what it holds if nothing sets it.
struct Shown {
    std::string_view name;
    const json::Value& otherwise;

    explicit Shown(std::string_view field)
        : name(field), otherwise(find_incident_field(field)->default_value) {}
};

/// shown_value without a copy: a query may look at a million.
const json::Value& seen_value(const Match& match, const Shown& field) {
    static const json::Value null;
    if (!match.incident->absent.empty() && holds(match.incident->absent, std::string(field.name)))
        return null;
    const Fields& fields = match.version->fields;
    if (field.name == "description")
        if (const auto* manual = fields.find("manual_description"); manual && !manual->is_null())
            return *manual;
    const json::Value* value = fields.find(field.name);
    return value ? *value : field.otherwise;
}

}  // namespace

bool text_matches(const Filter& filter, const std::string* text) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&filter.value))
        return text && holds(*list, *text);
    const auto& wanted = std::get<std::string>(filter.value);
    if (filter.op == Operator::contains) return text && contains_ignoring_case(*text, wanted);
    if (filter.op == Operator::contains_exact_case) return text && contains(*text, wanted);
    const bool equal = text && *text == wanted;
    return filter.op == Operator::eq ? equal : !equal;
}

const std::string* seen_status(const Match& match) {
    static const Shown status("status");
    return seen_value(match, status).get_if<std::string>();
}

bool matches(const Filter& filter, const Match& match) {
    static const Shown description("description"), sources("incident_sources"),
        severity("severity"), starred("starred");
    const auto text = [&](const Shown& field) {
        return text_matches(filter, seen_value(match, field).get_if<std::string>());
    };
    switch (filter.field) {
        case FilterField::creation_time:
            return compare(filter.op, match.version->creation_time,
                           std::get<TimePoint>(filter.value));
        case FilterField::modification_time:
            return compare(filter.op, match.version->modification_time,
                           std::get<TimePoint>(filter.value));
        case FilterField::incident_id:
        case FilterField::incident_id_list:
            return text_matches(filter, &match.incident->id.text());
        case FilterField::description:
            return text(description);
        case FilterField::alert_sources:
            return any_source(filter, seen_value(match, sources));
        case FilterField::status:
            return text_matches(filter, seen_status(match));
        case FilterField::severity:
            return text(severity);
        case FilterField::starred:
            return compare_flag(filter, seen_value(match, starred));
    }
    return false;
}

bool matches(const std::vector<Filter>& filters, const Match& match) {
    return std::all_of(filters.begin(), filters.end(),
                       [&](const Filter& filter) { return matches(filter, match); });
}

std::int64_t told_count(std::int64_t matching, const ServerOptions& options) {
    const std::int64_t told = std::max<std::int64_t>(0, matching + options.total_count_off_by);
    return std::min(told, options.total_count_cap.value_or(told));
}

bool is_restricted(const ServerOptions& options, const IncidentId& id) {
    const auto& ids = options.restricted;
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::vector<Match> ranking(const World& world, const ServerOptions& options, const Query& query,
                           const Moment& moment) {
    std::vector<Match> found;
    for (const Incident& incident : world.incidents()) {
        const Match match{.incident = &incident,
                          .version = incident.at(moment.now, moment.changes)};
        if (match.version && matches(query.filters, match)) found.push_back(match);
    }
    std::sort(found.begin(), found.end(), Order(options, query, moment.request));
    return found;
}

bool comes_before(const Match& a, const Match& b, const ServerOptions& options, const Query& query,
                  const Moment& moment) {
    return Order(options, query, moment.request)(a, b);
}

Place place_of(const Match& match, const World& world, const ServerOptions& options,
               const Query& query, const Moment& moment) {
    const Order order(options, query, moment.request);
    Place place;
    for (const Incident& incident : world.incidents()) {
        const Match other{.incident = &incident,
                          .version = incident.at(moment.now, moment.changes)};
        if (!other.version || !matches(query.filters, other)) continue;
        ++place.total;
        if (order(other, match)) ++place.before;
    }
    return place;
}

Selection select(const World& world, const ServerOptions& options, const Query& query,
                 const Moment& moment) {
    const std::vector<Match> found = ranking(world, options, query, moment);
    const auto size = static_cast<std::int64_t>(found.size());
    Selection selection{.total_count = told_count(size, options), .rows = {}, .restricted = {}};
    const std::int64_t end = std::min(query.search_to, size);
    for (std::int64_t i = query.search_from; i < end; ++i) {
        const Match& match = found[static_cast<std::size_t>(i)];
        const IncidentId& id = match.incident->id;
        if (is_restricted(options, id))
            selection.restricted.push_back(id);
        else
            selection.rows.push_back(match);
    }
    return selection;
}

std::vector<Filter> filters_of(const Wanted& wanted) {
    std::vector<Filter> filters;
    const auto add = [&](FilterField field, Operator op, FilterValue value) {
        filters.push_back({.field = field, .op = op, .value = std::move(value)});
    };
    if (!wanted.status.empty()) add(FilterField::status, Operator::in, wanted.status);
    if (wanted.starred) add(FilterField::starred, Operator::eq, *wanted.starred);
    if (!wanted.alert_sources.empty())
        add(FilterField::alert_sources, Operator::in, wanted.alert_sources);
    if (!wanted.description.empty())
        add(FilterField::description, Operator::contains, wanted.description);
    return filters;
}

}  // namespace mockxdr
