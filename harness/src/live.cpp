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

}  // namespace

Trial::Trial(const mockxdr::World& world, const mockxdr::Scenario& scenario, Settings settings)
    : world_(world),
      scenario_(scenario),
      settings_(settings),
      journal_(settings.journal),
      holdings_(world.incidents().size()),
      drain_runs_(harness::drain_runs(world, scenario)),
      last_event_(world.start() + last_event(scenario)),
      end_(world.start() + end_of(scenario)) {}

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
    if (disturbed_.empty() || disturbed_.back() < interval) disturbed_.push_back(interval);
}

/// Notes who got what; returns how many rows were new to the client.
std::uint32_t Trial::hand_over(const mockxdr::Exchange& exchange,
                               const mockxdr::Selection& selection) {
    const auto list = list_of(exchange.endpoint);
    const bool lists = list && exchange.query && !looks_up(*exchange.query);
    std::uint32_t fresh = 0;
    for (const mockxdr::Match& match : selection.rows) {
        Holding& holding = holdings_[match.incident->position];
        if (holding.handed_over++ == 0) {
            holding.first_reply = exchange.at;
            ++fresh;
        }
        if (holding.replies.size() < most_replies) holding.replies.push_back(exchange.number);
        if (lists) ++holding.listed[*list];
    }
    return fresh;
}

void Trial::record(const mockxdr::Exchange& exchange) {
    std::uint32_t fresh = 0;
    if (exchange.answer) {
        note_first(exchange);
        if (const auto* selection = std::get_if<mockxdr::Selection>(exchange.answer))
            fresh = hand_over(exchange, *selection);
        if (std::holds_alternative<mockxdr::ReplyFault>(*exchange.answer)) note_fault(exchange.at);
    }
    journal_.add(exchange, fresh);
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

TimePoint Trial::ends() const { return end_ + drain_runs_ * scenario_.fetch.every; }

bool Trial::over(TimePoint now) const { return now >= ends() || (done_ && now >= last_event_); }

}  // namespace harness
