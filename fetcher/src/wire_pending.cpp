#include <nlohmann/json.hpp>

#include "fetcher/pending.hpp"
#include "fetcher/wire.hpp"
#include "whole_number.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::json;

constexpr const char* key = "pending";

[[noreturn]] void refuse(const std::string& at, std::string what) {
    throw xdr::Error({.where = "/pending" + at,
                      .what = std::move(what),
                      .hint = "restore the last run from a copy, or start afresh without it"});
}

const Json& member(const Json& pending, const std::string& name) {
    const auto found = pending.find(name);
    if (found == pending.end()) refuse("/" + name, "it is missing");
    return *found;
}

std::vector<std::string> texts(const Json& pending, const std::string& name) {
    const Json& values = member(pending, name);
    if (!values.is_array()) refuse("/" + name, "expected an array");
    std::vector<std::string> out;
    for (const Json& value : values) {
        if (!value.is_string()) refuse("/" + name, "expected texts, got " + value.dump());
        out.push_back(value.get<std::string>());
    }
    return out;
}

State read_next(const Json& next) {
    try {
        return state_from_json(next.dump());
    } catch (const xdr::Error& wrong) {
        refuse("/next" + wrong.problem().where, wrong.problem().what);
    }
}

}  // namespace

std::string to_json(const Pending& pending, const State& before) {
    Json ids = Json::array();
    for (const IncidentId& id : pending.ids) ids.push_back(id.text());
    Json whole = Json::parse(to_json(before));
    whole[key] = {{"batch", pending.batch},
                  {"ids", std::move(ids)},
                  {"lines", pending.lines},
                  {"next", Json::parse(to_json(pending.next))}};
    return whole.dump();
}

std::optional<Pending> pending_from_json(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains(key)) return std::nullopt;
    const Json& pending = json.at(key);
    if (!pending.is_object()) refuse("", "expected an object");
    const Json& batch = member(pending, "batch");
    const auto number = whole_number(batch);
    if (!number) refuse("/batch", "expected an integer, got " + batch.dump());
    Pending out{.batch = *number,
                .ids = {},
                .lines = texts(pending, "lines"),
                .next = read_next(member(pending, "next"))};
    for (std::string& id : texts(pending, "ids")) out.ids.emplace_back(std::move(id));
    if (out.ids.size() != out.lines.size()) refuse("/lines", "there are not as many as ids");
    return out;
}

}  // namespace fetcher
