#include "harness/neighbours.hpp"

#include <algorithm>
#include <numeric>

namespace harness {

namespace {

using namespace std::chrono_literals;
using mockxdr::Scenario;

constexpr std::size_t most_incidents = 24;  ///< that are left out one by one

/// What becomes of the incident in a neighbour.
enum class Fate { saved, excused, failed };

class Search {
   public:
    explicit Search(const Failure& failure) : failure_(failure), played_(failure.scenario) {
        // The truth of a neighbour is its own; what the file expects is not asked.
        played_.expect.clear();
    }

    Counterfactuals run() {
        settings();
        page_caps();
        delays();
        for (std::size_t i = 0; i < played_.faults.size(); ++i) without_fault(i);
        if (played_.server.latency > 0ms)
            try_one("no latency", [](Scenario& s) { s.server.latency = 0ms; });
        for (const std::size_t i : nearest()) without_incident(i);
        return std::move(out_);
    }

   private:
    Fate fate_of(const Scenario& scenario) const {
        const Result result =
            replay({.scenario = scenario, .policy = failure_.policy, .contract = failure_.contract},
                   direct_link());
        for (const IncidentVerdict& verdict : result.verdict.incidents) {
            if (verdict.id != failure_.incident) continue;
            if (verdict.verdict == Class::once) return Fate::saved;
            return verdict.verdict == Class::excused ? Fate::excused : Fate::failed;
        }
        return Fate::failed;
    }

    template <class Change>
    Fate fate_with(Change change) const {
        Scenario neighbour = played_;
        change(neighbour);
        return fate_of(neighbour);
    }

    void note(Fate fate, std::string text) {
        auto& list = fate == Fate::saved     ? out_.saves
                     : fate == Fate::excused ? out_.excuses
                                             : out_.no_help;
        list.push_back(std::move(text));
    }

    template <class Change>
    void try_one(const std::string& text, Change change) {
        note(fate_with(change), text);
    }

    /// The first value of the list that saves; if none does, the first that excuses, and all as no
    /// help otherwise.
    template <class Value, class Change, class Text>
    void try_values(const std::vector<Value>& values, Change change, Text text,
                    const std::string& all) {
        std::optional<Value> excuses;
        for (const Value& value : values) {
            const Fate fate = fate_with([&](Scenario& s) { change(s, value); });
            if (fate == Fate::saved) return note(fate, text(value));
            if (fate == Fate::excused && !excuses) excuses = value;
        }
        if (excuses) return note(Fate::excused, text(*excuses));
        if (!values.empty()) note(Fate::failed, all);
    }

    void settings() {
        limits("", played_.fetch.limit,
               [](Scenario& s, std::int64_t limit) { s.fetch.limit = limit; });
        look_backs("look_back", played_.fetch.look_back,
                   [](Scenario& s, Millis look_back) { s.fetch.look_back = look_back; });
        for (std::size_t i = 0; i < played_.fetch.changes.size(); ++i) changed_settings(i);
    }

    void changed_settings(std::size_t index) {
        const mockxdr::SettingChange& change = played_.fetch.changes[index];
        const std::string name = " from " + xdr::duration_text(change.at) + " on";
        if (change.limit)
            limits(name, *change.limit,
                   [=](Scenario& s, std::int64_t limit) { s.fetch.changes[index].limit = limit; });
        if (change.look_back)
            look_backs("look_back" + name, *change.look_back, [=](Scenario& s, Millis look_back) {
                s.fetch.changes[index].look_back = look_back;
            });
    }

    template <class Set>
    void limits(const std::string& name, std::int64_t now, Set set) {
        std::vector<std::int64_t> more;
        for (std::int64_t limit = now + 1; limit <= now + 5; ++limit) more.push_back(limit);
        for (std::int64_t times = 4; times <= 64; times *= 4) more.push_back(now * times);
        const std::string from = "limit" + name + " " + std::to_string(now);
        try_values(
            more, set, [&](std::int64_t limit) { return from + " -> " + std::to_string(limit); },
            from + " -> up to " + std::to_string(more.back()));
    }

    template <class Set>
    void look_backs(const std::string& name, Millis now, Set set) {
        try_range(name, ">=", longer(now), set);
        try_range(name, "<=", shorter(now), set);
    }

    /// Whole minutes, which is what the published revisions count: all near by, then some.
    static std::vector<Millis> longer(Millis now) {
        const Millis whole = std::chrono::floor<std::chrono::minutes>(now);
        std::vector<Millis> out;
        for (int more = 1; more <= 10; ++more) out.push_back(whole + more * 1min);
        for (const Millis more : {20min, 30min, 60min, 120min}) out.push_back(whole + more);
        return out;
    }

    static std::vector<Millis> shorter(Millis now) {
        const Millis whole = std::chrono::ceil<std::chrono::minutes>(now);
        std::vector<Millis> out;
        for (int less = 1; less <= 10 && whole - less * 1min > 0min; ++less)
            out.push_back(whole - less * 1min);
        for (const int part : {2, 4}) {
            const Millis at = std::chrono::floor<std::chrono::minutes>(whole / part);
            if (!out.empty() && at < out.back() && at > 0min) out.push_back(at);
        }
        if (now > 0min) out.push_back(0min);
        return out;
    }

