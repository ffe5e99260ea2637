#include "timeline.hpp"

#include <algorithm>

namespace mockxdr {

namespace {

void add(Timeline& timeline, Timeline::Change change) {
    const auto after =
        std::upper_bound(timeline.changes.begin(), timeline.changes.end(), change.at,
                         [](TimePoint at, const Timeline::Change& later) { return at < later.at; });
    timeline.changes.insert(after, std::move(change));
}

/// The version that begins at `from`: the changes that are seen by then, in the order in which they
/// were made.
Version version_at(const Timeline& timeline, TimePoint from, Overlays& overlays) {
    Version version{.from = from,
                    .until = timeline.removed,
                    .creation_time = timeline.created,
                    .modification_time = timeline.modified,
                    .fields = timeline.fields};
    for (const Timeline::Change& change : timeline.changes) {
        if (change.seen > from) continue;
        version.modification_time = change.at;
        version.creation_time = change.created.value_or(version.creation_time);
        version.fields = overlays.over(version.fields, change.set);
    }
    return version;
}

/// Changes that nothing can come before any more need not be applied one by one again.
void fold(Timeline& timeline, TimePoint now) {
    const auto open =
        std::find_if(timeline.changes.begin(), timeline.changes.end(),
                     [&](const Timeline::Change& change) { return change.seen > now; });
    for (auto change = timeline.changes.begin(); change != open; ++change) {
        timeline.modified = change->at;
        timeline.created = change->created.value_or(timeline.created);
        timeline.fields = timeline.fields.with(change->set);
    }
    timeline.changes.erase(timeline.changes.begin(), open);
}

}  // namespace

Fields Overlays::over(const Fields& earlier, const Fields& later) {
    for (const Made& made : made_)
        if (made.earlier == earlier && made.later == later) return made.result;
    Made& made = made_[next_++ % made_.size()];
    made = {.earlier = earlier, .later = later, .result = earlier.with(later)};
    return made.result;
}

std::optional<TimePoint> moved_to(const Update& update, TimePoint start) {
    return update.created ? std::optional(start + *update.created) : std::nullopt;
}

Timeline timeline_of(const IncidentSpec& spec, TimePoint start) {
    const TimePoint created = start + spec.created + spec.stamped_ahead;
    Timeline timeline{.born = created,
                      .created = created,
                      .seen = start + spec.created + spec.indexed_after,
                      .waiting = spec.on.has_value(),
                      .modified = created,
                      .fields = spec.fields};
    if (spec.removed_at) timeline.removed = start + *spec.removed_at;
    for (const Update& update : spec.updates)
        if (!update.on)
            add(timeline, {.at = start + update.at,
                           .seen = start + update.at + update.indexed_after,
                           .set = update.set,
                           .created = moved_to(update, start)});
    return timeline;
}

Timeline timeline_of(const Incident& incident) {
    const Version& only = incident.versions.front();
    return {.born = incident.created,
            .created = only.creation_time,
            .seen = only.from,
            .removed = only.until,
            .modified = only.modification_time,
            .fields = only.fields};
}

std::vector<Version> versions_from(const Timeline& timeline, TimePoint from, Overlays& overlays) {
    const TimePoint first = std::max(timeline.seen, from);
    std::vector<Version> versions;
    if (timeline.waiting || first >= timeline.removed) return versions;
    std::vector<TimePoint> starts;
    for (const Timeline::Change& change : timeline.changes)
        if (change.seen > first && change.seen < timeline.removed) starts.push_back(change.seen);
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    versions.reserve(1 + starts.size());
    versions.push_back(version_at(timeline, first, overlays));
    for (const TimePoint start : starts) {
        versions.back().until = start;
        versions.push_back(version_at(timeline, start, overlays));
    }
    return versions;
}

void add_change(Timeline& timeline, Timeline::Change change, TimePoint now) {
    // A request can be answered before the incident is created; it is not modified before that.
    change.at = std::max(now, timeline.born);
    change.seen = now;
    add(timeline, std::move(change));
}

void lay_out_again(Incident& incident, Timeline& timeline, TimePoint now, ChangeCount change) {
    std::vector<Version>& versions = incident.versions;
    while (!versions.empty() && versions.back().from > now) versions.pop_back();
    if (!versions.empty() && versions.back().until > now) {
        versions.back().until = now;
        versions.back().ended_by = change;
    }
    fold(timeline, now);
    Overlays overlays;
    for (Version& version : versions_from(timeline, now, overlays)) {
        if (version.from == now) version.change = change;
        versions.push_back(std::move(version));
    }
}

}  // namespace mockxdr
