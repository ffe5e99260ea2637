#include "mockxdr/world.hpp"

#include <algorithm>
#include <map>

#include "event_index.hpp"
#include "id_index.hpp"
#include "mockxdr/incident_fields.hpp"
#include "timeline.hpp"
#include "triggers.hpp"

namespace mockxdr {

namespace {

std::int64_t epoch_ms(TimePoint time) { return time.time_since_epoch().count(); }

/// What the scenario sets, and what clients added to it.
json::Value all_comments(const Fields& fields) {
    const json::Value* set = fields.find("comments");
    const auto* array = set ? set->get_if<json::Array>() : nullptr;
    json::Array all = array ? *array : json::Array{};
    const auto added = fields.comments().values();
    all.insert(all.end(), added.begin(), added.end());
    return all;
}

}  // namespace

const Version* Incident::at(TimePoint now, ChangeCount changes) const {
    auto version = std::upper_bound(versions.begin(), versions.end(), now,
                                    [](TimePoint t, const Version& v) { return t < v.from; });
    while (version != versions.begin() && std::prev(version)->change > changes) --version;
    if (version == versions.begin()) return nullptr;
    --version;
    return now < version->until || version->ended_by > changes ? &*version : nullptr;
}

json::Value field_value(const Incident& incident, const Version& version, std::string_view name) {
    if (name == "incident_id") return incident.id.text();
    if (name == "creation_time") return epoch_ms(version.creation_time);
    if (name == "modification_time") return epoch_ms(version.modification_time);
    if (name == "comments" && !version.fields.comments().empty())
        return all_comments(version.fields);
    if (const json::Value* value = version.fields.find(name)) return *value;
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

/// What is needed to lay incidents out again, and what waits for that.
class World::Plans {
   public:
    explicit Plans(std::size_t count) : ids(count) {}

    void add(const IncidentSpec& spec, std::size_t position, TimePoint start, Timeline timeline) {
        if (std::any_of(spec.updates.begin(), spec.updates.end(),
                        [](const Update& update) { return update.created.has_value(); }))
            moving.push_back(static_cast<std::uint32_t>(position));
        if (spec.on) triggers.add(*spec.on, {.position = position, .what = appears});
        for (std::size_t i = 0; i < spec.updates.size(); ++i)
            if (const Update& update = spec.updates[i]; update.on)
                triggers.add(*update.on, {.position = position,
                                          .what = is_updated,
                                          .update = i,
                                          .set = update.set,
                                          .created = moved_to(update, start)});
        if (spec.removed_on)
            triggers.add(*spec.removed_on, {.position = position, .what = disappears});
        const bool plain = timeline.changes.empty() && timeline.seen < timeline.removed;
        if (spec.on || !plain)
            timelines.emplace_hint(timelines.end(), position, std::move(timeline));
    }

    Timeline& timeline_for(const Incident& incident) {
        const auto found = timelines.find(incident.position);
        if (found != timelines.end()) return found->second;
        return timelines.emplace(incident.position, timeline_of(incident)).first->second;
    }

    IdIndex ids;
    EventIndex events;
    Triggers triggers;
    std::vector<std::uint32_t> moving;
    std::map<std::size_t, Timeline> timelines;  ///< of those that `versions` do not say it all of

    using enum Waiting::What;
};

World::~World() = default;
World::World(World&& other) noexcept = default;
World& World::operator=(World&& other) noexcept = default;

World::World(const Scenario& scenario, TimePoint start)
    : start_(start), plans_(std::make_unique<Plans>(scenario.incidents.size())) {
    incidents_.reserve(scenario.incidents.size());
    const auto id_at = [&](std::size_t position) -> const std::string& {
        return incidents_[position].id.text();
    };
    Overlays overlays;
    for (const IncidentSpec& spec : scenario.incidents) {
        const std::size_t position = incidents_.size();
        Timeline timeline = timeline_of(spec, start);
        incidents_.push_back({.id = spec.id,
                              .created = timeline.created,
                              .absent = spec.absent,
                              .versions = versions_from(timeline, TimePoint::min(), overlays),
                              .position = position,
                              .extra = spec.extra});
        plans_->ids.add(static_cast<std::uint32_t>(position), id_at);
        plans_->add(spec, position, start, std::move(timeline));
    }
    plans_->events.fill(incidents_);
}

const Incident* World::find(const IncidentId& id) const {
    const std::uint32_t found = plans_->ids.find(id.text(), [&](std::size_t position) {
        return std::string_view(incidents_[position].id.text());
    });
    return found == IdIndex::none ? nullptr : &incidents_[found];
}

template <class Change>
void World::change(std::size_t position, TimePoint now, Change&& change) {
    Incident& incident = incidents_[position];
    Timeline& timeline = plans_->timeline_for(incident);
    change(timeline);
    changed_.push_back(position);
    plans_->events.remove(incident, now);
    lay_out_again(incident, timeline, now, changed_.size());
    plans_->events.add(incident, now);
}

void World::update(const Incident& incident, const Fields& set, TimePoint now) {
    change(incident.position, now,
           [&](Timeline& timeline) { add_change(timeline, {.set = set}, now); });
}

void World::answered(std::int64_t page, TimePoint now) {
    for (const Waiting& waiting : plans_->triggers.answered(page))
        change(waiting.position, now, [&](Timeline& timeline) {
            switch (waiting.what) {
                case Waiting::What::appears:
                    timeline.waiting = false;
                    timeline.seen = std::max(timeline.seen, now);
                    break;
                case Waiting::What::is_updated:
                    add_change(timeline, {.set = waiting.set, .created = waiting.created}, now);
                    break;
                case Waiting::What::disappears:
                    timeline.removed = std::min(timeline.removed, now);
                    break;
            }
        });
}

std::vector<const Incident*> World::waiting() const {
    std::vector<const Incident*> incidents;
    for (const std::size_t position : plans_->triggers.waiting())
        incidents.push_back(&incidents_[position]);
    return incidents;
}

const std::vector<std::uint32_t>& World::moving() const { return plans_->moving; }

std::vector<Event> World::events(TimePoint after, TimePoint until) const {
    return plans_->events.between(after, until);
}

}  // namespace mockxdr
