#include <algorithm>
#include <array>

#include "mockxdr/incident_fields.hpp"
#include "request_reader.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

using json::Value;

enum class ValueType { time, flag, text, texts };

struct Rule {
    FilterField field;
    Operator op;
    ValueType type;
};

/// Which operator goes with which field, and the value's type.
/// Source: "Get all Incidents", filters; `status in` is what real clients send, `severity in` what
/// one of them does.
constexpr std::array<Rule, 16> all_rules{{
    {FilterField::creation_time, Operator::gte, ValueType::time},
    {FilterField::creation_time, Operator::lte, ValueType::time},
    {FilterField::modification_time, Operator::gte, ValueType::time},
    {FilterField::modification_time, Operator::lte, ValueType::time},
    {FilterField::incident_id_list, Operator::in, ValueType::texts},
    {FilterField::incident_id, Operator::eq, ValueType::text},
    {FilterField::incident_id, Operator::neq, ValueType::text},
    {FilterField::description, Operator::in, ValueType::texts},
    {FilterField::description, Operator::contains, ValueType::text},
    {FilterField::alert_sources, Operator::in, ValueType::texts},
    {FilterField::status, Operator::eq, ValueType::text},
    {FilterField::status, Operator::neq, ValueType::text},
    {FilterField::status, Operator::in, ValueType::texts},
    {FilterField::starred, Operator::eq, ValueType::flag},
    {FilterField::starred, Operator::neq, ValueType::flag},
    {FilterField::severity, Operator::in, ValueType::texts},
}};

std::span<const Rule> rules_of(const ServerOptions& options) {
    const std::span<const Rule> rules(all_rules);
    return options.severity_filter ? rules : rules.first(rules.size() - 1);
}

/// Reads filters and sort; what is wrong with them gets the status of bad filters.
class FilterReader {
   public:
    explicit FilterReader(const ServerOptions& options) : options_(options) {}

    std::vector<Filter> read_filters(const Value& value) const {
        const auto* array = value.get_if<json::Array>();
        if (!array) fail("filters: expected an array, got " + quoted(value));
        std::vector<Filter> filters;
        for (std::size_t i = 0; i < array->size(); ++i)
            filters.push_back(read_filter((*array)[i], "filters[" + std::to_string(i) + "]"));
        check_defect(filters);
        return filters;
    }

    std::optional<Sort> read_sort(const Value& value) const {
        const auto* object = value.get_if<json::Object>();
        if (!object) fail("sort: expected an object, got " + quoted(value));
        if (object->empty()) return std::nullopt;
        using enum SortField;
        const auto field = text_member(value, "field", "sort");
        const auto keyword = lowered(text_member(value, "keyword", "sort"));
        return Sort{
            .field =
                read_name(field, {creation_time, modification_time, incident_id}, "sort.field"),
            .direction = read_name(keyword, {Direction::asc, Direction::desc}, "sort.keyword")};
    }

   private:
    [[noreturn]] void fail(std::string why) const {
        reject(options_.bad_filter_status, std::move(why));
    }

    Filter read_filter(const Value& filter, const std::string& at) const {
        if (!filter.get_if<json::Object>())
            fail(at + ": expected an object, got " + quoted(filter));
        const std::string field = text_member(filter, "field", at);
        const std::string op = text_member(filter, "operator", at);
        const Rule& rule = find_rule(field, op, at);
        const Value* value = filter.find("value");
        if (!value || value->is_null())
            fail("value param is missing (" + at + ".value of " + field + ")");
        const bool exact = rule.op == Operator::contains && options_.contains_exact_case;
        return {.field = rule.field,
                .op = exact ? Operator::contains_exact_case : rule.op,
                .value = read_value(rule, *value, at + ".value")};
    }

    const Rule& find_rule(const std::string& field, const std::string& op,
                          const std::string& at) const {
        std::vector<std::string_view> fields, operators;
        for (const Rule& rule : rules_of(options_)) {
            if (fields.empty() || fields.back() != name_of(rule.field))
                fields.push_back(name_of(rule.field));
            if (name_of(rule.field) != field) continue;
            operators.push_back(name_of(rule.op));
            if (operators.back() == op) return rule;
        }
        if (!operators.empty())
            fail(at + ".operator: '" + shortened(op) + "' is not valid for " + field +
                 ", expected one of " + list(operators));
        fail(at + ".field: unknown field '" + shortened(field) + "', " + guess(field, fields));
    }

    FilterValue read_value(const Rule& rule, const Value& value, const std::string& at) const {
        switch (rule.type) {
            case ValueType::time:
                return read_time(value, at);
            case ValueType::flag:
                return read_flag(rule, value, at);
            case ValueType::text: {
                std::string text = read_text(value, at);
                check_known(rule.field, text, at);
                return text;
            }
            case ValueType::texts: {
                std::vector<std::string> texts = rule.field == FilterField::incident_id_list
                                                     ? read_ids(value, at)
                                                     : mockxdr::read_texts(value, at);
                for (const std::string& text : texts) check_known(rule.field, text, at);
                return texts;
            }
        }
        return {};
    }

