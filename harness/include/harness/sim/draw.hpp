#pragma once

#include "harness/sim/choices.hpp"
#include "harness/sim/schedule.hpp"

namespace harness::sim {

/// How large each number of a schedule may become: a choice has one more value. The explorer's is
/// the default; a scope to be enumerated has most of them at 0.
struct Menu {
    int least_incidents = 3, most_incidents = 12;
    int most_slot = 11, most_shift = 3, most_delay = 6, most_match = 5, most_close = 4,
        most_gone = 6, most_touch = 5, most_lag = 3, most_hidden = 1, most_ahead = 2;
    int most_hits = 4, most_gap = 3, most_more = 7;
    int least_runs = 4, most_runs = 9;
    int most_limit = 4, most_page_cap = 3, least_look_back = 0, most_look_back = 8;
    int most_ties = 2, most_latency = 2, most_first_fetch = 2, most_requests = 4,
        most_fault_request = 12, most_skew = 6, most_clock = 4, most_change_run = 6,
        most_count_off = 2, most_count_cap = 3;
    int most_together = 1, most_move = 5, most_jitter = 3, most_missed_run = 6;
    int delay_step = 1;  ///< slots that a choice of `delay` stands for
    /// Whole minutes of look_back only: the published revisions count them.
    bool whole_minutes = false;
    /// Only schedules whose incidents stand in this order: names do not matter but among ties of
    /// what a fetcher sorts by (docs/simulator.md). For scopes, where matching modifies an incident
    /// and nothing else does.
    enum class Order { any, by_creation, by_modification };
    Order order = Order::any;
};

/// How many choices come before the incidents, and how many each of them takes; the second of those
/// is its slot.
inline constexpr std::size_t frame_choices = 24, incident_choices = 13;

namespace detail {

template <class Choices>
class Drawing {
   public:
    Drawing(Choices& choices, const Menu& menu) : choices_(choices), menu_(menu) {}

    Schedule draw() {
        Schedule out;
        const int incidents = 1 + between(menu_.least_incidents - 1, menu_.most_incidents - 1);
        frame(out);
        for (int i = 0; i < incidents; ++i) {
            out.incidents.push_back({});
            // In its place: to copy what was just written would take longer than to write it.
            incident(out, i > 0 ? &out.incidents.back() - 1 : nullptr, out.incidents.back());
        }
        const int hits = up_to(menu_.most_hits, Feature::plain);
        for (int i = 0; i < hits; ++i) out.hits.push_back(hit());
        return out;
    }

   private:
    /// The guard against times in the server's future takes `Date` for true (docs/guarantee.md).
    int most_ahead(const Schedule& so_far) const {
        return skew_of(so_far.clock) > Millis{0} ? 0 : menu_.most_ahead;
    }

    /// Inlined, so that each place knows its feature.
    [[gnu::always_inline]] std::uint8_t up_to(int most, Feature feature) {
        return static_cast<std::uint8_t>(choices_.choose(most + 1, feature));
    }

    /// As `up_to`, not less than `least`.
    std::uint8_t between(int least, int most, Feature feature = Feature::plain) {
        return static_cast<std::uint8_t>(choices_.choose(most + 1, feature, least));
    }

    std::uint8_t minutes(int slots) const {
        return static_cast<std::uint8_t>(menu_.whole_minutes ? slots - slots % 2 : slots);
    }

    void frame(Schedule& out) {
        out.runs = between(menu_.least_runs - 1, menu_.most_runs - 1);
        out.limit = up_to(menu_.most_limit, Feature::plain);
        out.page_cap = up_to(menu_.most_page_cap, Feature::plain);
        out.look_back = look_back();
        out.ties = up_to(menu_.most_ties, Feature::ties);
        out.seed = up_to(out.ties == 2 ? 7 : 0, Feature::plain);
        out.latency = up_to(menu_.most_latency, Feature::latency);
        out.first_fetch = up_to(menu_.most_first_fetch, Feature::first_fetch);
        out.max_requests = up_to(menu_.most_requests, Feature::budget);
        out.fault_request = up_to(menu_.most_fault_request, Feature::failure);
        out.jitter = up_to(menu_.most_jitter, Feature::polls);
        out.missed_run = up_to(menu_.most_missed_run, Feature::polls);
        out.missed_runs = up_to(out.missed_run ? 1 : 0, Feature::plain);
        out.count_off = up_to(menu_.most_count_off, Feature::count);
        out.count_cap = up_to(menu_.most_count_cap, Feature::count);
        clocks(out);
        out.change_run = up_to(menu_.most_change_run, Feature::change);
        out.new_look_back =
            minutes(up_to(out.change_run ? menu_.most_look_back : 0, Feature::plain));
        out.new_limit = up_to(out.change_run ? menu_.most_limit + 1 : 0, Feature::plain);
    }

