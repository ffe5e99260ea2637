#include "fetcher/wire_last_run.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "whole_number.hpp"
#include "xdr/error.hpp"

namespace fetcher::lookback {

namespace {

using nlohmann::json;

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

xdr::Error wrong(const json::json_pointer& at, const std::string& expected, const json& got) {
    return xdr::Error({.where = at.to_string(),
                       .what = "expected " + expected + ", got " +
                               got.dump(-1, ' ', false, json::error_handler_t::replace),
                       .hint = ""});
}

json::json_pointer pointer(const std::string& key) { return json::json_pointer() / key; }

/// Cuts a valid JSON object into its members, so that values keep their spelling.
class Members {
   public:
    explicit Members(std::string_view object) : text_(object), at_(object.find('{') + 1) {}

    struct Member {
        std::string key, value;
    };

    std::optional<Member> next() {
        skip_blanks();
        if (text_[at_] == ',') ++at_;
        skip_blanks();
        if (text_[at_] == '}') return std::nullopt;
        const std::string key = json::parse(take_value()).get<std::string>();
        skip_blanks();
        ++at_;  // the colon
        skip_blanks();
        return Member{.key = key, .value = std::string(take_value())};
    }

   private:
    void skip_blanks() { at_ = text_.find_first_not_of(" \t\r\n", at_); }

    void skip_string() {
        for (++at_; text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\') ++at_;
    }

    /// Up to the comma, colon, bracket or blank that ends it.
    std::string_view take_value() {
        const std::size_t begin = at_;
        std::size_t depth = 0;
        for (;; ++at_) {
            const char c = text_[at_];
            if (c == '"') skip_string();
            if (c == '{' || c == '[') ++depth;
            if (depth == 0 && std::string_view(",:]} \t\r\n").find(c) != std::string_view::npos)
                return text_.substr(begin, at_ - begin);
            if (c == '}' || c == ']') --depth;
        }
    }

    std::string_view text_;
    std::size_t at_;
};

std::int64_t number(const json& value, const json::json_pointer& at, const std::string& expected) {
    const auto read = whole_number(value);
    if (!read) throw wrong(at, expected, value);
    return *read;
}

std::variant<Null, std::int64_t> number_or_null(const json& value, const json::json_pointer& at) {
    if (value.is_null()) return Null{};
    return number(value, at, "a whole number or null");
}

std::variant<Null, std::string> text_or_null(const json& value, const json::json_pointer& at) {
    if (value.is_null()) return Null{};
    if (!value.is_string()) throw wrong(at, "a text or null", value);
    return value.get<std::string>();
}

FoundIds ids(const json& value, const json::json_pointer& at) {
    if (!value.is_object()) throw wrong(at, "an object of ids and epoch seconds", value);
    FoundIds out;
    for (const auto& [key, seconds] : value.items())
        out.emplace(key, number(seconds, at / key, "epoch seconds"));
    return out;
}

void read_member(const json& value, const Members::Member& member, LastRun& out) {
    const json::json_pointer at = pointer(member.key);
    if (member.key == "time")
        out.time = text_or_null(value, at);
    else if (member.key == "limit")
        out.limit = number_or_null(value, at);
    else if (member.key == "found_incident_ids")
        out.found_incident_ids = ids(value, at);
    else if (member.key == "offset")
        out.offset = number_or_null(value, at);
    else
        out.other.emplace(member.key, member.value);
}

json parsed(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::parse_error& error) {
        throw xdr::Error({.where = "",
                          .what = "expected a JSON object, the text stops being JSON at byte " +
                                  std::to_string(error.byte),
                          .hint = "the last run must be what was saved, or {} at first"});
    }
}

std::string quoted(const std::string& text) {
    try {
        return json(text).dump();
    } catch (const json::type_error&) {
        throw xdr::Error({.where = "", .what = "expected UTF-8, got other bytes", .hint = ""});
    }
}

template <class Value>
std::string value_text(const std::variant<Null, Value>& value) {
    return std::visit(Overloaded{[](Null) { return std::string("null"); },
                                 [](std::int64_t number) { return std::to_string(number); },
                                 [](const std::string& text) { return quoted(text); }},
                      value);
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string object_text(const Pairs& members) {
    std::string text;
    for (const auto& [key, value] : members)
        text += (text.empty() ? "" : ",") + quoted(key) + ":" + value;
    return "{" + text + "}";
}

std::string ids_text(const FoundIds& found) {
    std::map<std::string, std::int64_t> by_key;  // numbers come after texts, and win
    for (const auto& [id, seconds] : found) {
        const auto* number = std::get_if<std::int64_t>(&id);
        by_key.insert_or_assign(
            number != nullptr ? std::to_string(*number) : std::get<std::string>(id), seconds);
    }
    Pairs members;
    for (const auto& [key, seconds] : by_key) members.emplace_back(key, std::to_string(seconds));
    return object_text(members);
}

}  // namespace

std::string to_json(const LastRun& last_run) {
    Pairs members;
    if (last_run.time) members.emplace_back("time", value_text(*last_run.time));
    if (last_run.limit) members.emplace_back("limit", value_text(*last_run.limit));
    if (last_run.found_incident_ids)
        members.emplace_back("found_incident_ids", ids_text(*last_run.found_incident_ids));
    if (last_run.offset) members.emplace_back("offset", value_text(*last_run.offset));
    for (const auto& [key, value] : last_run.other) {
        assert(json::accept(value));
        members.emplace_back(key, value);
    }
    return object_text(members);
}

LastRun last_run_from_json(std::string_view text) {
    const json object = parsed(text);
    if (!object.is_object()) throw wrong(json::json_pointer(), "an object", object);
    LastRun out;
    std::map<std::string, int> times_seen;
    Members members(text);
    while (const auto member = members.next()) {
        if (++times_seen[member->key] > 1)
            throw xdr::Error({.where = pointer(member->key).to_string(),
                              .what = "expected each key once, got it twice",
                              .hint = ""});
        read_member(object.at(member->key), *member, out);
    }
    return out;
}

}  // namespace fetcher::lookback
