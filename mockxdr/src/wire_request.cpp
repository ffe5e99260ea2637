#include <algorithm>
#include <array>
#include <cmath>

#include "mockxdr/incident_fields.hpp"
#include "mockxdr/json.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

using json::Value;

constexpr std::string_view generic = "An error occurred while processing XDR public API";

/// Thrown and caught inside of this file: the first thing wrong with a request.
struct Rejected {
    Refusal refusal;
};

[[noreturn]] void reject(int status, std::string why) {
    throw Rejected{
        {.status = status, .err_msg = std::string(generic), .err_extra = std::move(why)}};
}

std::string shortened(std::string text) {
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return text;
}

std::string quoted(const Value& value) { return shortened(json::write(value)); }

std::string list(const std::vector<std::string_view>& names) {
    std::string out;
    for (const std::string_view name : names) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

/// An integer in any form of JSON number, as Python's clients may send 1e3 or 100.0.
std::int64_t read_integer(const Value& value, const std::string& at) {
    if (const auto* number = value.get_if<std::int64_t>()) return *number;
    if (const auto* number = value.get_if<double>())
        if (std::abs(*number) < 9e15 && *number == std::floor(*number))
            return static_cast<std::int64_t>(*number);
    reject(500, at + ": expected an integer, got " + quoted(value));
}

std::string read_text(const Value& value, const std::string& at) {
    const auto* text = value.get_if<std::string>();
    if (!text) reject(500, at + ": expected a string, got " + quoted(value));
    if (text->empty()) reject(500, "value param is missing (" + at + " is empty)");
    return *text;
}

std::vector<std::string> read_texts(const Value& value, const std::string& at) {
    const auto* array = value.get_if<json::Array>();
    if (!array) reject(500, at + ": expected an array of strings, got " + quoted(value));
    if (array->empty()) reject(500, "value param is missing (" + at + " is empty)");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < array->size(); ++i)
        texts.push_back(read_text((*array)[i], at + "[" + std::to_string(i) + "]"));
    return texts;
}

TimePoint read_time(const Value& value, const std::string& at) {
    const std::int64_t ms = read_integer(value, at);
    if (ms == 0) reject(500, "value param is missing (" + at + " is 0)");
    if (ms < 0) reject(500, at + ": expected epoch milliseconds, got " + quoted(value));
    return TimePoint{Millis{ms}};
}

void check_status(const std::string& status, const std::string& at) {
    if (is_known_status(status)) return;
    const auto near = nearest(status, known_statuses());
    reject(500, at + ": unknown status '" + shortened(status) + "'" +
                    (near ? ", did you mean " + std::string(*near) + "?" : ""));
}

enum class ValueType { time, flag, text, texts };

struct Rule {
    FilterField field;
    Operator op;
    ValueType type;
};

/// Which operator goes with which field, and the value's type.
/// Source: "Get all Incidents", filters; `status in` is what real clients send.
constexpr std::array<Rule, 15> rules{{
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
}};

std::string text_member(const Value& filter, std::string_view key, const std::string& at) {
    const Value* value = filter.find(key);
    if (!value) reject(500, at + ": " + std::string(key) + " is missing");
    return read_text(*value, at + "." + std::string(key));
}

const Rule& find_rule(const std::string& field, const std::string& op, const std::string& at) {
    std::vector<std::string_view> fields, operators;
    for (const Rule& rule : rules) {
        if (fields.empty() || fields.back() != name_of(rule.field))
            fields.push_back(name_of(rule.field));
        if (name_of(rule.field) != field) continue;
        operators.push_back(name_of(rule.op));
        if (operators.back() == op) return rule;
    }
    if (!operators.empty())
        reject(500, at + ".operator: '" + shortened(op) + "' is not valid for " + field +
                        ", expected one of " + list(operators));
    const auto near = nearest(field, fields);
    reject(500, at + ".field: unknown field '" + shortened(field) + "', " +
                    (near ? "did you mean " + std::string(*near) + "?"
                          : "expected one of " + list(fields)));
}

FilterValue read_filter_value(const Rule& rule, const Value& value, const std::string& at) {
    switch (rule.type) {
        case ValueType::time:
            return read_time(value, at);
        case ValueType::flag:
            if (const bool* flag = value.get_if<bool>()) return *flag;
            reject(500, at + ": expected true or false, got " + quoted(value));
        case ValueType::text: {
            std::string text = read_text(value, at);
            if (rule.field == FilterField::status) check_status(text, at);
            return text;
        }
        case ValueType::texts: {
            std::vector<std::string> texts = read_texts(value, at);
            if (rule.field == FilterField::status)
                for (const std::string& text : texts) check_status(text, at);
            return texts;
        }
    }
    return {};
}

