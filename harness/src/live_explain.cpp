#include <algorithm>
#include <iterator>
#include <utility>

#include "causes.hpp"
#include "live_json.hpp"

namespace harness {

namespace {

using mockxdr::Filter;
using mockxdr::FilterField;
using mockxdr::Incident;
using mockxdr::Match;
using mockxdr::json::Array;
using mockxdr::json::Null;
using mockxdr::json::Object;
using mockxdr::json::Value;

constexpr std::size_t most_entries = 200;

mockxdr::Moment moment_of(const JournalEntry& entry) {
    return {.now = entry.at, .request = entry.request, .changes = entry.changes};
}

bool holds(const JournalEntry& entry, const Incident& incident) {
    return std::find(entry.returned.begin(), entry.returned.end(), incident.position) !=
           entry.returned.end();
}

/// The key of the incident object that a filter looks at.
std::string key_of(FilterField field) {
    if (field == FilterField::alert_sources) return "incident_sources";
    if (field == FilterField::incident_id_list) return "incident_id";
    return std::string(name_of(field));
}

/// The value as the client would see it; null for a key that replies leave out.
Value value_seen(const Match& match, const std::string& key) {
    const auto& absent = match.incident->absent;
    if (std::find(absent.begin(), absent.end(), key) != absent.end()) return Null{};
    return mockxdr::shown_value(*match.incident, *match.version, key);
}

/// The cause as members of an object: its name, a sentence, and the numbers of it.
Object cause_value(const KeptOut& why, const Incident& incident, const mockxdr::Moment& moment) {
    Object out{{"cause", std::string(name_of(why.cause)), {}}};
    if (why.cause != Cause::query_did_not_match) {
        out.push_back({"text", why.text, {}});
    } else {
        const std::string key = key_of(why.filter->field);
        const Value value = value_seen(
            {.incident = &incident, .version = incident.at(moment.now, moment.changes)}, key);
        const std::string wanted = describe({*why.filter});
        out.push_back({"text",
                       "query did not match: " + key + " is " + mockxdr::json::write(value) +
                           ", wanted " + wanted,
                       {}});
        out.push_back({"field", key, {}});
        out.push_back({"value", value, {}});
        out.push_back({"wanted", wanted, {}});
    }
    if (why.by) out.push_back({"by", xdr::duration_text(*why.by), {}});
    if (why.rank > 0) out.push_back({"rank", why.rank, {}});
    return out;
}

/// Whether a request is of interest to one who waits for an incident: it lists, or tried to.
bool is_about_lists(const JournalEntry& entry) {
    using mockxdr::Endpoint;
    return !entry.endpoint || entry.endpoint == Endpoint::get_incidents ||
           entry.endpoint == Endpoint::get_multiple_incidents_extra_data;
}

/// What became of incidents in requests. Ranks are counted as long as the settings let it look.
class Finder {
   public:
    explicit Finder(const Trial& trial) : trial_(trial) {}

    Object find(const JournalEntry& entry, const Incident& incident) {
        take(entry);
        if (!answered_)
            return {{"cause", std::string(name_of(Cause::request_failed)), {}},
                    {"text", "request failed: " + outcome(entry), {}}};
        if (holds(entry, incident))
            return {{"cause", "handed_over", {}}, {"text", "handed over", {}}};
        const auto why = answered_->mismatch(incident);
        return cause_value(why ? *why : off_page(entry, incident), incident, moment_of(entry));
    }

   private:
    void take(const JournalEntry& entry) {
        if (std::exchange(entry_, &entry) == &entry) return;
        answered_.reset();
        if (entry.answered())
            answered_.emplace(trial_.world(), trial_.scenario().server, *entry.query,
                              moment_of(entry), entry.permission);
    }

    KeptOut off_page(const JournalEntry& entry, const Incident& incident) {
        if (answered_->hides(incident)) return answered_->off_page(incident);
        const std::size_t cost = trial_.world().incidents().size();
        const bool hidden_page =
            entry.returned.empty() && entry.total_count > entry.query->search_from;
        if (looks_ > 0 && looks_ + cost > trial_.settings().looks && !hidden_page)
            return answered_->off_page(incident, entry.returned);
        looks_ += cost;
        return answered_->off_page(incident);
    }