    /// Where values, which lead away from the present one, begin to save, and how far; where they
    /// begin to excuse if none saves. `sign` stands for all that are further away: said only if
    /// that is so of all that were tried.
    template <class Set>
    void try_range(const std::string& name, const std::string& sign,
                   const std::vector<Millis>& values, Set set) {
        if (values.empty()) return;
        std::vector<Fate> fates;
        for (const Millis value : values)
            fates.push_back(fate_with([&](Scenario& s) { set(s, value); }));
        for (const Fate fate : {Fate::saved, Fate::excused}) {
            const auto first = std::find(fates.begin(), fates.end(), fate);
            if (first == fates.end()) continue;
            const auto end =
                std::find_if(first, fates.end(), [&](Fate one) { return one != fate; });
            const Millis from = values[static_cast<std::size_t>(first - fates.begin())];
            const Millis last = values[static_cast<std::size_t>(end - fates.begin()) - 1];
            const bool open = end == fates.end() && from != 0min;
            return note(
                fate,
                name + " " + (open ? sign + " " + xdr::duration_text(from) : span(from, last)));
        }
        note(Fate::failed, name + " " + span(values.front(), values.back()));
    }

    static std::string span(Millis one, Millis other) {
        const std::string least = xdr::duration_text(std::min(one, other));
        return one == other ? least : least + " .. " + xdr::duration_text(std::max(one, other));
    }

    void page_caps() {
        const std::int64_t now = played_.server.page_cap;
        const std::vector<std::int64_t> more{now + 1, now + 2, 2 * now, 4 * now, 16 * now};
        try_values(
            more, [](Scenario& s, std::int64_t cap) { s.server.page_cap = cap; },
            [&](std::int64_t cap) {
                return "page_cap " + std::to_string(now) + " -> " + std::to_string(cap);
            },
            "page_cap " + std::to_string(now) + " -> up to " + std::to_string(more.back()));
    }

    /// Each incident's index delay: the largest one, to the millisecond, that saves.
    void delays() {
        for (const std::size_t i : nearest()) {
            const Millis now = played_.incidents[i].indexed_after;
            if (now == 0ms) continue;
            const auto fate = [&](Millis delay) {
                return fate_with([&](Scenario& s) { s.incidents[i].indexed_after = delay; });
            };
            const std::string id = played_.incidents[i].id.text();
            const Fate at_once = fate(0ms);
            if (at_once != Fate::saved) {
                note(at_once, id + " indexed at once");
                continue;
            }
            Millis good = 0ms, bad = now;
            while (bad - good > 1ms) {
                const Millis middle = good + (bad - good) / 2;
                (fate(middle) == Fate::saved ? good : bad) = middle;
            }
            note(Fate::saved, id + " indexed <= " + xdr::duration_text(good) + " late");
        }
    }

    void without_fault(std::size_t index) {
        const mockxdr::Fault& fault = played_.faults[index];
        std::string text = "no fault " + std::to_string(index);
        if (fault.run) text += " (run " + std::to_string(*fault.run) + ")";
        try_one(text, [&](Scenario& s) {
            s.faults.erase(s.faults.begin() + static_cast<std::ptrdiff_t>(index));
        });
    }

    void without_incident(std::size_t index) {
        const IncidentId& id = played_.incidents[index].id;
        if (id == failure_.incident) return;
        try_one("no incident " + id.text(), [&](Scenario& s) {
            s.incidents.erase(s.incidents.begin() + static_cast<std::ptrdiff_t>(index));
            std::erase(s.server.restricted, id);
        });
    }

    /// The incidents that were created nearest to the one that failed, itself among them: others
    /// seldom matter, and each is a whole play.
    std::vector<std::size_t> nearest() const {
        std::vector<std::size_t> out(played_.incidents.size());
        std::iota(out.begin(), out.end(), std::size_t{0});
        if (out.size() <= most_incidents) return out;
        const auto failed = std::find_if(
            played_.incidents.begin(), played_.incidents.end(),
            [&](const mockxdr::IncidentSpec& one) { return one.id == failure_.incident; });
        const Millis at = failed == played_.incidents.end() ? Millis{0} : failed->created;
        std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
            return std::chrono::abs(played_.incidents[a].created - at) <
                   std::chrono::abs(played_.incidents[b].created - at);
        });
        out.resize(most_incidents);
        std::sort(out.begin(), out.end());
        return out;
    }

    const Failure& failure_;
    Scenario played_;
    Counterfactuals out_;
};

}  // namespace

Counterfactuals counterfactuals(const Failure& failure) { return Search(failure).run(); }

std::vector<IncidentVerdict> failures_of(const Verdict& verdict) {
    std::vector<IncidentVerdict> out;
    for (const Class bad : {Class::lost, Class::duplicated, Class::unexpected, Class::late})
        for (const IncidentVerdict& incident : verdict.incidents)
            if (incident.verdict == bad) out.push_back(incident);
    return out;
}

}  // namespace harness
