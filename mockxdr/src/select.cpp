#include "mockxdr/select.hpp"

#include <algorithm>

namespace mockxdr {

namespace {

bool contains_ignoring_case(std::string_view text, std::string_view part) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool holds(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool compare(Operator op, TimePoint time, TimePoint bound) {
    return op == Operator::gte ? time >= bound : time <= bound;
}

/// A text field against eq, neq, in or contains. What is null or absent equals nothing.
bool compare_text(const Filter& filter, const json::Value& value) {
    const auto* text = value.get_if<std::string>();
    if (const auto* list = std::get_if<std::vector<std::string>>(&filter.value))
        return text && holds(*list, *text);
    const auto& wanted = std::get<std::string>(filter.value);
    if (filter.op == Operator::contains) return text && contains_ignoring_case(*text, wanted);
    const bool equal = text && *text == wanted;
    return filter.op == Operator::eq ? equal : !equal;
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

json::Value seen_value(const Match& match, std::string_view name) {
    if (holds(match.incident->absent, std::string(name))) return json::Null{};
    return shown_value(*match.incident, *match.version, name);
}

/// SplitMix64: a well-mixed function of one number, the same everywhere.
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// Decides between two matches as one request orders them.
class Order {
   public:
    Order(const ServerOptions& options, const Query& query, std::uint64_t request)
        : options_(options), query_(query), request_(request) {}

    bool operator()(const Match& a, const Match& b) const {
        const bool ascending = query_.sort.direction == Direction::asc;
        if (const auto by_key = key_order(a, b); by_key != 0)
            return ascending ? by_key < 0 : by_key > 0;
        switch (options_.ties) {
            case Ties::by_id:
                return ascending ? id(a) < id(b) : id(b) < id(a);
            case Ties::insertion:
                return a.incident->position < b.incident->position;
            case Ties::shuffled:
                return draw(a) < draw(b);
        }
        return false;
    }

   private:
    static const IncidentId& id(const Match& match) { return match.incident->id; }

    std::strong_ordering key_order(const Match& a, const Match& b) const {
        switch (query_.sort.field) {
            case SortField::creation_time:
                return a.incident->creation_time <=> b.incident->creation_time;
            case SortField::modification_time:
                return a.version->modification_time <=> b.version->modification_time;
            case SortField::incident_id:
                return id(a) <=> id(b);
        }
        return std::strong_ordering::equal;
    }

    /// Unequal for two incidents: a bijection of the file's position.
    std::uint64_t draw(const Match& match) const {
        return mixed(mixed(options_.seed ^ mixed(request_)) ^ mixed(match.incident->position));
    }

    const ServerOptions& options_;
    const Query& query_;
    std::uint64_t request_;
};

}  // namespace

bool matches(const Filter& filter, const Match& match) {
    switch (filter.field) {
        case FilterField::creation_time:
            return compare(filter.op, match.incident->creation_time,
                           std::get<TimePoint>(filter.value));
        case FilterField::modification_time:
            return compare(filter.op, match.version->modification_time,
                           std::get<TimePoint>(filter.value));
        case FilterField::incident_id:
        case FilterField::incident_id_list:
            return compare_text(filter, match.incident->id.text());
        case FilterField::description:
            return compare_text(filter, seen_value(match, "description"));
        case FilterField::alert_sources:
            return any_source(filter, seen_value(match, "incident_sources"));
        case FilterField::status:
            return compare_text(filter, seen_value(match, "status"));
        case FilterField::starred:
            return compare_flag(filter, seen_value(match, "starred"));
    }
    return false;
}

bool matches(const std::vector<Filter>& filters, const Match& match) {
    return std::all_of(filters.begin(), filters.end(),
                       [&](const Filter& filter) { return matches(filter, match); });
}

std::vector<Match> ranking(const World& world, const ServerOptions& options, const Query& query,
                           const Moment& moment) {
    std::vector<Match> found;
    for (const Incident& incident : world.incidents()) {
        const Match match{.incident = &incident, .version = incident.at(moment.now)};
        if (match.version && matches(query.filters, match)) found.push_back(match);
    }
    std::sort(found.begin(), found.end(), Order(options, query, moment.request));
    return found;
}

Selection select(const World& world, const ServerOptions& options, const Query& query,
                 const Moment& moment) {
    const std::vector<Match> found = ranking(world, options, query, moment);
    const auto size = static_cast<std::int64_t>(found.size());
    Selection selection{.total_count = size, .rows = {}, .restricted = {}};
    const std::int64_t end = std::min(query.search_to, size);
    for (std::int64_t i = query.search_from; i < end; ++i) {
        const Match& match = found[static_cast<std::size_t>(i)];
        const IncidentId& id = match.incident->id;
        if (std::find(options.restricted.begin(), options.restricted.end(), id) !=
            options.restricted.end())
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