    const Trial& trial_;
    const JournalEntry* entry_ = nullptr;
    std::optional<Answered> answered_{};  ///< what it was answered from, if it was
    std::size_t looks_ = 0;
};

/// The query with its lower bounds of time moved down to where the incident is.
mockxdr::Query widened(mockxdr::Query query, const Match& match) {
    for (Filter& filter : query.filters) {
        auto* bound = std::get_if<TimePoint>(&filter.value);
        if (!bound || filter.op != mockxdr::Operator::gte) continue;
        *bound = std::min(*bound, mockxdr::time_of(match, filter.field));
    }
    return query;
}

/// How far back a client must look with all the times that the query bounds from below.
Millis look_back(const mockxdr::Query& query, const Match& match, TimePoint now) {
    std::optional<TimePoint> earliest;
    for (const Filter& filter : query.filters) {
        const auto* bound = std::get_if<TimePoint>(&filter.value);
        if (!bound || filter.op != mockxdr::Operator::gte) continue;
        const TimePoint at = mockxdr::time_of(match, filter.field);
        earliest = std::min(earliest.value_or(at), at);
    }
    return now - earliest.value_or(match.version->creation_time);
}

/// The look-back and the limit with which the first request that could have brought the incident
/// would have; null if there was none.
Value smallest(const Trial& trial, const Incident& incident) {
    const mockxdr::ServerOptions& options = trial.scenario().server;
    const bool skips_probes = trial.journal().asks_for_more();
    for (const JournalEntry& entry : trial.journal().entries()) {
        if (!entry.answered() || looks_up(*entry.query)) continue;
        if (skips_probes && is_probe(*entry.query)) continue;
        const Match match{.incident = &incident, .version = incident.at(entry.at, entry.changes)};
        if (!match.version) continue;
        const mockxdr::Query query = widened(*entry.query, match);
        if (!mockxdr::matches(query.filters, match)) continue;
        Answered answered(trial.world(), options, query, moment_of(entry), entry.permission);
        if (answered.hides(incident)) continue;
        return Object{{"request", static_cast<std::int64_t>(entry.number), {}},
                      {"look_back", xdr::duration_text(look_back(query, match, entry.at)), {}},
                      {"limit", answered.place_of(incident).before + 1, {}},
                      {"complete", trial.journal().evicted() == 0, {}}};
    }
    return Null{};
}

/// Whether the scenario's query wants the incident as it was at that moment, or as it was first or
/// last if it was not to be seen then.
bool is_wanted(const std::vector<Filter>& wanted, const Incident& incident,
               const mockxdr::Moment& moment) {
    if (incident.versions.empty()) return false;
    const mockxdr::Version* version = incident.at(moment.now, moment.changes);
    if (!version)
        version = moment.now < incident.versions.back().from ? &incident.versions.front()
                                                             : &incident.versions.back();
    return mockxdr::matches(wanted, {.incident = &incident, .version = version});
}

Value life_of(const Incident& incident) {
    Object out{{"created", time_value(incident.created), {}}};
    if (incident.versions.empty()) return out;
    out.push_back({"visible_from", time_value(incident.versions.front().from), {}});
    if (incident.versions.back().until != TimePoint::max())
        out.push_back({"removed", time_value(incident.versions.back().until), {}});
    Array changes;
    for (std::size_t i = 1; i < incident.versions.size(); ++i)
        changes.push_back(time_value(incident.versions[i].from));
    out.push_back({"changes_seen", std::move(changes), {}});
    return out;
}

}  // namespace

std::optional<std::string> request_json(const Trial& trial, std::uint64_t number) {
    const JournalEntry* entry = trial.journal().find(number);
    if (!entry) return std::nullopt;
    Object out = entry_value(trial, *entry);
    if (!is_about_lists(*entry)) return mockxdr::json::write(out);
    const auto wanted = mockxdr::filters_of(trial.scenario().fetch.query);
    const mockxdr::Moment moment = moment_of(*entry);
    Finder finder(trial);
    Array missing;
    std::int64_t more = 0;
    for (const Incident& incident : trial.world().incidents()) {
        if (incident.created > entry->at || holds(*entry, incident)) continue;
        if (!is_wanted(wanted, incident, moment)) continue;
        if (missing.size() == most_entries) {
            ++more;
            continue;
        }
        Object one{{"id", incident.id.text(), {}}};
        Object why = finder.find(*entry, incident);
        std::move(why.begin(), why.end(), std::back_inserter(one));
        missing.push_back(std::move(one));
    }
    out.push_back({"not_returned", std::move(missing), {}});
    out.push_back({"not_returned_more", more, {}});
    return mockxdr::json::write(out);
}

std::optional<std::string> explain_json(const Trial& trial, const IncidentId& id) {
    const Incident* incident = trial.world().find(id);
    if (!incident) return std::nullopt;
    std::vector<const JournalEntry*> entries;
    for (const JournalEntry& entry : trial.journal().entries())
        if (entry.at >= incident->created && is_about_lists(entry)) entries.push_back(&entry);
    const std::size_t skipped = entries.size() > most_entries ? entries.size() - most_entries : 0;
    Finder finder(trial);
    Array requests;
    for (std::size_t i = skipped; i < entries.size(); ++i) {
        Object one{{"number", static_cast<std::int64_t>(entries[i]->number), {}},
                   {"at", time_value(entries[i]->at), {}}};
        if (entries[i]->query) one.push_back({"query", query_value(*entries[i]->query), {}});
        Object why = finder.find(*entries[i], *incident);
        std::move(why.begin(), why.end(), std::back_inserter(one));
        requests.push_back(std::move(one));
    }
    Object out{{"incident", id.text(), {}}, {"life", life_of(*incident), {}}};
    add_holding(out, trial.holding(*incident));
    out.push_back({"smallest", smallest(trial, *incident), {}});
    out.push_back({"evicted", static_cast<std::int64_t>(trial.journal().evicted()), {}});
    out.push_back({"earlier_requests", static_cast<std::int64_t>(skipped), {}});
    out.push_back({"requests", std::move(requests), {}});
    return mockxdr::json::write(out);
}

}  // namespace harness
