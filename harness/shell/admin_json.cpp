#include "admin_json.hpp"

#include <charconv>

#include "harness/trace.hpp"

namespace harness {

using mockxdr::json::Array;
using mockxdr::json::Null;
using mockxdr::json::Object;
using mockxdr::json::Value;

namespace {

[[noreturn]] void refuse(std::string where, std::string what, std::string hint) {
    throw xdr::Error({.where = std::move(where), .what = std::move(what), .hint = std::move(hint)});
}

std::int64_t epoch_ms(TimePoint time) { return time.time_since_epoch().count(); }

std::string_view name_of(mockxdr::Event::Kind kind) {
    switch (kind) {
        case mockxdr::Event::Kind::appears:
            return "appears";
        case mockxdr::Event::Kind::changes:
            return "changes";
        case mockxdr::Event::Kind::disappears:
            return "disappears";
    }
    return "";
}

Value incident_json(const mockxdr::Incident& incident, TimePoint now) {
    const mockxdr::Version* version = incident.at(now);
    Object out{
        {"id", incident.id.text(), {}},
        {"visible", version != nullptr, {}},
        {"creation_time", epoch_ms(version ? version->creation_time : incident.created), {}}};
    const auto value = [&](std::string_view name) {
        return version ? mockxdr::shown_value(incident, *version, name) : Value(Null{});
    };
    for (const std::string_view name : {"modification_time", "status", "severity"})
        out.push_back({std::string(name), value(name), {}});
    const auto visible_from =
        incident.versions.empty() ? Value(Null{}) : Value(epoch_ms(incident.versions.front().from));
    const bool leaves =
        !incident.versions.empty() && incident.versions.back().until != TimePoint::max();
    out.push_back({"visible_from", visible_from, {}});
    out.push_back({"visible_until",
                   leaves ? Value(epoch_ms(incident.versions.back().until)) : Value(Null{}),
                   {}});
    return out;
}

/// The condition of a fault as the scenario writes it.
Object condition_json(const mockxdr::Fault& fault) {
    Object out;
    const auto number = [&](const char* name, const std::optional<std::int64_t>& value) {
        if (value) out.push_back({name, *value, {}});
    };
    if (fault.from) out.push_back({"from", xdr::duration_text(*fault.from), {}});
    if (fault.until) out.push_back({"until", xdr::duration_text(*fault.until), {}});
    number("request", fault.request);
    number("every", fault.every);
    number("run", fault.run);
    number("search_from", fault.search_from);
    if (fault.probability) out.push_back({"probability", *fault.probability, {}});
    if (!std::holds_alternative<mockxdr::ReplyFault>(fault.effect)) return out;
    const std::string endpoint =
        fault.endpoint ? std::string(mockxdr::name_of(*fault.endpoint)) : "any";
    out.push_back({"endpoint", endpoint, {}});
    return out;
}

}  // namespace

mockxdr::HttpReply json_reply(const Value& value, int status) {
    return {.status = status, .body = write(value)};
}

mockxdr::HttpReply error_reply(int status, const std::vector<xdr::Problem>& problems) {
    Array errors;
    for (const xdr::Problem& problem : problems)
        errors.emplace_back(Object{
            {"where", problem.where, {}}, {"what", problem.what, {}}, {"hint", problem.hint, {}}});
    return json_reply(Object{{"errors", std::move(errors), {}}}, status);
}

std::optional<std::string> parameter(const mockxdr::HttpRequest& request, std::string_view name) {
    std::optional<std::string> found;
    for (const auto& [key, value] : request.parameters) {
        if (key != name) continue;
        if (found) refuse(std::string(name), "the parameter stands twice", "write it once");
        found = value;
    }
    return found;
}

std::optional<std::int64_t> number_parameter(const mockxdr::HttpRequest& request,
                                             std::string_view name, std::int64_t least) {
    const auto text = parameter(request, name);
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number < least)
        refuse(std::string(name), "'" + *text + "' is not what is expected",
               "expected an integer, " + std::to_string(least) + " or more");
    return number;
}

Value body_object(const mockxdr::HttpRequest& request) {
    if (request.body.empty()) return Object{};
    auto [root, duplicates] = mockxdr::json::parse(request.body, mockxdr::json::Comments::refused);
    if (!root.get_if<Object>()) refuse("body", "found " + kind_of(root), "expected an object");
    if (!duplicates.empty())
        refuse(duplicates.front().pointer, "the key stands twice", "write it once");
    return std::move(root);
}

std::string text_of(const Value& object, std::string_view key, std::string_view expected) {
    const Value* value = object.find(key);
    const auto* text = value ? value->get_if<std::string>() : nullptr;
    if (!text)
        refuse(std::string(key), value ? "found " + kind_of(*value) : "it is missing",
               "expected " + std::string(expected));
    return *text;
}

Value clock_json(const Play& play, const StageOptions& options) {
    const TimePoint now = play.clock.now();
    const std::int64_t factor = options.speed.factor;
    const std::string mode = factor == 0   ? "manual"
                             : factor == 1 ? "real"
                                           : std::to_string(factor) + "x";
    return Object{{"now", xdr::iso8601(now), {}},
                  {"now_ms", epoch_ms(now), {}},
                  {"start", xdr::iso8601(play.service.world().start()), {}},
                  {"mode", mode, {}}};
}

Value events_json(const Play& play, TimePoint after, TimePoint until) {
    Array events;
    const mockxdr::World& world = play.service.world();
    for (const mockxdr::Event& event : world.events(after, until))
        events.emplace_back(Object{{"at", xdr::iso8601(event.at), {}},
                                   {"id", world.incidents()[event.position].id.text(), {}},
                                   {"what", std::string(name_of(event.kind)), {}}});
    return events;
}

Value incidents_json(const Play& play, TimePoint now, std::int64_t from, std::int64_t limit) {
    const auto incidents = play.service.world().incidents();
    const auto size = static_cast<std::int64_t>(incidents.size());
    Array rows;
    for (std::int64_t i = from; i < size && i - from < limit; ++i)
        rows.push_back(incident_json(incidents[static_cast<std::size_t>(i)], now));
    return Object{{"now", xdr::iso8601(now), {}},
                  {"total_count", size, {}},
                  {"incidents", std::move(rows), {}}};
}

Value faults_json(Play& play) {
    const mockxdr::FaultPlan& plan = play.service.faults();
    Array out;
    for (std::size_t i = 0; i < plan.faults().size(); ++i)
        out.emplace_back(Object{{"at", "/faults/" + std::to_string(i), {}},
                                {"when", condition_json(plan.faults()[i]), {}},
                                {"what", mockxdr::describe(plan.faults()[i]), {}},
                                {"fired", static_cast<std::int64_t>(plan.fired()[i]), {}}});
    return Object{{"faults", std::move(out), {}}};
}

}  // namespace harness
