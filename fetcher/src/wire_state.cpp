#include <algorithm>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "fetcher/wire_last_run.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

/// Sorted keys: ordered_json looks a key up by walking all of them, and there may be many ids.
using Json = nlohmann::json;

/// Grows when an older reader would misread a newer state.
constexpr int format_version = 1;

std::int64_t epoch_ms(TimePoint time) { return time.time_since_epoch().count(); }

[[noreturn]] void refuse(std::string where, std::string what) {
    throw xdr::Error({.where = std::move(where),
                      .what = std::move(what),
                      .hint = "restore the last run from a copy, or start afresh without it"});
}

TimePoint read_time(const Json& value, const std::string& at) {
    if (!value.is_number_integer())
        refuse(at, "expected milliseconds since 1970, got " + value.dump());
    return TimePoint{Millis{value.get<std::int64_t>()}};
}

const Json& member(const Json& object, const std::string& key) {
    const auto found = object.find(key);
    if (found == object.end()) refuse("/" + key, "it is missing");
    return *found;
}

const char* name_of(TimeField field) {
    return field == TimeField::creation_time ? "creation_time" : "modification_time";
}

TimeField read_field(const Json& value) {
    for (const TimeField field : {TimeField::creation_time, TimeField::modification_time})
        if (value == name_of(field)) return field;
    refuse("/sweep", "expected creation_time or modification_time, got " + value.dump());
}

Json write_complete(const CompleteState& state) {
    Json seen = Json::object();
    for (const auto& [id, at] : state.seen) seen[id.text()] = epoch_ms(at);
    return {{"version", format_version},
            {"sweep", name_of(state.field)},
            {"frontier", epoch_ms(state.frontier)},
            {"newest", state.newest ? Json(epoch_ms(*state.newest)) : Json()},
            {"batch", state.batch},
            {"seen", std::move(seen)}};
}

CompleteState read_complete(const Json& json) {
    const Json& version = member(json, "version");
    if (version != format_version)
        refuse("/version",
               "expected " + std::to_string(format_version) + ", got " + version.dump());
    CompleteState state;
    state.field = read_field(member(json, "sweep"));
    state.frontier = read_time(member(json, "frontier"), "/frontier");
    if (const Json& newest = member(json, "newest"); !newest.is_null())
        state.newest = read_time(newest, "/newest");
    const Json& batch = member(json, "batch");
    if (!batch.is_number_integer()) refuse("/batch", "expected an integer, got " + batch.dump());
    state.batch = batch.get<std::int64_t>();
    const Json& seen = member(json, "seen");
    if (!seen.is_object()) refuse("/seen", "expected an object, got " + seen.dump());
    for (const auto& [id, at] : seen.items())
        state.seen.push_back({.id = IncidentId(id), .at = read_time(at, "/seen/" + id)});
    std::sort(state.seen.begin(), state.seen.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return state;
}

struct Writer {
    std::string operator()(std::monostate) const { return "{}"; }
    std::string operator()(const CompleteState& state) const {
        return write_complete(state).dump();
    }
    std::string operator()(const CursorState& state) const {
        return Json{{"last_fetch", epoch_ms(state.last_fetch)}}.dump();
    }
    std::string operator()(const lookback::LastRun& state) const {
        return lookback::to_json(state);
    }
};

}  // namespace

std::string to_json(const State& state) { return std::visit(Writer{}, state); }

State state_from_json(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) refuse("", "the last run is not JSON");
    if (!json.is_object()) refuse("", "expected an object, got " + json.dump().substr(0, 60));
    if (json.empty()) return std::monostate{};
    if (json.contains("frontier")) return read_complete(json);
    if (json.contains("last_fetch"))
        return CursorState{.last_fetch = read_time(json.at("last_fetch"), "/last_fetch")};
    return lookback::last_run_from_json(text);
}

}  // namespace fetcher