Filter read_filter(const Value& filter, const std::string& at) {
    if (!filter.get_if<json::Object>())
        reject(500, at + ": expected an object, got " + quoted(filter));
    const std::string field = text_member(filter, "field", at);
    const std::string op = text_member(filter, "operator", at);
    const Rule& rule = find_rule(field, op, at);
    const Value* value = filter.find("value");
    if (!value || value->is_null())
        reject(500, "value param is missing (" + at + ".value of " + field + ")");
    return {.field = rule.field,
            .op = rule.op,
            .value = read_filter_value(rule, *value, at + ".value")};
}

std::vector<Filter> read_filters(const Value& value) {
    const auto* array = value.get_if<json::Array>();
    if (!array) reject(500, "filters: expected an array, got " + quoted(value));
    std::vector<Filter> filters;
    for (std::size_t i = 0; i < array->size(); ++i)
        filters.push_back(read_filter((*array)[i], "filters[" + std::to_string(i) + "]"));
    return filters;
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

template <class Enum>
Enum read_name(const std::string& name, std::initializer_list<Enum> choices,
               const std::string& at) {
    std::vector<std::string_view> names;
    for (const Enum choice : choices) {
        names.push_back(name_of(choice));
        if (names.back() == name) return choice;
    }
    reject(500, at + ": unknown value '" + shortened(name) + "', expected one of " + list(names));
}

Sort read_sort(const Value& value) {
    const auto* object = value.get_if<json::Object>();
    if (!object) reject(500, "sort: expected an object, got " + quoted(value));
    if (object->empty()) return {};
    using enum SortField;
    const auto field = text_member(value, "field", "sort");
    const auto keyword = lowered(text_member(value, "keyword", "sort"));
    return {
        .field = read_name(field, {creation_time, modification_time, incident_id}, "sort.field"),
        .direction = read_name(keyword, {Direction::asc, Direction::desc}, "sort.keyword")};
}

const Value& request_data(const Value& root) {
    if (!root.get_if<json::Object>())
        reject(400, "expected an object that holds request_data, got " + quoted(root));
    const Value* data = root.find("request_data");
    if (!data) reject(400, "Missing at least one required parameter: ['request_data']");
    if (!data->get_if<json::Object>())
        reject(400, "request_data: expected an object, got " + quoted(*data));
    return *data;
}

Query read_parts(const Value& data, std::int64_t page_cap) {
    Query query;
    if (const Value* filters = data.find("filters")) query.filters = read_filters(*filters);
    if (const Value* sort = data.find("sort")) query.sort = read_sort(*sort);
    if (const Value* from = data.find("search_from"))
        query.search_from = read_integer(*from, "search_from");
    // The default of search_to is 100 whatever search_from is; a smaller cap replaces it.
    query.search_to = std::min<std::int64_t>(100, page_cap);
    if (const Value* to = data.find("search_to")) query.search_to = read_integer(*to, "search_to");
    return query;
}

}  // namespace

std::variant<Query, Refusal> read_query(std::string_view body, std::int64_t page_cap) {
    try {
        const json::Document document = json::parse(body, json::Comments::refused);
        // Python's parser takes the last of two; a client that sends two has a defect either way.
        if (!document.duplicates.empty())
            reject(400,
                   "the key " + shortened(document.duplicates.front().pointer) + " stands twice");
        return read_parts(request_data(document.root), page_cap);
    } catch (const Rejected& rejected) {
        return rejected.refusal;
    } catch (const xdr::Error& error) {
        return Refusal{.status = 400,
                       .err_msg = std::string(generic),
                       .err_extra = error.problem().what + " at line " + error.problem().where};
    }
}

std::optional<Refusal> check_window(const Query& query, std::int64_t page_cap) {
    const bool in_range = query.search_from >= 0 && query.search_to >= 0 &&
                          query.search_from <= (std::int64_t{1} << 53) &&
                          query.search_to <= (std::int64_t{1} << 53);
    const std::int64_t size = in_range ? query.search_to - query.search_from : 0;
    if (size > 0 && size <= page_cap) return std::nullopt;
    return Refusal{.status = 400,
                   .err_msg = std::string(generic),
                   .err_extra = "Search size must fulfill the requirement: 0 < search_size <= " +
                                std::to_string(page_cap)};
}

}  // namespace mockxdr
