#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "fetcher/wire_last_run.hpp"
#include "whole_number.hpp"
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

/// The largest number of milliseconds that a time, or a span between two, can have here: far beyond
/// any that is ever written, and no sum of a few overflows.
constexpr std::int64_t most_ms = 9'007'199'254'740'991;
constexpr std::int64_t most_count = std::numeric_limits<std::int64_t>::max();

std::int64_t read_number(const Json& value, const std::string& at, std::int64_t least,
                         std::int64_t most) {
    const auto number = whole_number(value);
    if (!number || *number < least || *number > most)
        refuse(at, "expected " + std::to_string(least) + " to " + std::to_string(most) + ", got " +
                       value.dump());
    return *number;
}

TimePoint read_time(const Json& value, const std::string& at) {
    const auto ms = whole_number(value);
    if (!ms || *ms < -most_ms || *ms > most_ms)
        refuse(at, "expected milliseconds since 1970, got " + value.dump());
    return TimePoint{Millis{*ms}};
}

const Json& member(const Json& object, const std::string& key, const std::string& at = "") {
    const auto found = object.find(key);
    if (found == object.end()) refuse(at + "/" + key, "it is missing");
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

Json write_resume(const Resume& resume) {
    const SweepPosition& position = resume.position;
    Json out{{"at", epoch_ms(position.at)}, {"settled", epoch_ms(resume.settled)}};
    if (position.until) out["until"] = epoch_ms(*position.until);
    if (position.span) out["span_ms"] = position.span->count();
    if (position.millisecond) {
        Json overlap = Json::array();
        for (const IncidentId& id : position.millisecond->overlap) overlap.push_back(id.text());
        out["millisecond"] = {{"offset", position.millisecond->offset},
                              {"overlap", std::move(overlap)}};
    }
    return out;
}

Json write_complete(const CompleteState& state) {
    Json seen = Json::object();
    for (const auto& [id, at] : state.seen) seen[id.text()] = epoch_ms(at);
    Json out{{"version", format_version},
             {"sweep", name_of(state.field)},
             {"frontier", epoch_ms(state.frontier)},
             {"newest", state.newest ? Json(epoch_ms(*state.newest)) : Json()},
             {"batch", state.batch},
             {"seen", std::move(seen)}};
    // Without it a reader that knows no resume begins at the frontier, which is always right.
    if (state.resume) out["resume"] = write_resume(*state.resume);
    return out;
}

MillisecondPosition read_millisecond(const Json& json) {
    const std::string at = "/resume/millisecond";
    if (!json.is_object()) refuse(at, "expected an object, got " + json.dump());
    MillisecondPosition out;
    out.offset = read_number(member(json, "offset", at), at + "/offset", 0, most_count);
    const Json& overlap = member(json, "overlap", at);
    if (!overlap.is_array())
        refuse(at + "/overlap", "expected an array of ids, got " + overlap.dump());
    for (const Json& id : overlap) {
        if (!id.is_string()) refuse(at + "/overlap", "expected an id as text, got " + id.dump());
        out.overlap.emplace_back(id.get<std::string>());
    }
    std::sort(out.overlap.begin(), out.overlap.end());
    return out;
}

Resume read_resume(const Json& json, TimePoint frontier) {
    if (!json.is_object()) refuse("/resume", "expected an object, got " + json.dump());
    Resume out;
    out.position.at = read_time(member(json, "at", "/resume"), "/resume/at");
    out.settled = read_time(member(json, "settled", "/resume"), "/resume/settled");
    // Ids below the frontier are forgotten: whoever reads there repeats incidents.
    if (out.position.at < frontier) refuse("/resume/at", "it is earlier than the frontier");
    if (const auto until = json.find("until"); until != json.end()) {
        out.position.until = read_time(*until, "/resume/until");
        if (*out.position.until < out.position.at)
            refuse("/resume/until", "it is earlier than /resume/at");
    }
    if (const auto span = json.find("span_ms"); span != json.end())
        out.position.span = Millis{read_number(*span, "/resume/span_ms", 1, most_ms)};
    if (const auto rows = json.find("millisecond"); rows != json.end())
        out.position.millisecond = read_millisecond(*rows);
    return out;
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
    // The next run adds one.
    state.batch =
        std::min(read_number(member(json, "batch"), "/batch", 0, most_count), most_count - 1);
    const Json& seen = member(json, "seen");
    if (!seen.is_object()) refuse("/seen", "expected an object, got " + seen.dump());
    for (const auto& [id, at] : seen.items())
        state.seen.push_back({.id = IncidentId(id), .at = read_time(at, "/seen/" + id)});
    std::sort(state.seen.begin(), state.seen.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    if (const auto resume = json.find("resume"); resume != json.end() && !resume->is_null())
        state.resume = read_resume(*resume, state.frontier);
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
