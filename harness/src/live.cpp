#include "harness/live.hpp"

#include <algorithm>

namespace harness {

namespace {

using mockxdr::Endpoint;

constexpr std::size_t most_replies = 20;      ///< whose numbers are kept for an incident
constexpr std::size_t most_strangers = 1000;  ///< ids of no incident that are kept

/// Where an endpoint that lists incidents counts; nothing for the others.
std::optional<std::size_t> list_of(std::optional<Endpoint> endpoint) {
    if (endpoint == Endpoint::get_incidents) return 0;
    if (endpoint == Endpoint::get_multiple_incidents_extra_data) return 1;
    return std::nullopt;
}

/// When the last thing happens that the scenario's times say, as an offset. What waits for a
/// request may come later or never.
Millis last_event(const mockxdr::Scenario& scenario) {
    Millis last{0};
    for (const mockxdr::IncidentSpec& spec : scenario.incidents) {
        const Millis gone = spec.removed_at.value_or(Millis::max());
        const auto happens = [&](Millis at) { last = std::max(last, std::min(at, gone)); };
        happens(spec.created + spec.indexed_after);
        for (const mockxdr::Update& update : spec.updates)
            if (!update.on) happens(update.at + update.indexed_after);
        if (spec.removed_at) last = std::max(last, gone);
    }
    return last;
}

/// When the scenario ends, the drain aside: runs, events and faults are all past.
Millis end_of(const mockxdr::Scenario& scenario) {
    Millis end = std::max(scenario.fetch.runs * scenario.fetch.every, last_event(scenario));
    for (const mockxdr::Fault& fault : scenario.faults)
        end = std::max(end, fault.until.value_or(end));
    return end;
}

/// How many more runs it takes to read what only full keys may read, at the smallest limit.
std::int64_t restricted_runs(const mockxdr::Scenario& scenario) {
    const std::int64_t limit = smallest_limit(scenario.fetch);
    const auto places = static_cast<std::int64_t>(scenario.server.restricted.size());
    return (places + limit - 1) / limit;
}

/// Whether a client that asks again from the last time that it read, with it, must get the row.
bool is_at_lower_bound(const mockxdr::Query& query, const mockxdr::Match& match) {
    return std::any_of(query.filters.begin(), query.filters.end(), [&](const auto& filter) {
        const auto* bound = std::get_if<TimePoint>(&filter.value);
        if (!bound || filter.op != mockxdr::Operator::gte) return false;
        return *bound == mockxdr::time_of(match, filter.field);
    });
}

}  // namespace

Trial::Trial(const mockxdr::World& world, const mockxdr::Scenario& scenario, Settings settings)
    : world_(world),
      scenario_(scenario),
      settings_(settings),
      wanted_(mockxdr::filters_of(scenario.fetch.query)),
      journal_(settings.journal),
      holdings_(world.incidents().size()),
      drain_runs_(harness::drain_runs(world, scenario)),
      restricted_runs_(restricted_runs(scenario)),
      last_event_(world.start() + last_event(scenario)),
      end_(world.start() + end_of(scenario)) {}

void Trial::note_key(const mockxdr::Exchange& exchange) {
    if (!list_of(exchange.endpoint) || exchange.key_id.empty()) return;
    (exchange.permission == mockxdr::Permission::full ? full_key_ : other_key_) = true;
}

void Trial::note_first(const mockxdr::Exchange& exchange) {
    if (!list_of(exchange.endpoint)) return;
    if (!first_list_) first_list_ = exchange.at;
    const bool rows = std::holds_alternative<mockxdr::Selection>(*exchange.answer);
    if (!first_rows_ && rows && exchange.query && !looks_up(*exchange.query))
        first_rows_ = exchange.at;
}

void Trial::note_fault(TimePoint at) {
    if (at > ends()) return;
    const std::int64_t interval = (at - world_.start()) / scenario_.fetch.every;
    const auto place = std::lower_bound(disturbed_.begin(), disturbed_.end(), interval);
    if (place == disturbed_.end() || *place != interval) disturbed_.insert(place, interval);
}

/// Whether a row of that reply was as the scenario's query wants it.
bool Trial::matched(const JournalEntry& entry, std::uint32_t position) const {
    const mockxdr::Incident& incident = world_.incidents()[position];
    const mockxdr::Version* version = incident.at(entry.at, entry.changes);
    return version && mockxdr::matches(wanted_, {.incident = &incident, .version = version});
}

/// Notes who got what; returns how many rows were new to the client.
std::uint32_t Trial::hand_over(const mockxdr::Exchange& exchange,
                               const mockxdr::Selection& selection) {
    const auto list = list_of(exchange.endpoint);
    const bool lists = list && exchange.query && !looks_up(*exchange.query);
    std::uint32_t fresh = 0;
    for (const mockxdr::Match& match : selection.rows) {
        Holding& holding = holdings_[match.incident->position];
        const bool wanted = mockxdr::matches(wanted_, match);
        if (wanted ? holding.handed_over == 0 : !holding.was_read()) ++fresh;
        if (wanted && holding.first_number == 0) {
            holding.first_number = exchange.number;
            holding.first_reply = exchange.at;
        }
        ++(wanted ? holding.handed_over : holding.unmatched);
        if (holding.replies.size() < most_replies) holding.replies.push_back(exchange.number);
        if (lists && !is_at_lower_bound(*exchange.query, match)) ++holding.listed[*list];
    }
    return fresh;
}

void Trial::record(const mockxdr::Exchange& exchange) {
    std::uint32_t fresh = 0;
    note_key(exchange);
    if (exchange.answer) {
        note_first(exchange);
        if (const auto* selection = std::get_if<mockxdr::Selection>(exchange.answer))
            fresh = hand_over(exchange, *selection);
        if (std::holds_alternative<mockxdr::ReplyFault>(*exchange.answer)) note_fault(exchange.at);
    }
    journal_.add(exchange, fresh);
}

void Trial::reply_lost(std::uint64_t number) {
    const auto index = journal_.index_of(number);
    if (!index) return;  // then the journal has dropped it, and nothing passes any more
    JournalEntry& entry = journal_.entry(*index);
    if (entry.ended == JournalEntry::Ended::reply_lost) return;
    note_fault(entry.at);
    const bool first = first_rows_ == entry.at && entry.answered();
    if (entry.ended == JournalEntry::Ended::rows) take_back(*index);
    entry.ended = JournalEntry::Ended::reply_lost;
    entry.text = "the client went away before it had the reply";
    entry.status = 0;
    entry.total_count = 0;
    entry.returned.clear();
    entry.fresh = 0;
    if (!first) return;
    const auto& all = journal_.entries();
    const auto next = std::find_if(all.begin(), all.end(), [](const JournalEntry& other) {
        return other.answered() && !looks_up(*other.query);
    });
    first_rows_ = next == all.end() ? std::nullopt : std::optional(next->at);
}

/// Undoes `hand_over` for one entry of the journal.
void Trial::take_back(std::size_t index) {
    const JournalEntry& entry = journal_.entries()[index];
    const auto list = list_of(entry.endpoint);
    const bool lists = list && entry.query && !looks_up(*entry.query);
    std::vector<std::uint32_t> positions = entry.returned;
    for (const std::uint32_t position : positions) {
        Holding& holding = holdings_[position];
        const mockxdr::Incident& incident = world_.incidents()[position];
        const mockxdr::Match match{.incident = &incident,
                                   .version = incident.at(entry.at, entry.changes)};
        --(matched(entry, position) ? holding.handed_over : holding.unmatched);
        if (lists && !is_at_lower_bound(*entry.query, match)) --holding.listed[*list];
        std::erase(holding.replies, entry.number);
        if (holding.first_number == entry.number) holding.first_number = 0;
    }
    std::sort(positions.begin(), positions.end());
    take_over(positions, index + 1);
}

/// The replies from `from` on take the places of one that was taken back. What is first in none of
/// them has its first in an older one, or in none.
void Trial::take_over(const std::vector<std::uint32_t>& positions, std::size_t from) {
    for (std::size_t i = from; i < journal_.entries().size(); ++i) {
        JournalEntry& entry = journal_.entry(i);
        for (const std::uint32_t position : entry.returned) {
            if (!std::binary_search(positions.begin(), positions.end(), position)) continue;
            Holding& holding = holdings_[position];
            if (holding.replies.size() < most_replies &&
                (holding.replies.empty() || holding.replies.back() < entry.number))
                holding.replies.push_back(entry.number);
            if (holding.first_number != 0 || !matched(entry, position)) continue;
            holding.first_number = entry.number;
            holding.first_reply = entry.at;
            ++entry.fresh;
        }
    }
}

std::vector<IncidentId> Trial::accept(const std::vector<IncidentId>& ids, TimePoint now) {
    posted_ = true;
    std::vector<IncidentId> unknown;
    for (const IncidentId& id : ids) {
        const mockxdr::Incident* incident = world_.find(id);
        if (!incident) {
            unknown.push_back(id);
            if (strangers_.size() < most_strangers || strangers_.contains(id)) ++strangers_[id];
            continue;
        }
        Holding& holding = holdings_[incident->position];
        if (holding.accepted++ == 0) holding.first_accepted = now;
    }
    return unknown;
}

TimePoint Trial::ends() const { return end_ + drain_runs() * scenario_.fetch.every; }

bool Trial::over(TimePoint now) const { return now >= ends() || (done_ && now >= last_event_); }

}  // namespace harness
