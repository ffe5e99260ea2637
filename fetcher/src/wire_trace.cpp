#include "fetcher/wire_trace.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "fetcher/lookback.hpp"
#include "fetcher/wire_last_run.hpp"
#include "whole_number.hpp"
#include "xdr/error.hpp"

namespace fetcher::lookback {

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(std::string where, std::string what) {
    throw xdr::Error({.where = std::move(where),
                      .what = std::move(what),
                      .hint = "fetch-incidents lookback-trace --help shows the form"});
}

std::string shown(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return text;
}

const Json& member(const Json& object, const std::string& key, const std::string& at) {
    if (!object.is_object()) refuse(at, "expected an object, got " + shown(object));
    const auto found = object.find(key);
    if (found == object.end()) refuse(at + "/" + key, "it is missing");
    return *found;
}

const Json& array(const Json& object, const std::string& key, const std::string& at) {
    const Json& value = member(object, key, at);
    if (!value.is_array()) refuse(at + "/" + key, "expected an array, got " + shown(value));
    return value;
}

Revision read_revision(const Json& value) {
    if (value == "documented") return Revision::documented;
    if (value == "current") return Revision::current;
    refuse("/revision", "expected documented or current, got " + shown(value));
}

/// A parameter that may be missing or null: both are nullopt. Other types are not for the methods.
std::optional<std::int64_t> read_integer(const Json& params, const std::string& key) {
    const auto found = params.find(key);
    if (found == params.end() || found->is_null()) return std::nullopt;
    const auto number = whole_number(*found);
    if (!number) refuse("/params/" + key, "expected an integer or null, got " + shown(*found));
    return number;
}

Settings read_settings(const Json& input) {
    Settings settings;
    settings.revision = read_revision(member(input, "revision", ""));
    const Json& params = member(input, "params", "");
    if (!params.is_object()) refuse("/params", "expected an object, got " + shown(params));
    settings.limit = read_integer(params, "limit");
    if (params.contains("look_back")) settings.look_back = read_integer(params, "look_back");
    if (const auto found = params.find("first_fetch"); found != params.end()) {
        if (!found->is_string() && !found->is_null())
            refuse("/params/first_fetch", "expected text or null, got " + shown(*found));
        settings.first_fetch =
            found->is_null() ? std::nullopt : std::optional(found->get<std::string>());
    }
    if (const auto found = params.find("timezone"); found != params.end()) {
        if (!found->is_number()) refuse("/params/timezone", "expected hours, got " + shown(*found));
        settings.timezone = found->get<double>();
    }
    return settings;
}

Found read_found(const Json& incident, const std::string& at) {
    const Json& id = member(incident, "incident_id", at);
    Found found;
    if (id.is_string())
        found.id = id.get<std::string>();
    else if (const auto number = whole_number(id))
        found.id = *number;
    else
        refuse(at + "/incident_id", "expected text or an integer, got " + shown(id));
    const auto created = incident.find("created");
    if (created != incident.end() && created->is_string())
        found.created = created->get<std::string>();
    return found;
}

/// One run's input.
struct Step {
    xdr::TimePoint now;
    std::vector<Found> incidents_res;
};

Step read_step(const Json& step, const std::string& at) {
    const Json& now = member(step, "now", at);
    const auto read = now.is_string() ? xdr::read_iso8601(now.get<std::string>()) : std::nullopt;
    if (!read)
        refuse(at + "/now", "expected a time such as 2024-01-01T00:00:00Z, got " + shown(now));
    Step out{.now = read->time, .incidents_res = {}};
    const Json& incidents = array(step, "incidents_res", at);
    for (std::size_t i = 0; i < incidents.size(); ++i)
        out.incidents_res.push_back(
            read_found(incidents[i], at + "/incidents_res/" + std::to_string(i)));
    return out;
}

Json write_id(const FoundId& id) {
    return std::visit([](const auto& value) { return Json(value); }, id);
}

/// Plays one run; changes `last_run` only if nothing raised.
Json play(const Step& step, const Settings& settings, LastRun& last_run) {
    try {
        const auto limit = request_limit(last_run, settings.limit);
        const Range range = get_fetch_run_time_range(last_run, settings, step.now);
        const Fetched fetched{.range = range,
                              .incidents = filter_incidents_by_duplicates_and_limit(
                                  step.incidents_res, last_run, settings.limit)};
        const std::string saved =
            to_json(update_last_run_object(last_run, fetched, settings, step.now));
        last_run = last_run_from_json(saved);
        Json emitted = Json::array();
        for (const Found& found : fetched.incidents) emitted.push_back(write_id(found.id));
        return {{"start", range.start},
                {"end", range.end},
                {"request_limit", limit ? Json(*limit) : Json()},
                {"emitted", std::move(emitted)},
                {"last_run", Json::parse(saved)}};
    } catch (const xdr::Error& error) {
        return {{"error", error.what()}};
    }
}

}  // namespace

std::string trace(std::string_view input) {
    const Json json = Json::parse(input, nullptr, false);
    if (json.is_discarded()) refuse("", "the input is not JSON");
    const Settings settings = read_settings(json);
    const Json& steps = array(json, "steps", "");
    std::vector<Step> read;
    for (std::size_t i = 0; i < steps.size(); ++i)
        read.push_back(read_step(steps[i], "/steps/" + std::to_string(i)));
    LastRun last_run;
    Json out = Json::array();
    for (const Step& step : read) out.push_back(play(step, settings, last_run));
    return out.dump();
}

}  // namespace fetcher::lookback