    std::uint8_t look_back() {
        return minutes(between(menu_.least_look_back, menu_.most_look_back));
    }

    void clocks(Schedule& out) {
        out.skew = up_to(menu_.most_skew, Feature::skew);
        out.skew_run = up_to(out.skew ? 5 : 0, Feature::plain);
        out.skew_runs = up_to(out.skew ? 3 : 0, Feature::plain);
        out.clock = up_to(menu_.most_clock, Feature::server_clock);
        out.clock_run = up_to(out.clock ? 5 : 0, Feature::plain);
    }

    /// `before` is the incident before; nullptr for the first.
    void incident(const Schedule& so_far, const Schedule::Incident* before,
                  Schedule::Incident& out) {
        out.together = up_to(before ? menu_.most_together : 0, Feature::burst);
        creation(so_far, before, out);
        out.delay =
            static_cast<std::uint8_t>(menu_.delay_step * up_to(menu_.most_delay, Feature::late));
        out.match = between(least_match(before, out), menu_.most_match, Feature::match);
        out.close = up_to(menu_.most_close, Feature::unmatch);
        out.gone = up_to(menu_.most_gone, Feature::removal);
        out.touch = up_to(menu_.most_touch, Feature::touch);
        out.move = up_to(menu_.most_move, Feature::move);
        out.move_to = up_to(out.move ? 3 : 0, Feature::plain);
        const bool changes = out.match || out.close || out.touch || out.move;
        out.lag = up_to(changes ? menu_.most_lag : 0, Feature::late);
        out.hidden = up_to(menu_.most_hidden, Feature::hidden);
        out.ahead = up_to(most_ahead(so_far), Feature::ahead);
    }

    /// The slot in which an incident is last modified.
    static int modified(const Schedule::Incident& incident) {
        return incident.slot + incident.match;
    }

    int least_slot(const Schedule::Incident* before) const {
        if (!before) return 0;
        switch (menu_.order) {
            case Menu::Order::any:
                return 0;
            case Menu::Order::by_creation:
                return before->slot;
            case Menu::Order::by_modification:
                break;
        }
        return std::max(0, modified(*before) - menu_.most_match);
    }

    int least_match(const Schedule::Incident* before, const Schedule::Incident& of) const {
        if (menu_.order != Menu::Order::by_modification || !before) return 0;
        return std::max(0, modified(*before) - of.slot);
    }

    void creation(const Schedule& so_far, const Schedule::Incident* before,
                  Schedule::Incident& out) {
        const int first_slot = least_slot(before);
        // What is created after the last run tests nothing.
        const int most_slot = std::min(menu_.most_slot, 2 * so_far.runs + 1);
        const int later = up_to(most_slot - first_slot, Feature::plain);
        out.slot = static_cast<std::uint8_t>(first_slot + later);
        const bool same =
            menu_.order == Menu::Order::by_creation && before && out.slot == first_slot;
        const int least_shift = same ? before->shift : 0;
        out.shift = static_cast<std::uint8_t>(
            least_shift + up_to(menu_.most_shift - least_shift, Feature::shift));
    }

    Schedule::Hit hit() {
        Schedule::Hit out;
        out.gap = up_to(menu_.most_gap, Feature::plain);
        out.kind = kind();
        const bool repeats = out.kind < Schedule::Hit::crash_before_emit;
        const int most = out.kind == Schedule::Hit::restore ? std::min(3, menu_.most_more)
                         : repeats                          ? menu_.most_more
                                                            : 0;
        out.more = up_to(most, Feature::failure);
        return out;
    }

    /// A failing request, a crash or a restore: each can be left out by itself.
    std::uint8_t kind() {
        if (up_to(1, Feature::restore)) return Schedule::Hit::restore;
        const int crash = up_to(4, Feature::crash);
        if (crash > 0) return static_cast<std::uint8_t>(Schedule::Hit::error_object + crash);
        return up_to(Schedule::Hit::error_object, Feature::failure);
    }

    Choices& choices_;
    const Menu& menu_;
};

}  // namespace detail

/// The one generator: the driver decides, the menu bounds. No two choices stand in one argument
/// list, so that all compilers make them in the same order.
template <class Choices>
Schedule draw(Choices& choices, const Menu& menu) {
    return detail::Drawing<Choices>(choices, menu).draw();
}

}  // namespace harness::sim