    TimePoint read_time(const Value& value, const std::string& at) const {
        const std::int64_t ms = read_integer(value, at);
        if (ms == 0) fail("value param is missing (" + at + " is 0)");
        if (ms < 0) fail(at + ": expected epoch milliseconds, got " + quoted(value));
        return TimePoint{Millis{ms}};
    }

    bool read_flag(const Rule& rule, const Value& value, const std::string& at) const {
        const bool* flag = value.get_if<bool>();
        if (!flag) fail(at + ": expected true or false, got " + quoted(value));
        if (!*flag && options_.starred_false_missing && rule.op == Operator::eq)
            fail("value param is missing (" + at + " is false)");
        return *flag;
    }

    std::vector<std::string> read_ids(const Value& value, const std::string& at) const {
        const auto* array = value.get_if<json::Array>();
        if (!options_.integer_ids || !array) return mockxdr::read_texts(value, at);
        json::Array texts;
        for (const Value& id : *array) {
            const bool number = id.get_if<std::int64_t>() || id.get_if<double>();
            const std::string place = at + "[" + std::to_string(texts.size()) + "]";
            texts.push_back(number ? Value(std::to_string(read_integer(id, place))) : id);
        }
        return mockxdr::read_texts(Value(std::move(texts)), at);
    }

    void check_known(FilterField field, const std::string& text, const std::string& at) const {
        const bool status = field == FilterField::status;
        if (!status && field != FilterField::severity) return;
        const auto known = status ? known_statuses() : known_severities();
        if (std::find(known.begin(), known.end(), text) != known.end()) return;
        const auto near = nearest(lowered(text), known);
        fail(at + ": unknown " + std::string(name_of(field)) + " '" + shortened(text) + "'" +
             (near ? ", did you mean " + std::string(*near) + "?" : ""));
    }

    /// Source: a client's report of 2021; docs/coverage.md, Request.
    void check_defect(const std::vector<Filter>& filters) const {
        if (!options_.alert_sources_defect || filters.size() < 2) return;
        for (const Filter& filter : filters)
            if (filter.field == FilterField::alert_sources &&
                std::get<std::vector<std::string>>(filter.value).size() == 1)
                fail(
                    "alert_sources beside another filter (the defect that "
                    "server.alert_sources_defect switches on)");
    }

    template <class Enum>
    Enum read_name(const std::string& name, std::initializer_list<Enum> choices,
                   const std::string& at) const {
        std::vector<std::string_view> names;
        for (const Enum choice : choices) {
            names.push_back(name_of(choice));
            if (names.back() == name) return choice;
        }
        fail(at + ": unknown value '" + shortened(name) + "', " + guess_and_list(name, names));
    }

    const ServerOptions& options_;
};

}  // namespace

Query read_query_parts(const Value& data, const ServerOptions& options) try {
    const FilterReader reader(options);
    Query query;
    if (const Value* filters = data.find("filters")) query.filters = reader.read_filters(*filters);
    if (const Value* sort = data.find("sort")) query.sort = reader.read_sort(*sort);
    if (const Value* from = data.find("search_from"))
        query.search_from = read_integer(*from, "search_from");
    // The default of search_to is 100 whatever search_from is; a smaller cap replaces it.
    query.search_to = std::min<std::int64_t>(100, options.page_cap);
    if (const Value* to = data.find("search_to")) query.search_to = read_integer(*to, "search_to");
    return query;
} catch (Rejected& rejected) {
    // What texts and numbers of any endpoint get, is for filters an option.
    if (rejected.refusal.status == 500) rejected.refusal.status = options.bad_filter_status;
    throw;
}

std::variant<Query, Refusal> read_query(std::string_view body, const ServerOptions& options) {
    return read_request(body, options,
                        [&](const Value& data) { return read_query_parts(data, options); });
}

std::optional<Refusal> check_window(const Query& query, const ServerOptions& options,
                                    std::int64_t most) {
    const bool in_range = query.search_from >= 0 && query.search_to >= 0 &&
                          query.search_from <= (std::int64_t{1} << 53) &&
                          query.search_to <= (std::int64_t{1} << 53);
    const std::int64_t size = in_range ? query.search_to - query.search_from : 0;
    if (size > 0 && size <= most) return std::nullopt;
    return Refusal{.status = options.window_status,
                   .err_msg = std::string(generic_error),
                   .err_extra = "Search size must fulfill the requirement: 0 < search_size <= " +
                                std::to_string(most)};
}

}  // namespace mockxdr
