#include "live_json.hpp"

#include "harness/trace.hpp"

namespace harness {

namespace {

using mockxdr::json::Array;
using mockxdr::json::Null;
using mockxdr::json::Object;
using mockxdr::json::Value;

std::string class_name(std::optional<Class> verdict) {
    return verdict ? std::string(name_of(*verdict)) : "pending";
}

Value to_value(const LiveIncident& incident) {
    Object out{{"id", incident.id.text(), {}},
               {"class", class_name(incident.verdict), {}},
               {"owed", incident.owed, {}}};
    if (incident.owed_since) out.push_back({"owed_since", time_value(*incident.owed_since), {}});
    if (incident.doubtful) out.push_back({"doubtful", true, {}});
    if (incident.excuse) out.push_back({"reason", std::string(describe(*incident.excuse)), {}});
    add_holding(out, incident.held);
    return out;
}

Value texts(const std::vector<std::string>& of) { return Array(of.begin(), of.end()); }

template <class Numbers>
Value numbers(const Numbers& of) {
    Array out;
    for (const auto number : of) out.emplace_back(static_cast<std::int64_t>(number));
    return out;
}

/// The ids of one class, for those that a reader looks for.
Value ids_in(const LiveVerdict& verdict, std::optional<Class> in) {
    Array out;
    for (const LiveIncident& incident : verdict.incidents)
        if (incident.verdict == in) out.emplace_back(incident.id.text());
    return out;
}

}  // namespace

Value time_value(TimePoint time) { return xdr::iso8601(time); }

Value query_value(const mockxdr::Query& query) {
    return Object{{"filters", describe(query.filters), {}},
                  {"sort", describe(query.sort), {}},
                  {"search_from", query.search_from, {}},
                  {"search_to", query.search_to, {}}};
}

void add_holding(Object& out, const Holding& held) {
    out.push_back({"handed_over", static_cast<std::int64_t>(held.handed_over), {}});
    if (held.handed_over > 0) out.push_back({"first_reply", time_value(held.first_reply), {}});
    if (held.unmatched > 0)
        out.push_back({"unmatched", static_cast<std::int64_t>(held.unmatched), {}});
    if (held.was_read()) out.push_back({"replies", numbers(held.replies), {}});
    out.push_back({"accepted", static_cast<std::int64_t>(held.accepted), {}});
    if (held.accepted > 0 && held.first_accepted != TimePoint{})
        out.push_back({"first_accepted", time_value(held.first_accepted), {}});
}

Object entry_value(const Trial& trial, const JournalEntry& entry) {
    Object out{{"number", static_cast<std::int64_t>(entry.number), {}}};
    if (!entry.seen) out.push_back({"seen", false, {}});
    out.push_back({"at", time_value(entry.at), {}});
    out.push_back({"target", entry.target, {}});
    out.push_back({"key_id", entry.key_id, {}});
    if (entry.endpoint) {
        out.push_back({"endpoint", std::string(name_of(*entry.endpoint)), {}});
        out.push_back({"request", static_cast<std::int64_t>(entry.request), {}});
    }
    out.push_back({"status", entry.status > 0 ? Value(entry.status) : Value(Null{}), {}});
    out.push_back({"outcome", outcome(entry), {}});
    if (!entry.fault.empty()) out.push_back({"fault", entry.fault, {}});
    if (entry.query) out.push_back({"query", query_value(*entry.query), {}});
    if (entry.ended != JournalEntry::Ended::rows) return out;
    Array returned;
    for (const std::uint32_t position : entry.returned)
        returned.emplace_back(trial.world().incidents()[position].id.text());
    out.push_back({"total_count", entry.total_count, {}});
    out.push_back({"returned", std::move(returned), {}});
    return out;
}

std::string to_json(const LiveVerdict& verdict) {
    Array incidents;
    for (const LiveIncident& incident : verdict.incidents) incidents.push_back(to_value(incident));
    Object counts{{"pending", verdict.count(std::nullopt), {}}};
    for (const Class in : all_classes)
        counts.push_back({std::string(name_of(in)), verdict.count(in), {}});
    Object out{{"outcome", std::string(name_of(verdict.outcome)), {}},
               {"exit", static_cast<std::int64_t>(verdict.exit), {}},
               {"reasons", texts(verdict.reasons), {}},
               {"at", time_value(verdict.at), {}},
               {"over", verdict.over, {}},
               {"ends", time_value(verdict.ends), {}},
               {"done", verdict.done, {}},
               {"basis", std::string(name_of(verdict.basis)), {}},
               {"requests", static_cast<std::int64_t>(verdict.requests), {}},
               {"evicted", static_cast<std::int64_t>(verdict.evicted), {}},
               {"unfired_faults", numbers(verdict.unfired), {}},
               {"owed", verdict.owed, {}},
               {"counts", std::move(counts), {}},
               {"pending", ids_in(verdict, std::nullopt), {}}};
    for (const Class in : all_classes)
        if (in != Class::once) out.push_back({std::string(name_of(in)), ids_in(verdict, in), {}});
    out.push_back({"incidents", std::move(incidents), {}});
    return mockxdr::json::write(out);
}

std::string journal_json(const Trial& trial, const JournalRange& range) {
    const auto& all = trial.journal().entries();
    const std::size_t skipped =
        range.last && *range.last < all.size() ? all.size() - *range.last : 0;
    Array entries;
    for (std::size_t i = skipped; i < all.size(); ++i)
        if (all[i].number >= range.from) entries.push_back(entry_value(trial, all[i]));
    return mockxdr::json::write(
        Object{{"requests", static_cast<std::int64_t>(trial.journal().seen()), {}},
               {"evicted", static_cast<std::int64_t>(trial.journal().evicted()), {}},
               {"entries", std::move(entries), {}}});
}

}  // namespace harness
