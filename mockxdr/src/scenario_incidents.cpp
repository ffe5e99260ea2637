#include <algorithm>
#include <cstdlib>

#include "mockxdr/incident_fields.hpp"
#include "mockxdr/names.hpp"
#include "scenario_parts.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t most_repeats = 1'000'000;

std::vector<std::string_view> field_names() {
    std::vector<std::string_view> names;
    for (const IncidentField& field : incident_fields()) names.push_back(field.name);
    return names;
}

/// A finding, at the place of the value or at another one such as its key's.
void complain(json::Position at, std::string pointer, std::string what, std::string expected,
              Findings& findings) {
    findings.push_back({.at = at,
                        .pointer = std::move(pointer),
                        .what = std::move(what),
                        .expected = std::move(expected)});
}

void complain(const Spot& place, std::string what, std::string expected, Findings& findings) {
    complain(place.value.at(), place.pointer, std::move(what), std::move(expected), findings);
}

/// The fields that come from other keys of the scenario.
std::optional<std::string_view> set_elsewhere(std::string_view name) {
    if (name == "incident_id") return "\"id\" of the incident sets it";
    if (name == "creation_time") return "\"created\" of the incident or of an update sets it";
    if (name == "modification_time") return "entries of \"updates\" change it";
    return std::nullopt;
}

/// Whether a scenario may set a field of that name; a finding at the name if not.
bool is_field(json::Position at, const std::string& pointer, std::string_view name,
              Findings& findings) {
    if (!find_incident_field(name)) {
        const auto names = field_names();
        const auto near = nearest(name, names);
        complain(at, pointer, "unknown incident field '" + std::string(name) + "'",
                 near ? "did you mean " + std::string(*near) + "?"
                      : "expected a key of the API's incident object",
                 findings);
        return false;
    }
    if (const auto instead = set_elsewhere(name)) {
        complain(at, pointer, std::string(name) + " is always sent and not set here",
                 "remove it; " + std::string(*instead), findings);
        return false;
    }
    return true;
}

constexpr std::int64_t most_alerts = 1'000'000'000;  ///< that an incident may claim to have

void check_value(const Spot& place, std::string_view name, Findings& findings) {
    const IncidentField& field = *find_incident_field(name);
    if (place.value.is_null()) return;
    const auto* texts = place.value.get_if<json::Array>();
    if (texts && field.type == FieldType::texts) {
        for (const Spot& item : read_array(place, findings)) read_text(item, findings);
        return;
    }
    if (!has_type(place.value, field.type)) {
        complain(place, "found " + kind_of(place.value),
                 "expected " + std::string(name_of(field.type)) + " or null", findings);
        return;
    }
    if (name == "alert_count") read_integer(place, 0, most_alerts, findings);
    if (name == "status") read_choice(place, known_statuses(), name, findings);
    if (name == "severity") read_choice(place, known_severities(), name, findings);
}

Fields read_fields(const Spot& place, Findings& findings) {
    std::vector<Fields::Entry> fields;
    const auto* object = place.value.get_if<json::Object>();
    if (!object) {
        complain(place, "found " + kind_of(place.value), "expected an object", findings);
        return {};
    }
    fields.reserve(object->size());
    for (const json::Member& member : *object) {
        const Spot at{.value = member.value,
                      .pointer = json::pointer_to(place.pointer, member.key)};
        if (!is_field(member.at, at.pointer, member.key, findings)) continue;
        check_value(at, member.key, findings);
        fields.emplace_back(member.key, member.value);
    }
    return fields.empty() ? Fields() : Fields(std::move(fields));
}

std::vector<std::string> read_absent(ObjectReader& object, const Fields& fields) {
    std::vector<std::string> absent;
    for (const Spot& place : object.array("absent")) {
        const auto name = read_text(place, object.findings());
        if (!name || !is_field(place.value.at(), place.pointer, *name, object.findings())) continue;
        if (fields.find(*name))
            complain(place, "'" + *name + "' is set in \"fields\" too",
                     "set it or leave it out, not both", object.findings());
        absent.push_back(*name);
    }
    return absent;
}

/// The value of `key`, if it is there: a moment in the client's progress.
std::optional<Trigger> read_trigger(ObjectReader& parent, std::string_view key) {
    constexpr std::int64_t most = 1'000'000'000;
    const auto place = parent.find(key);
    if (!place) return std::nullopt;
    ObjectReader object(*place, parent.findings());
    if (!object.is_object()) return std::nullopt;
    const auto request = object.integer("request", 1, most);
    const auto page = object.integer("page", 1, most);
    if (!object.find("request") && !object.find("page"))
        object.complain("the object says no request", "expected \"request\", \"page\" or both");
    object.finish();
    return Trigger{.request = request.value_or(1), .page = page};
}

Update read_update(const Spot& place, Millis created, Findings& findings) {
    ObjectReader object(place, findings);
    Update update;
    update.on = read_trigger(object, "on");
    const bool tied = object.find("on").has_value();
    if (!tied) object.require("at", "the time of the change, or \"on\" for the request it follows");
    if (!object.find("created")) object.require("set", "the fields that change, or \"created\"");
    if (const auto at = object.duration("at", Sign::any)) {
        update.at = *at;
        if (*at < created)
            complain(*object.find("at"), "the update is before the incident's creation",
                     "expected " + xdr::duration_text(created) + " or later", findings);
    }
    update.created = object.duration("created", Sign::any);
    if (const auto set = object.find("set")) update.set = read_fields(*set, findings);
    update.indexed_after = object.duration("indexed_after", Sign::not_negative).value_or(Millis{0});
    if (const auto at = object.find("at"); at && tied)
        complain(*at, "the update has a time and a request", "keep \"at\" or \"on\"", findings);
    if (const auto after = object.find("indexed_after"); after && tied)
        complain(*after, "what a request brings is seen at once",
                 "remove \"indexed_after\", or use \"at\"", findings);
    object.finish();
    return update;
}

