#include "harness/sim/schedule.hpp"

#include <array>

#include "mockxdr/mixed.hpp"

namespace harness::sim {

namespace {

using namespace std::chrono_literals;
using Hit = Schedule::Hit;

mockxdr::IncidentSpec spec_of(const Schedule& schedule, std::size_t index, Millis created) {
    const Schedule::Incident& incident = schedule.incidents[index];
    mockxdr::IncidentSpec spec;
    spec.id = xdr::IncidentId(Small::name(static_cast<Small::Id>(index)));
    spec.created = created;
    spec.indexed_after = incident.delay * slot;
    spec.stamped_ahead = incident.ahead * 1h;
    if (incident.match > 0) spec.fields = {{"status", "resolved_other"}};
    const auto update = [&](int after, const char* field, mockxdr::json::Value value) {
        spec.updates.push_back({.at = spec.created + after * slot,
                                .set = {{field, std::move(value)}},
                                .indexed_after = incident.lag * slot / 2});
    };
    if (incident.match > 0) update(incident.match, "status", "new");
    if (incident.close > 0) update(incident.match + incident.close, "status", "resolved_other");
    if (incident.touch > 0) update(incident.touch, "starred", true);
    if (incident.move > 0)
        spec.updates.push_back({.at = spec.created + incident.move * slot,
                                .created = moved_to(incident, created),
                                .indexed_after = incident.lag * slot / 2});
    if (incident.gone > 0) spec.removed_at = spec.created + (incident.gone - 1) * slot + 1ms;
    return spec;
}

decltype(mockxdr::Fault::effect) effect_of(const Hit& hit) {
    using mockxdr::Crash;
    using mockxdr::ReplyFault;
    switch (hit.kind) {
        case Hit::status_500:
            return ReplyFault(mockxdr::StatusReply{.status = 500});
        case Hit::reset:
            return ReplyFault(mockxdr::Reset{});
        case Hit::status_429:
            return ReplyFault(mockxdr::StatusReply{.status = 429});
        case Hit::cut:
            return ReplyFault(mockxdr::Cut{});
        case Hit::invalid_json:
            return ReplyFault(mockxdr::InvalidJson{});
        case Hit::error_object:
            return ReplyFault(mockxdr::ErrorObject{});
        case Hit::crash_before_emit:
            return Crash::before_emit;
        case Hit::crash_after_emit:
            return Crash::after_emit;
        case Hit::crash_after_save:
            return Crash::after_save;
        case Hit::lost_save:
            return Crash::lost_save;
        default:
            return mockxdr::Restore{.saves = hit.more + 1};
    }
}

void add_faults(const Schedule& schedule, mockxdr::Scenario& scenario) {
    const HitRuns hit_runs = hit_runs_of(schedule);
    const RunSpan missed = missed_runs_of(schedule);
    for (std::size_t i = 0; i < schedule.hits.size(); ++i) {
        const Hit& hit = schedule.hits[i];
        for (int run = hit_runs[i].first; run <= hit_runs[i].last; ++run) {
            if (run > schedule.runs + 1) break;
            if (missed.has(run)) continue;
            // Before its run there cannot be saves enough: it does not happen.
            if (hit.kind == Hit::restore && run < hit.more + 3) break;
            mockxdr::Fault fault;
            fault.run = run;
            fault.effect = effect_of(hit);
            scenario.faults.push_back(fault);
        }
    }
    if (schedule.fault_request > 0) {
        mockxdr::Fault fault;
        fault.request = schedule.fault_request;
        fault.effect = mockxdr::ReplyFault(mockxdr::Reset{});
        scenario.faults.push_back(fault);
    }
}

void add_polls(const Schedule& schedule, mockxdr::Scenario& scenario) {
    const RunSpan missed_runs = missed_runs_of(schedule);
    for (int run = 1; run <= schedule.runs + 1; ++run) {
        const bool missed = missed_runs.has(run);
        const Millis late = missed ? 0ms : late_of(schedule, run);
        if (missed || late > 0ms)
            scenario.fetch.polls.push_back({.run = run, .late = late, .missed = missed});
    }
}

void add_clocks(const Schedule& schedule, mockxdr::Scenario& scenario) {
    if (schedule.skew > 0) {
        const Millis from = (schedule.skew_run + 1) * every;
        scenario.fetch.client_clock = {{.from = from, .offset = skew_of(schedule.skew)}};
        if (schedule.skew_runs > 0)
            scenario.fetch.client_clock.push_back(
                {.from = from + schedule.skew_runs * every, .offset = 0ms});
    }
    if (schedule.clock > 0)
        scenario.server.clock = {
            {.from = (schedule.clock_run + 1) * every, .offset = skew_of(schedule.clock)}};
}

}  // namespace

std::int64_t limit_of(std::uint8_t number) {
    static constexpr std::array<std::int64_t, 5> limits{1, 2, 3, 4, 50};
    return limits.at(number);
}

std::int64_t page_cap_of(std::uint8_t number) {
    static constexpr std::array<std::int64_t, 4> caps{2, 3, 4, 100};
    return caps.at(number);
}

Millis skew_of(std::uint8_t number) {
    static constexpr std::array<Millis, 7> skews{0s, 10s, -10s, 2min, -2min, 24h, -24h};
    return skews.at(number);
}

std::string first_fetch_text(std::uint8_t number) {
    static constexpr std::array<const char*, 3> texts{"1 hour", "30 seconds",
                                                      "2024-01-01T12:02:00Z"};
    return texts.at(number);
}

Millis late_of(const Schedule& schedule, int run) {
    if (schedule.jitter == 0) return 0ms;
    const auto drawn = mockxdr::mixed(schedule.jitter * 64U + static_cast<unsigned>(run));
    return static_cast<std::int64_t>(drawn % 4) * slot / 2;
}

RunSpan missed_runs_of(const Schedule& schedule) {
    if (schedule.missed_run == 0) return {};
    return {.first = schedule.missed_run,
            .last = std::min(schedule.missed_run + schedule.missed_runs, schedule.runs + 1)};
}

std::int64_t count_off_of(std::uint8_t number) { return number == 0 ? 0 : number == 1 ? 1 : -1; }

List<Millis, most_incidents> creations(const Schedule& schedule) {
    static constexpr std::array<Millis, 4> shifts{0ms, 1ms, -1ms, 500ms};
    List<Millis, most_incidents> out;
    Millis last{};
    for (const Schedule::Incident& incident : schedule.incidents) {
        const Millis own = incident.slot * slot + shifts.at(incident.shift);
        // Not by a branch, which could not be foreseen.
        last += (own - last) * ((incident.together == 0) | out.empty());
        out.push_back(last);
    }
    return out;
}

Millis moved_to(const Schedule::Incident& incident, Millis created) {
    static constexpr std::array<int, 4> slots{0, -1, -6, 1};
    return created + (incident.move_to == 0 ? incident.move : slots.at(incident.move_to)) * slot;
}

HitRuns hit_runs_of(const Schedule& schedule) {
    HitRuns out;
    int last = 0;
    for (const Hit& hit : schedule.hits) {
        const int first = last + 1 + hit.gap;
        last = first + hit.more * (hit.kind < Hit::crash_before_emit);
        out.push_back({.first = first, .last = last});
    }
    return out;
}

mockxdr::Scenario to_scenario(const Schedule& schedule) {
    mockxdr::Scenario scenario;
    scenario.title = "a schedule";
    scenario.start = TimePoint{Millis{start_ms}};
    scenario.server.page_cap = page_cap_of(schedule.page_cap);
    scenario.server.ties = static_cast<mockxdr::Ties>(schedule.ties);
    scenario.server.seed = std::uint64_t{schedule.seed} + 1;
    scenario.server.latency = schedule.latency * slot / 10;
    scenario.server.total_count_off_by = count_off_of(schedule.count_off);
    if (schedule.count_cap > 0) scenario.server.total_count_cap = schedule.count_cap;
    scenario.fetch.every = every;
    scenario.fetch.runs = schedule.runs + 1;
    scenario.fetch.limit = limit_of(schedule.limit);
    scenario.fetch.look_back = schedule.look_back * slot;
    scenario.fetch.first_fetch = first_fetch_text(schedule.first_fetch);
    if (schedule.max_requests > 0) scenario.fetch.max_requests = schedule.max_requests;
    scenario.fetch.query.status = {"new"};
    add_clocks(schedule, scenario);
    add_polls(schedule, scenario);
    if (schedule.change_run > 0) {
        mockxdr::SettingChange change{.at = schedule.change_run * every,
                                      .look_back = schedule.new_look_back * slot,
                                      .limit = std::nullopt};
        if (schedule.new_limit > 0)
            change.limit = limit_of(static_cast<std::uint8_t>(schedule.new_limit - 1));
        scenario.fetch.changes.push_back(change);
    }
    const auto created = creations(schedule);
    for (std::size_t i = 0; i < schedule.incidents.size(); ++i) {
        scenario.incidents.push_back(spec_of(schedule, i, created[i]));
        if (schedule.incidents[i].hidden)
            scenario.server.restricted.push_back(scenario.incidents.back().id);
    }
    add_faults(schedule, scenario);
    return scenario;
}

}  // namespace harness::sim
