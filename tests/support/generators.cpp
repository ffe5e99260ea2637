#include "generators.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <ostream>

using namespace std::chrono_literals;

std::ostream& operator<<(std::ostream& out, const Plan::Event& event) {
    return out << "{slot " << event.slot << " shift " << event.shift << " delay " << event.delay
               << " match " << event.match << " gone " << event.gone << " hidden " << event.hidden
               << " close " << event.close << " touch " << event.touch << " lag " << event.lag
               << "}";
}

std::ostream& operator<<(std::ostream& out, const Plan::Hit& hit) {
    return out << "{run " << hit.run + 1 << " kind " << hit.kind << "}";
}

std::ostream& operator<<(std::ostream& out, const Plan& plan) {
    out << "runs " << plan.runs + 3 << " limit " << plan.limit + 1 << " page_cap "
        << plan.page_cap + 2 << " look_back " << plan.look_back << " ties " << plan.ties
        << " latency " << plan.latency << " skew " << plan.skew << " from run " << plan.skew_run
        << " look_back " << plan.changed_look_back << " from run " << plan.change_run << " reset "
        << plan.fault_request << " first_fetch " << plan.first_fetch << " max_requests "
        << plan.max_requests << "\n events";
    for (const auto& event : plan.events) out << " " << event;
    out << "\n hits";
    for (const auto& hit : plan.hits) out << " " << hit;
    return out;
}

namespace {

constexpr auto slot = 30s;

int upto(int most) { return *rc::gen::inRange(0, most + 1); }

rc::Gen<int> rarely(int most) {
    return rc::gen::weightedOneOf<int>({{3, rc::gen::just(0)}, {2, rc::gen::inRange(0, most + 1)}});
}

rc::Gen<Plan::Event> events(const Menu& menu) {
    return rc::gen::build<Plan::Event>(
        rc::gen::set(&Plan::Event::slot, rc::gen::inRange(0, 12)),
        rc::gen::set(&Plan::Event::shift, rarely(2)), rc::gen::set(&Plan::Event::delay, rarely(6)),
        rc::gen::set(&Plan::Event::match, rarely(6)),
        rc::gen::set(&Plan::Event::gone, rarely(menu.removals ? 6 : 0)),
        rc::gen::set(&Plan::Event::hidden, rarely(menu.hidden ? 1 : 0)),
        rc::gen::set(&Plan::Event::close, rarely(menu.removals ? 4 : 0)),
        rc::gen::set(&Plan::Event::touch, rarely(6)), rc::gen::set(&Plan::Event::lag, rarely(3)));
}

rc::Gen<Plan::Hit> hits() {
    return rc::gen::build<Plan::Hit>(rc::gen::set(&Plan::Hit::run, rc::gen::inRange(0, 8)),
                                     rc::gen::set(&Plan::Hit::kind, rc::gen::inRange(0, 5)));
}

mockxdr::IncidentSpec lower(const Plan::Event& event, std::size_t index) {
    mockxdr::IncidentSpec spec;
    spec.id = xdr::IncidentId(std::to_string(index + 1));
    spec.created = event.slot * slot;
    if (event.shift != 0) spec.created += event.shift == 1 ? 1ms : -1ms;
    spec.indexed_after = event.delay * slot;
    spec.fields = {{"status", event.match == 0 ? "new" : "resolved_other"}};
    const auto update = [&](int after, const char* field, mockxdr::json::Value value) {
        spec.updates.push_back({.at = spec.created + after * slot,
                                .set = {{field, std::move(value)}},
                                .indexed_after = event.lag * slot / 2});
    };
    if (event.match > 0) update(event.match, "status", "new");
    if (event.close > 0) update(event.match + event.close, "status", "resolved_other");
    if (event.touch > 0) update(event.touch, "starred", true);
    if (event.gone > 0) spec.removed_at = spec.created + (event.gone - 1) * slot + 1ms;
    return spec;
}

mockxdr::Fault lower(const Plan::Hit& hit) {
    mockxdr::Fault fault;
    fault.run = hit.run + 1;
    switch (hit.kind) {
        case 0:
            fault.effect = mockxdr::StatusReply{.status = 500, .body = std::nullopt};
            break;
        case 1:
            fault.effect = mockxdr::Reset{};
            break;
        default:
            fault.effect = static_cast<mockxdr::Crash>(hit.kind - 2);
    }
    return fault;
}

}  // namespace

Plan draw_plan(const Menu& menu) {
    Plan plan;
    plan.events = *rc::gen::container<std::vector<Plan::Event>>(events(menu));
    if (menu.faults) plan.hits = *rc::gen::container<std::vector<Plan::Hit>>(hits());
    plan.runs = upto(6);
    plan.limit = upto(4);
    plan.page_cap = upto(4);
    plan.look_back = upto(7);
    plan.ties = upto(menu.unstable_ties ? 2 : 0);
    plan.latency = menu.latency ? *rarely(2) : 0;
    plan.skew = menu.skew ? *rarely(6) - 3 * (plan.runs % 2) : 0;
    plan.skew_run = upto(4);
    plan.change_run = menu.changes ? *rarely(6) : 0;
    plan.changed_look_back = upto(7);
    plan.fault_request = menu.faults ? *rarely(12) : 0;
    plan.first_fetch = *rarely(1);
    plan.max_requests = menu.budget ? *rarely(3) : 0;
    return plan;
}

mockxdr::Scenario lower(const Plan& plan) {
    mockxdr::Scenario scenario;
    scenario.title = "drawn";
    scenario.start = xdr::parse_iso8601("2024-01-01T12:00:00Z");
    scenario.server.page_cap = plan.page_cap + 2;
    scenario.server.ties = static_cast<mockxdr::Ties>(plan.ties);
    scenario.server.latency = plan.latency * slot / 10;
    scenario.fetch.every = 2 * slot;
    scenario.fetch.runs = plan.runs + 3;
    if (plan.max_requests > 0) scenario.fetch.max_requests = plan.max_requests;
    scenario.fetch.limit = plan.limit + 1;
    scenario.fetch.look_back = plan.look_back * slot;
    scenario.fetch.first_fetch = plan.first_fetch == 0 ? "1 hour" : "30 seconds";
    scenario.fetch.query.status = {"new"};
    if (plan.skew != 0)
        scenario.fetch.client_clock.push_back(
            {.from = plan.skew_run * 2 * slot, .offset = plan.skew * slot});
    for (std::size_t i = 0; i < plan.events.size(); ++i) {
        scenario.incidents.push_back(lower(plan.events[i], i));
        if (plan.events[i].hidden != 0)
            scenario.server.restricted.push_back(scenario.incidents.back().id);
    }
    for (const Plan::Hit& hit : plan.hits) scenario.faults.push_back(lower(hit));
    if (plan.change_run > 0)
        scenario.fetch.changes.push_back({.at = plan.change_run * 2 * slot,
                                          .look_back = plan.changed_look_back * slot,
                                          .limit = std::nullopt});
    if (plan.fault_request > 0) {
        mockxdr::Fault reset;
        reset.request = plan.fault_request;
        reset.effect = mockxdr::ReplyFault(mockxdr::Reset{});
        scenario.faults.push_back(reset);
    }
    return scenario;
}
