#include "event_index.hpp"

#include <algorithm>
#include <tuple>

namespace mockxdr {

namespace {

/// The index of the first version that does not begin before `from`.
std::size_t first_from(const std::vector<Version>& versions, TimePoint from) {
    const auto first =
        std::lower_bound(versions.begin(), versions.end(), from,
                         [](const Version& version, TimePoint t) { return version.from < t; });
    return static_cast<std::size_t>(first - versions.begin());
}

/// Hands each event of an incident that is not before `from` to `use`, the last one first; those
/// that are alike may come once.
template <class Use>
void each_event(const Incident& incident, TimePoint from, Use&& use) {
    const std::vector<Version>& versions = incident.versions;
    for (std::size_t i = versions.size(); i-- > 0;) {
        const Version& version = versions[i];
        if (version.until < from) return;
        const bool goes_on = i + 1 < versions.size() && versions[i + 1].from == version.until;
        if (version.until != TimePoint::max() && !goes_on)
            use(Event{version.until, incident.position, Event::Kind::disappears});
        const bool follows = i > 0 && versions[i - 1].until == version.from;
        if (version.from >= from)
            use(Event{version.from, incident.position,
                      follows ? Event::Kind::changes : Event::Kind::appears});
        // While the clock stands still, each change makes a version that begins and ends at once.
        if (version.from == from) i = std::min(i, 1 + first_from(versions, from));
    }
}

}  // namespace

bool EventIndex::Earlier::operator()(const Event& a, const Event& b) const {
    return std::tie(a.at, a.position, a.kind) < std::tie(b.at, b.position, b.kind);
}

void EventIndex::fill(std::span<const Incident> incidents) {
    std::size_t count = 0;
    for (const Incident& incident : incidents)
        each_event(incident, TimePoint::min(), [&](const Event&) { ++count; });
    planned_.reserve(count);
    for (const Incident& incident : incidents)
        each_event(incident, TimePoint::min(),
                   [&](const Event& event) { planned_.push_back(event); });
    if (!std::is_sorted(planned_.begin(), planned_.end(), Earlier()))
        std::sort(planned_.begin(), planned_.end(), Earlier());
    changed_.resize(incidents.size());
}

void EventIndex::remove(const Incident& incident, TimePoint now) {
    if (!changed_[incident.position]) {
        changed_[incident.position] = true;
        each_event(incident, TimePoint::min(),
                   [&](const Event& event) { of_changed_.insert(event); });
    }
    each_event(incident, now, [&](const Event& event) { of_changed_.erase(event); });
}

void EventIndex::add(const Incident& incident, TimePoint now) {
    each_event(incident, now, [&](const Event& event) { of_changed_.insert(event); });
}

std::vector<Event> EventIndex::between(TimePoint after, TimePoint until) const {
    // No event has such a position: these stand between those of one instant and of the next.
    const auto past = [](TimePoint at) { return Event{at, SIZE_MAX, Event::Kind::disappears}; };
    std::vector<Event> events;
    if (until <= after) return events;
    const auto planned = std::upper_bound(planned_.begin(), planned_.end(), past(after), Earlier());
    for (auto event = planned; event != planned_.end() && event->at <= until; ++event)
        if (!changed_[event->position]) events.push_back(*event);
    const auto middle = static_cast<std::ptrdiff_t>(events.size());
    const auto first = of_changed_.upper_bound(past(after));
    for (auto event = first; event != of_changed_.end() && event->at <= until; ++event)
        events.push_back(*event);
    std::inplace_merge(events.begin(), events.begin() + middle, events.end(), Earlier());
    return events;
}

}  // namespace mockxdr
