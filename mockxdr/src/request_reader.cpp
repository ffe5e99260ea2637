#include "request_reader.hpp"

#include <cmath>

#include "wire.hpp"

namespace mockxdr {

using json::Value;

void reject(int status, std::string why) {
    throw Rejected{
        {.status = status, .err_msg = std::string(generic_error), .err_extra = std::move(why)}};
}

std::string shortened(std::string_view text) {
    if (text.size() <= 60) return std::string(text);
    return std::string(json::cut(text, 57)) + "...";
}

std::string quoted(const Value& value) { return shortened(json::write(value)); }

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

void reject_missing(std::string_view key) {
    reject(400, "Missing at least one required parameter: ['" + std::string(key) + "']");
}

std::string read_incident_id(const Value& data) {
    const Value* id = data.find("incident_id");
    const auto* text = id ? id->get_if<std::string>() : nullptr;
    if (!id || id->is_null() || (text && text->empty())) reject_missing("incident_id");
    const bool number = id->get_if<std::int64_t>() || id->get_if<double>();
    return number ? std::to_string(read_integer(*id, "incident_id"))
                  : read_text(*id, "incident_id");
}

std::string text_member(const Value& object, std::string_view key, const std::string& at) {
    const Value* value = object.find(key);
    if (!value) reject(500, at + ": " + std::string(key) + " is missing");
    return read_text(*value, at + "." + std::string(key));
}

const Value& request_data(const Value& root) {
    if (!root.get_if<json::Object>())
        reject(400, "expected an object that holds request_data, got " + quoted(root));
    const Value* data = root.find("request_data");
    if (!data) reject_missing("request_data");
    if (!data->get_if<json::Object>())
        reject(400, "request_data: expected an object, got " + quoted(*data));
    return *data;
}

namespace {

/// The API's page shows an err_msg that is JSON itself, with the line and column.
std::string positioned(const xdr::Problem& problem) {
    const std::size_t colon = problem.where.find(':');
    const auto number = [](const std::string& text) { return std::int64_t{std::stoll(text)}; };
    return json::write(json::Object{{"line", number(problem.where.substr(0, colon)), {}},
                                    {"column", number(problem.where.substr(colon + 1)), {}},
                                    {"message", problem.what, {}}});
}

}  // namespace

json::Document parse_body(std::string_view body, const ServerOptions& options) {
    json::Document document;
    try {
        document = json::parse(body, json::Comments::refused);
    } catch (const xdr::Error& error) {
        const xdr::Problem& problem = error.problem();
        if (options.syntax_errors == SyntaxErrors::json)
            throw Rejected{{.status = 400, .err_msg = positioned(problem), .err_extra = ""}};
        reject(400, problem.what + " at line " + problem.where);
    }
    // Python's parser takes the last of two; a client that sends two has a defect either way.
    if (!document.duplicates.empty())
        reject(400, "the key " + shortened(document.duplicates.front().pointer) + " stands twice");
    return document;
}

}  // namespace mockxdr
