#include "fetcher/wire_xsoar.hpp"

#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

Json plain(const std::string& key, const std::string& text) {
    if (key == "time") return text == "null" ? Json() : Json(text);
    if (key == "sweep") return text;
    Json value = Json::parse(text, nullptr, false);
    return value.is_discarded() || value.is_string() ? Json(text) : value;
}

}  // namespace

std::string last_run_to_xsoar(const State& state) {
    Json out = Json::object();
    const Json whole = Json::parse(to_json(state));
    for (const auto& [key, value] : whole.items())
        out[key] = value.is_string() ? value.get<std::string>() : value.dump();
    return out.dump();
}

State last_run_from_xsoar(std::string_view text) {
    const Json whole = Json::parse(text, nullptr, false);
    if (!whole.is_object())
        throw xdr::Error({.where = "",
                          .what = "expected a JSON object, got something else",
                          .hint = "last-run show --format xsoar prints the form"});
    Json out = Json::object();
    for (const auto& [key, value] : whole.items())
        out[key] = value.is_string() ? plain(key, value.get<std::string>()) : value;
    return state_from_json(out.dump());
}

}  // namespace fetcher
