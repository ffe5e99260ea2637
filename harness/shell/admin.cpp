#include "admin.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "admin_json.hpp"
#include "mockxdr/names.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

using mockxdr::HttpReply;
using mockxdr::HttpRequest;
using mockxdr::json::Array;
using mockxdr::json::Object;
using mockxdr::json::Value;

constexpr std::string_view prefix = "/__mock/";

/// What a route does not know it must not pass over: a typing error would go unnoticed.
void check_name(std::string_view name, std::string_view kind,
                std::span<const std::string_view> known) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    throw xdr::Error(
        {.where = std::string(name),
         .what = "unknown " + std::string(kind),
         .hint = known.empty() ? "the route takes none" : mockxdr::guess_and_list(name, known)});
}

/// The body, with these keys at most.
Value body_of(const HttpRequest& request, std::initializer_list<std::string_view> known) {
    Value body = body_object(request);
    for (const mockxdr::json::Member& member : std::get<Object>(body.data()))
        check_name(member.key, "key", known);
    return body;
}

/// Calls `read`; what it throws is about that key.
template <class Read>
auto about(const std::string& key, Read&& read) try {
    return read();
} catch (const xdr::Error& error) {
    xdr::Problem problem = error.problem();
    problem.where = key;
    throw xdr::Error(std::move(problem));
}

HttpReply health(Stage&, const HttpRequest&) { return json_reply(Object{{"status", "ok", {}}}); }

HttpReply ready(Stage&, const HttpRequest&) {
    return json_reply(Object{{"ready", true, {}}});  // the caller has looked
}

HttpReply get_clock(Stage& stage, const HttpRequest&) {
    return stage.with_play(
        [&](const Play& play) { return json_reply(clock_json(play, stage.options())); });
}

/// Moves a manual clock and tells what happened on the way.
HttpReply move_clock(Stage& stage, const std::function<TimePoint(TimePoint now)>& to) {
    if (!stage.options().speed.is_manual())
        return error_reply(409, {{.where = "clock",
                                  .what = "it runs by itself",
                                  .hint = "start the mock with --clock manual"}});
    return stage.with_play([&](Play& play) {
        const TimePoint before = play.clock.now();
        const TimePoint after = to(before);
        if (after > LiveClock::latest)
            return error_reply(400, {{.where = "clock",
                                      .what = "that is after the year 9000",
                                      .hint = "POST /__mock/reset starts again"}});
        if (after < before)
            return error_reply(409, {{.where = "clock",
                                      .what = "it is " + xdr::iso8601(before) +
                                              " already, and time does not go back",
                                      .hint = "POST /__mock/reset starts again"}});
        play.clock.advance_to(after);
        Value reply = clock_json(play, stage.options());
        std::get<Object>(reply.data()).push_back({"events", events_json(play, before, after), {}});
        return json_reply(reply);
    });
}

HttpReply advance_clock(Stage& stage, const HttpRequest& request) {
    const std::string text =
        text_of(body_of(request, {"by"}), "by", "a duration such as \"1m\" or \"1h30m\"");
    const Millis by = about("by", [&] { return xdr::parse_duration(text); });
    // However long it is, the sum is a time.
    constexpr Millis most = std::chrono::hours{24} * 366 * 9999;
    return move_clock(stage, [&](TimePoint now) { return now + std::clamp(by, -most, most); });
}

HttpReply set_clock(Stage& stage, const HttpRequest& request) {
    const std::string text =
        text_of(body_of(request, {"to"}), "to", "a time such as \"2024-01-01T12:00:00Z\"");
    const TimePoint to = about("to", [&] { return xdr::parse_iso8601(text); });
    return move_clock(stage, [&](TimePoint) { return to; });
}

HttpReply get_scenario(Stage& stage, const HttpRequest&) {
    const std::string text = stage.with_play([](const Play& play) { return play.text; });
    return HttpReply{.body = mockxdr::print_scenario(text, "scenario")};
}

