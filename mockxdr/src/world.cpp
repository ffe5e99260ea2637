#include "mockxdr/world.hpp"

#include <algorithm>
#include <set>

#include "mockxdr/incident_fields.hpp"

namespace mockxdr {

namespace {

void set_field(Fields& fields, const std::string& name, const json::Value& value) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.first == name; });
    if (found == fields.end())
        fields.emplace_back(name, value);
    else
        found->second = value;
}

/// In the order in which the server made them.
std::vector<const Update*> ordered_updates(const IncidentSpec& spec) {
    std::vector<const Update*> updates;
    for (const Update& update : spec.updates) updates.push_back(&update);
    std::stable_sort(updates.begin(), updates.end(),
                     [](const Update* a, const Update* b) { return a->at < b->at; });
    return updates;
}

/// The version that begins at offset `from`: the updates that are indexed by then, in the order in
/// which they were made.
Version version_at(const IncidentSpec& spec, const std::vector<const Update*>& updates, Millis from,
                   TimePoint start) {
    Version version{.from = start + from,
                    .until = TimePoint::max(),
                    .modification_time = start + spec.created,
                    .fields = spec.fields};
    for (const Update* update : updates) {
        if (update->at + update->indexed_after > from) continue;
        version.modification_time = start + update->at;
        for (const auto& [name, value] : update->set) set_field(version.fields, name, value);
    }
    return version;
}

std::vector<Version> versions_of(const IncidentSpec& spec, TimePoint start) {
    const Millis first = spec.created + spec.indexed_after;
    const Millis end = spec.removed_at.value_or(Millis::max());
    const auto updates = ordered_updates(spec);
    std::set<Millis> changes{first};
    for (const Update* update : updates)
        changes.insert(std::max(first, update->at + update->indexed_after));
    std::vector<Version> versions;
    for (const Millis from : changes) {
        if (from >= end) break;
        if (!versions.empty()) versions.back().until = start + from;
        versions.push_back(version_at(spec, updates, from, start));
    }
    if (!versions.empty() && spec.removed_at) versions.back().until = start + *spec.removed_at;
    return versions;
}

std::int64_t epoch_ms(TimePoint time) { return time.time_since_epoch().count(); }

}  // namespace

const Version* Incident::at(TimePoint now) const {
    const auto after = std::upper_bound(versions.begin(), versions.end(), now,
                                        [](TimePoint t, const Version& v) { return t < v.from; });
    if (after == versions.begin()) return nullptr;
    const Version& version = *std::prev(after);
    return now < version.until ? &version : nullptr;
}

json::Value field_value(const Incident& incident, const Version& version, std::string_view name) {
    if (name == "incident_id") return incident.id.text();
    if (name == "creation_time") return epoch_ms(incident.creation_time);
    if (name == "modification_time") return epoch_ms(version.modification_time);
    for (const auto& [key, value] : version.fields)
        if (key == name) return value;
    if (name == "xdr_url")
        return "https://mockxdr.invalid/incident-view?caseId=" + incident.id.text();
    return find_incident_field(name)->default_value;
}

json::Value shown_value(const Incident& incident, const Version& version, std::string_view name) {
    if (name == "description")
        if (json::Value manual = field_value(incident, version, "manual_description");
            !manual.is_null())
            return manual;
    return field_value(incident, version, name);
}

World::World(const Scenario& scenario, TimePoint start) : start_(start) {
    incidents_.reserve(scenario.incidents.size());
    for (const IncidentSpec& spec : scenario.incidents) {
        by_id_.emplace(spec.id, incidents_.size());
        incidents_.push_back({.id = spec.id,
                              .creation_time = start + spec.created,
                              .absent = spec.absent,
                              .versions = versions_of(spec, start),
                              .position = incidents_.size()});
    }
}

const Incident* World::find(const IncidentId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &incidents_[found->second];
}

}  // namespace mockxdr
