#include "mockxdr/alerts.hpp"

#include <algorithm>
#include <numeric>

#include "alert_facts.hpp"

namespace mockxdr {

namespace {

/// A field of the incident, whether replies show it or not.
json::Value field_of(const Match& match, std::string_view name) {
    return field_value(*match.incident, *match.version, name);
}

std::string text_of(const Match& match, std::string_view name) {
    const json::Value value = field_of(match, name);
    const auto* text = value.get_if<std::string>();
    return text ? *text : "";
}

std::vector<std::string> texts_of(const Match& match, std::string_view name) {
    std::vector<std::string> texts;
    const json::Value value = field_of(match, name);
    if (const auto* array = value.get_if<json::Array>())
        for (const json::Value& item : *array)
            if (const auto* text = item.get_if<std::string>()) texts.push_back(*text);
    return texts;
}

/// 0 for what is null or negative.
std::int64_t count_of(const Match& match, std::string_view name) {
    const json::Value value = field_of(match, name);
    const auto* number = value.get_if<std::int64_t>();
    return number ? std::max<std::int64_t>(0, *number) : 0;
}

bool flag_of(const Match& match, std::string_view name) {
    const json::Value value = field_of(match, name);
    const bool* flag = value.get_if<bool>();
    return flag && *flag;
}

/// The indexes of the generated alerts in the order in which they are sent.
std::vector<std::uint64_t> ordered(const Facts& facts, AlertOrder order) {
    std::vector<std::uint64_t> indexes(
        static_cast<std::size_t>(std::min(facts.alert_total, most_generated_alerts)));
    std::iota(indexes.begin(), indexes.end(), std::uint64_t{0});
    if (order == AlertOrder::by_time)
        std::stable_sort(indexes.begin(), indexes.end(), [&](std::uint64_t a, std::uint64_t b) {
            return detection_time(facts, a) < detection_time(facts, b);
        });
    return indexes;
}

json::Array generated_alerts(const Facts& facts, const ExtraWanted& wanted) {
    std::vector<std::uint64_t> indexes = ordered(facts, wanted.order);
    if (static_cast<std::int64_t>(indexes.size()) > wanted.most_alerts)
        indexes.resize(static_cast<std::size_t>(wanted.most_alerts));
    json::Array alerts;
    for (const std::uint64_t index : indexes) alerts.emplace_back(generated_alert(facts, index));
    return alerts;
}

json::Array completed_alerts(const Facts& facts, const json::Array& given, std::int64_t most) {
    json::Array alerts;
    for (const json::Value& alert : given) {
        if (static_cast<std::int64_t>(alerts.size()) == most) break;
        alerts.push_back(completed(generated_alert(facts, alerts.size()), alert));
    }
    return alerts;
}

}  // namespace

void put(json::Object& object, std::string_view key, json::Value value) {
    object.push_back({.key = std::string(key), .value = std::move(value), .at = {}});
}

json::Value completed(json::Object generated, const json::Value& given) {
    const auto* members = given.get_if<json::Object>();
    if (!members) return generated;
    for (const json::Member& member : *members) {
        const auto same = std::find_if(generated.begin(), generated.end(),
                                       [&](const auto& own) { return own.key == member.key; });
        if (same == generated.end())
            put(generated, member.key, member.value);
        else
            same->value = member.value;
    }
    return generated;
}

Facts facts_of(const Match& match, std::uint64_t seed) {
    const std::string& id = match.incident->id.text();
    const Chance world(seed);
    const auto& alerts = match.incident->extra.get().alerts;
    return {.chance = world.of("incident").of(id),
            .world = world,
            .creation_time = match.incident->created,
            .modification_time = match.version->modification_time,
            .incident_id = id,
            .hosts = texts_of(match, "hosts"),
            .users = texts_of(match, "users"),
            .sources = texts_of(match, "incident_sources"),
            .categories = texts_of(match, "alert_categories"),
            .tactics = texts_of(match, "mitre_tactics_ids_and_names"),
            .techniques = texts_of(match, "mitre_techniques_ids_and_names"),
            .tags = texts_of(match, "tags"),
            .severity_counts = {count_of(match, "critical_severity_alert_count"),
                                count_of(match, "high_severity_alert_count"),
                                count_of(match, "med_severity_alert_count"),
                                count_of(match, "low_severity_alert_count")},
            .severity = text_of(match, "severity"),
            .status = text_of(match, "status"),
            .starred = flag_of(match, "starred"),
            .alert_total =
                alerts ? static_cast<std::int64_t>(alerts->size()) : count_of(match, "alert_count"),
            .wildfire_hits = count_of(match, "wildfire_hits")};
}

Extra extra_of(const Match& match, std::uint64_t seed, const ExtraWanted& wanted) {
    const ExtraSpec& given = match.incident->extra.get();
    Facts facts = facts_of(match, seed);
    facts.file_artifacts = given.file_artifacts ? completed_files(facts, *given.file_artifacts)
                                                : generated_files(facts);
    facts.network_artifacts = given.network_artifacts
                                  ? completed_addresses(facts, *given.network_artifacts)
                                  : generated_addresses(facts);
    json::Array alerts = given.alerts ? completed_alerts(facts, *given.alerts, wanted.most_alerts)
                                      : generated_alerts(facts, wanted);
    return {.alert_total = facts.alert_total,
            .alerts = std::move(alerts),
            .network_artifacts = std::move(facts.network_artifacts),
            .file_artifacts = std::move(facts.file_artifacts)};
}

}  // namespace mockxdr