HttpReply put_scenario(Stage& stage, const HttpRequest& request) {
    try {
        stage.play(request.body, "scenario");
    } catch (const mockxdr::ScenarioError& error) {
        return error_reply(400, error.problems());
    }
    return stage.with_play([](const Play& play) {
        const auto incidents = static_cast<std::int64_t>(play.scenario.incidents.size());
        return json_reply(Object{{"title", play.scenario.title, {}}, {"incidents", incidents, {}}});
    });
}

HttpReply reset(Stage& stage, const HttpRequest& request) {
    body_of(request, {});
    stage.reset();
    return get_clock(stage, request);
}

HttpReply get_incidents(Stage& stage, const HttpRequest& request) {
    const std::int64_t from = number_parameter(request, "from", 0).value_or(0);
    const std::int64_t limit = number_parameter(request, "limit", 1).value_or(1000);
    return stage.with_play([&](const Play& play) {
        return json_reply(incidents_json(play, play.clock.now(), from, limit));
    });
}

HttpReply get_journal(Stage& stage, const HttpRequest& request) {
    const auto one = number_parameter(request, "request", 1);
    const auto from = number_parameter(request, "from", 1);
    const auto last = number_parameter(request, "last", 1);
    return stage.with_play([&](const Play& play) {
        if (one) {
            auto text = request_json(play.trial, static_cast<std::uint64_t>(*one));
            if (!text)
                return error_reply(404,
                                   {{.where = "request",
                                     .what = "the journal has no request " + std::to_string(*one),
                                     .hint = "it keeps the last ones only"}});
            return HttpReply{.body = *std::move(text)};
        }
        JournalRange range{.from = static_cast<std::uint64_t>(from.value_or(0))};
        if (last) range.last = static_cast<std::size_t>(*last);
        return HttpReply{.body = journal_json(play.trial, range)};
    });
}

HttpReply get_verdict(Stage& stage, const HttpRequest&) {
    const LiveVerdict verdict = stage.with_play([](Play& play) {
        return play.trial.verdict(play.clock.now(), play.service.faults().unfired());
    });
    return HttpReply{.body = to_json(verdict)};  // long for a large world: not under the lock
}

HttpReply get_explanation(Stage& stage, const HttpRequest& request) {
    const auto id = parameter(request, "incident");
    if (!id)
        return error_reply(400, {{.where = "incident",
                                  .what = "it is missing",
                                  .hint = "ask for /__mock/explain?incident=101"}});
    return stage.with_play([&](const Play& play) {
        auto text = explain_json(play.trial, IncidentId(*id));
        if (!text)
            return error_reply(404, {{.where = "incident",
                                      .what = "no incident has the id '" + *id + "'",
                                      .hint = "GET /__mock/incidents lists them"}});
        return HttpReply{.body = *std::move(text)};
    });
}

HttpReply get_faults(Stage& stage, const HttpRequest&) {
    return stage.with_play([](Play& play) { return json_reply(faults_json(play)); });
}

std::vector<IncidentId> read_ids(const Value& body) {
    const Value* ids = body.find("incident_ids");
    const auto* array = ids ? ids->get_if<Array>() : nullptr;
    std::vector<IncidentId> out;
    for (std::size_t i = 0; array && i < array->size(); ++i) {
        const auto* text = (*array)[i].get_if<std::string>();
        if (!text)
            throw xdr::Error({.where = "incident_ids[" + std::to_string(i) + "]",
                              .what = "found " + kind_of((*array)[i]),
                              .hint = "expected an id as text"});
        out.emplace_back(*text);
    }
    if (!array)
        throw xdr::Error({.where = "incident_ids",
                          .what = ids ? "found " + kind_of(*ids) : "it is missing",
                          .hint = "send {\"incident_ids\": [\"101\", \"102\"]}"});
    return out;
}

HttpReply accept(Stage& stage, const HttpRequest& request) {
    const std::vector<IncidentId> ids = read_ids(body_of(request, {"incident_ids"}));
    return stage.with_play([&](Play& play) {
        Array unknown;
        for (const IncidentId& id : play.trial.accept(ids, play.clock.now()))
            unknown.emplace_back(id.text());
        return json_reply(Object{{"accepted", static_cast<std::int64_t>(ids.size()), {}},
                                 {"unknown", std::move(unknown), {}}});
    });
}

