#include "wire_extra_data.hpp"

#include <algorithm>
#include <array>

#include "mockxdr/alerts.hpp"
#include "mockxdr/incident_fields.hpp"
#include "request_reader.hpp"

namespace mockxdr {

namespace {

using json::Value;
using Texts = std::vector<std::string>;

/// The sections of a reply beside the incident.
constexpr std::array<std::string_view, 3> sections{"alerts", "network_artifacts", "file_artifacts"};

bool holds(const Texts& texts, std::string_view text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool read_flag(const Value& data, const std::string& key) {
    const Value* value = data.find(key);
    if (!value) return false;
    const bool* flag = value->get_if<bool>();
    if (!flag) reject(500, key + ": expected true or false, got " + quoted(*value));
    return *flag;
}

/// Unlike a filter's list, one of keys to leave out may be empty.
Texts read_keys(const Value& data, const std::string& key) {
    const Value* value = data.find(key);
    const auto* array = value ? value->get_if<json::Array>() : nullptr;
    if (!value || (array && array->empty())) return {};
    return read_texts(*value, key);
}

/// Any alert key may be left out, the API has hundreds; of sections there are three.
void check_sections(const Texts& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::find(sections.begin(), sections.end(), names[i]) != sections.end()) continue;
        reject(500, "fields_to_exclude[" + std::to_string(i) + "]: unknown section '" +
                        shortened(names[i]) + "', " + guess(names[i], sections));
    }
}

Value without_nulls(const Value& value) {
    if (const auto* array = value.get_if<json::Array>()) {
        json::Array out;
        for (const Value& item : *array) out.push_back(without_nulls(item));
        return out;
    }
    const auto* object = value.get_if<json::Object>();
    if (!object) return value;
    json::Object out;
    for (const json::Member& member : *object)
        if (!member.value.is_null())
            out.push_back({.key = member.key, .value = without_nulls(member.value), .at = {}});
    return out;
}

/// Writes an incident and what goes with it.
class ExtraWriter {
   public:
    struct Settings {
        Form form;
        std::uint64_t seed = 1;
        ExtraWanted wanted{};
        Texts sections_to_exclude{}, alert_keys_to_exclude{};
        bool drop_nulls = false;
    };

    explicit ExtraWriter(Settings settings) : settings_(std::move(settings)) {
        // What a limited key is not shown of the incident it must not learn from its alerts.
        if (settings_.form.permission == Permission::limited)
            for (const IncidentField& field : incident_fields())
                if (needs_full_permission(field))
                    settings_.alert_keys_to_exclude.emplace_back(field.name);
    }

    void write(const Match& match, std::string& out) const {
        out += R"({"incident": )";
        write_commented(match, out);
        Extra extra = extra_of(match, settings_.seed, settings_.wanted);
        for (Value& alert : extra.alerts) leave_out(alert);
        write_section("alerts", extra.alert_total, std::move(extra.alerts), out);
        write_artifacts("network_artifacts", std::move(extra.network_artifacts), out);
        write_artifacts("file_artifacts", std::move(extra.file_artifacts), out);
        out += '}';
    }

   private:
    void write_commented(const Match& match, std::string& out) const {
        std::string text;
        write_incident(match, settings_.form, text);
        const Fields& fields = match.version->fields;
        const bool commented = fields.find("comments") || !fields.comments().empty();
        if (commented && !holds(match.incident->absent, "comments")) {
            text.pop_back();
            text += R"(, "comments": )";
            json::write(field_value(*match.incident, *match.version, "comments"), text);
            text += '}';
        }
        if (settings_.drop_nulls)
            json::write(without_nulls(json::parse(text, json::Comments::refused).root), out);
        else
            out += text;
    }

    void leave_out(Value& alert) const {
        auto* members = std::get_if<json::Object>(&alert.data());
        if (!members || settings_.alert_keys_to_exclude.empty()) return;
        std::erase_if(*members, [&](const json::Member& member) {
            return holds(settings_.alert_keys_to_exclude, member.key);
        });
    }

    void write_artifacts(std::string_view name, json::Array data, std::string& out) const {
        const auto total = static_cast<std::int64_t>(data.size());
        write_section(name, total, std::move(data), out);
    }

    void write_section(std::string_view name, std::int64_t total, json::Array data,
                       std::string& out) const {
        if (holds(settings_.sections_to_exclude, name)) return;
        const Value rows(std::move(data));
        out += ", ";
        json::write_text(name, out);
        out += R"(: {"total_count": )" + std::to_string(total) + R"(, "data": )";
        if (settings_.drop_nulls)
            json::write(without_nulls(rows), out);
        else
            json::write(rows, out);
        out += '}';
    }

    Settings settings_;
};

}  // namespace

std::variant<ExtraDataRequest, Refusal> read_extra_data(std::string_view body,
                                                        const ServerOptions& options) {
    return read_request(body, options, [](const Value& data) {
        ExtraDataRequest request{.incident_id = read_incident_id(data)};
        if (const Value* limit = data.find("alerts_limit")) {
            request.alerts_limit = read_integer(*limit, "alerts_limit");
            if (request.alerts_limit < 0)
                reject(500, "alerts_limit: expected 0 or more, got " + quoted(*limit));
        }
        request.drop_nulls = read_flag(data, "drop_nulls");
        request.alert_fields_to_exclude = read_keys(data, "alert_fields_to_exclude");
        return request;
    });
}

std::string write_extra_data(const Match& match, const Form& form, const ExtraDataRequest& request,
                             std::uint64_t seed) {
    const ExtraWriter writer(
        {.form = form,
         .seed = seed,
         .wanted = {.most_alerts = request.alerts_limit, .order = AlertOrder::by_time},
         .sections_to_exclude = {},
         .alert_keys_to_exclude = request.alert_fields_to_exclude,
         .drop_nulls = request.drop_nulls});
    std::string out = R"({"reply": )";
    writer.write(match, out);
    return out + '}';
}

std::variant<MultipleRequest, Refusal> read_multiple(std::string_view body,
                                                     const ServerOptions& options) {
    return read_request(body, options, [&](const Value& data) {
        MultipleRequest request{.query = read_query_parts(data, options)};
        request.fields_to_exclude = read_keys(data, "fields_to_exclude");
        check_sections(request.fields_to_exclude);
        request.alert_fields_to_exclude = read_keys(data, "alert_fields_to_exclude");
        request.drop_nulls = read_flag(data, "drop_nulls");
        return request;
    });
}

std::string write_multiple(const Selection& selection, const Form& form,
                           const MultipleRequest& request, std::uint64_t seed) {
    const ExtraWriter writer(
        {.form = form,
         .seed = seed,
         .wanted = {.most_alerts = alerts_limit_per_incident, .order = AlertOrder::as_made},
         .sections_to_exclude = request.fields_to_exclude,
         .alert_keys_to_exclude = request.alert_fields_to_exclude,
         .drop_nulls = request.drop_nulls});
    std::string out = R"({"reply": {"total_count": )" + std::to_string(selection.total_count) +
                      R"(, "result_count": )" + std::to_string(selection.rows.size()) +
                      R"(, "alerts_limit_per_incident": )" +
                      std::to_string(alerts_limit_per_incident) + R"(, "incidents": [)";
    for (std::size_t i = 0; i < selection.rows.size(); ++i) {
        if (i > 0) out += ", ";
        writer.write(selection.rows[i], out);
    }
    out += ']';
    write_restricted(selection.restricted, form, out);
    return out + "}}";
}

}  // namespace mockxdr