/// An id with `{n}` or `{n:03}`: the text before and after it, and the width.
struct IdPattern {
    std::string before, after;
    int width = 0;
};

std::optional<IdPattern> read_pattern(const std::string& id) {
    const std::size_t open = id.find("{n");
    const std::size_t close = id.find('}', open);
    if (open == std::string::npos || close == std::string::npos) return std::nullopt;
    if (id.find("{n", close) != std::string::npos) return std::nullopt;
    IdPattern pattern{.before = id.substr(0, open), .after = id.substr(close + 1), .width = 0};
    const std::string format = id.substr(open + 2, close - open - 2);
    if (format.empty()) return pattern;
    if (format.size() < 3 || format.size() > 4 || !format.starts_with(":0") ||
        !xdr::is_digits(format.substr(2)))
        return std::nullopt;
    pattern.width = std::stoi(format.substr(2));
    return pattern;
}

std::string numbered(const IdPattern& pattern, std::int64_t n) {
    std::string digits = std::to_string(n);
    const auto width = static_cast<std::size_t>(pattern.width);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return pattern.before + digits + pattern.after;
}

IncidentId read_id(ObjectReader& object) {
    const auto text = object.text("id");
    if (text && text->empty())
        complain(*object.find("id"), "the id is empty",
                 "expected a text that no other incident has", object.findings());
    if (text && text->find("..") != std::string::npos)
        complain(*object.find("id"), "the id holds '..'", "that is how ranges of ids are written",
                 object.findings());
    if (text && std::any_of(text->begin(), text->end(), xdr::is_control))
        complain(*object.find("id"), "the id holds a control character",
                 "terminals would obey it: write letters, digits and signs", object.findings());
    return IncidentId(text.value_or(""));
}

IncidentSpec read_one(ObjectReader& object) {
    IncidentSpec incident;
    Findings& findings = object.findings();
    object.require("id", "a text that no other incident has");
    object.require("created", "an offset from the scenario's start such as \"10s\" or \"-2h\"");
    incident.id = read_id(object);
    incident.created = object.duration("created", Sign::any).value_or(Millis{0});
    if (const auto after = object.duration("indexed_after", Sign::any)) {
        incident.indexed_after = *after;
        if (*after < Millis{0})
            complain(*object.find("indexed_after"), "the incident is indexed before it is created",
                     "expected 0s or more", findings);
    }
    incident.stamped_ahead =
        object.duration("stamped_ahead", Sign::not_negative).value_or(Millis{0});
    incident.on = read_trigger(object, "on");
    if (const auto fields = object.find("fields")) incident.fields = read_fields(*fields, findings);
    incident.absent = read_absent(object, incident.fields);
    for (const Spot& place : object.array("updates"))
        incident.updates.push_back(read_update(place, incident.created, findings));
    incident.removed_at = object.duration("removed_at", Sign::any);
    if (incident.removed_at && *incident.removed_at < incident.created)
        complain(*object.find("removed_at"), "the incident is removed before it is created",
                 "expected " + xdr::duration_text(incident.created) + " or later", findings);
    incident.removed_on = read_trigger(object, "removed_on");
    if (const auto on = object.find("removed_on"); on && object.find("removed_at"))
        complain(*on, "the incident is removed at a time and by a request",
                 "keep \"removed_at\" or \"removed_on\"", findings);
    read_extra(object, incident);
    return incident;
}

void shift(IncidentSpec& incident, Millis by) {
    incident.created += by;
    for (Update& update : incident.updates) {
        update.at += by;
        if (update.created) *update.created += by;
    }
    if (incident.removed_at) *incident.removed_at += by;
}

}  // namespace

void read_incident(const Spot& place, std::vector<IncidentSpec>& incidents, Findings& findings) {
    ObjectReader object(place, findings);
    if (!object.is_object()) return;
    const IncidentSpec first = read_one(object);
    const auto repeat = object.find("repeat");
    const Millis spacing = object.duration("spacing", Sign::any).value_or(Millis{0});
    object.finish();
    if (!repeat) {
        if (const auto place_of = object.find("spacing"))
            complain(*place_of, "a spacing without a repeat", "add \"repeat\" or remove it",
                     findings);
        if (read_pattern(first.id.text()))
            complain(*object.find("id"), "the id counts, and nothing repeats it",
                     "add \"repeat\" or write another id", findings);
        incidents.push_back(first);
        return;
    }
    const std::int64_t count = read_integer(*repeat, 1, most_repeats, findings).value_or(1);
    constexpr Millis longest = std::chrono::hours{24} * 36525;
    if (spacing != Millis{0} && count > std::abs(longest / spacing)) {
        complain(*object.find("spacing"), "the repeat spans more than a hundred years",
                 "expected a smaller spacing or fewer repeats", findings);
        return;
    }
    const auto pattern = read_pattern(first.id.text());
    if (!pattern) {
        if (const auto id = object.find("id"))
            complain(*id, "the id of a repeat must hold one counter",
                     "write {n}, or {n:03} for three digits, in it once", findings);
        return;
    }
    if (count > 1000) incidents.reserve(incidents.size() + static_cast<std::size_t>(count));
    for (std::int64_t n = 1; n <= count; ++n) {
        incidents.push_back(first);
        incidents.back().id = IncidentId(numbered(*pattern, n));
        shift(incidents.back(), spacing * (n - 1));
    }
}

}  // namespace mockxdr