HttpReply done(Stage& stage, const HttpRequest& request) {
    body_of(request, {});
    stage.with_play([](Play& play) { play.trial.done(); });
    return get_verdict(stage, request);
}

struct Route {
    std::string_view method, name;
    HttpReply (*handle)(Stage&, const HttpRequest&);
    std::string_view what;
    std::array<std::string_view, 3> parameters{};  ///< the first empty one ends them
    bool needs_play = true;

    std::span<const std::string_view> known() const {
        const auto end = std::find(parameters.begin(), parameters.end(), std::string_view());
        return {parameters.begin(), end};
    }
};

constexpr std::array<Route, 16> routes{{
    {"GET", "health", health, "whether the process answers", {}, false},
    {"GET", "ready", ready, "503 until a scenario is loaded"},
    {"GET", "clock", get_clock, "the time that the mock lives at"},
    {"POST", "clock/advance", advance_clock,
     "{\"by\": \"1m\"}: move a manual clock; what happened"},
    {"POST", "clock/set", set_clock, "{\"to\": \"2024-01-01T12:00:00Z\"}: the same, to a time"},
    {"GET", "scenario", get_scenario, "the scenario that is played, without comments"},
    {"PUT", "scenario", put_scenario, "play the scenario of the body from its start"},
    {"POST", "reset", reset, "play the same scenario from its start"},
    {"GET", "incidents", get_incidents, "the truth at now; ?from=0&limit=1000", {"from", "limit"}},
    {"GET",
     "journal",
     get_journal,
     "the requests; ?last=10, ?from=3, or ?request=3 with causes",
     {"last", "from", "request"}},
    {"GET", "verdict", get_verdict, "of each incident: once, lost, duplicated, excused, pending"},
    {"GET",
     "explain",
     get_explanation,
     "?incident=101: what kept it out of each reply",
     {"incident"}},
    {"GET", "faults", get_faults, "the scenario's faults and how often each one fired"},
    {"POST", "accepted", accept, "{\"incident_ids\": [\"101\"]}: what the client kept"},
    {"POST", "done", done, "the client has finished; the verdict"},
    {"GET", "", nullptr, "this list", {}, false},
}};

HttpReply list_routes() {
    Array out;
    for (const Route& route : routes)
        out.emplace_back(
            Object{{"route",
                    std::string(route.method) + " " + std::string(prefix) + std::string(route.name),
                    {}},
                   {"what", std::string(route.what), {}}});
    return json_reply(Object{{"routes", std::move(out), {}}});
}

HttpReply no_route(const HttpRequest& request, bool known_path) {
    return error_reply(known_path ? 405 : 404,
                       {{.where = request.method + " " + request.path,
                         .what = known_path ? "the route takes another method" : "no such route",
                         .hint = "GET /__mock/ lists the routes"}});
}

HttpReply handle(Stage& stage, const HttpRequest& request) {
    std::string_view name = request.path;
    name.remove_prefix(std::min(prefix.size(), name.size()));
    if (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    bool known_path = false;
    for (const Route& route : routes) {
        if (route.name != name) continue;
        known_path = true;
        if (route.method != request.method) continue;
        for (const auto& [key, value] : request.parameters)
            check_name(key, "parameter", route.known());
        if (!route.handle) return list_routes();
        if (route.needs_play && !stage.ready())
            return error_reply(
                503,
                {{.where = "scenario", .what = "it is being loaded", .hint = "ask again soon"}});
        return route.handle(stage, request);
    }
    return no_route(request, known_path);
}

}  // namespace

mockxdr::HttpReply Admin::answer(const HttpRequest& request) const {
    HttpReply reply;
    if (access_ == AdminAccess::loopback_only && !request.from_loopback) {
        reply = error_reply(403, {{.where = request.path,
                                   .what = "the admin API answers this machine only",
                                   .hint = "start the mock with --admin-from-anywhere"}});
    } else {
        try {
            reply = handle(stage_, request);
        } catch (const xdr::Error& error) {
            reply = error_reply(400, {error.problem()});
        }
    }
    reply.date = stage_.now();
    return reply;
}

}  // namespace harness
