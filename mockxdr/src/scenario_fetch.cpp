#include <algorithm>
#include <array>

#include "mockxdr/incident_fields.hpp"
#include "scenario_parts.hpp"
#include "xdr/date_text.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t most_runs = 1'000'000;
constexpr std::int64_t most_rows = 1'000'000;
constexpr Millis longest_play = std::chrono::hours{24} * 36525;

std::vector<std::string> read_statuses(ObjectReader& object) {
    std::vector<std::string> statuses;
    for (const Spot& place : object.array("status"))
        if (const auto index = read_choice(place, known_statuses(), "status", object.findings()))
            statuses.emplace_back(known_statuses()[*index]);
    return statuses;
}

Wanted read_query(const Spot& place, Findings& findings) {
    ObjectReader object(place, findings);
    Wanted wanted;
    wanted.status = read_statuses(object);
    wanted.starred = object.flag("starred");
    wanted.alert_sources = object.texts("alert_sources");
    wanted.description = object.text("description").value_or("");
    object.finish();
    return wanted;
}

std::vector<SettingChange> read_changes(ObjectReader& fetch) {
    std::vector<SettingChange> changes;
    for (const Spot& place : fetch.array("changes")) {
        ObjectReader object(place, fetch.findings());
        object.require("at", "the time of the change");
        SettingChange change;
        const auto at = object.duration("at", Sign::any);
        change.look_back = object.duration("look_back", Sign::not_negative);
        change.limit = object.integer("limit", 1, most_rows);
        if (object.is_object() && !object.find("look_back") && !object.find("limit"))
            object.complain("the change changes nothing", "expected \"look_back\" or \"limit\"");
        object.finish();
        if (!at) continue;
        change.at = *at;
        if (!changes.empty() && change.at <= changes.back().at)
            complain_at(place, "the changes are not in order of time",
                        "expected a later \"at\" than the one before", fetch.findings());
        changes.push_back(change);
    }
    return changes;
}

std::vector<OddPoll> read_polls(ObjectReader& fetch, std::int64_t runs) {
    std::vector<OddPoll> polls;
    for (const Spot& place : fetch.array("polls")) {
        ObjectReader object(place, fetch.findings());
        object.require("run", "the number of the run, from 1");
        OddPoll poll;
        const auto run = object.integer("run", 1, runs);
        poll.late = object.duration("late", Sign::positive).value_or(Millis{0});
        poll.missed = object.flag("missed").value_or(false);
        const bool both = object.find("late") && object.find("missed");
        if (object.is_object() && (both || poll.missed == object.find("late").has_value()))
            object.complain("the poll is neither late nor missed, or both",
                            "expected \"late\" or \"missed\": true");
        object.finish();
        if (!run) continue;
        poll.run = *run;
        if (!polls.empty() && poll.run <= polls.back().run)
            complain_at(place, "the polls are not in order of their runs",
                        "expected a later \"run\" than the one before", fetch.findings());
        polls.push_back(poll);
    }
    return polls;
}

/// `start` is the epoch where the file's own could not be read: then only the form is checked.
void check_first_fetch(const Spot& place, const std::string& text, TimePoint start,
                       Findings& findings) {
    const auto first = xdr::read_date_text(text, start);
    if (!place.value.get_if<std::string>()) return;
    if (!first)
        complain_at(place, "'" + text + "' names no time",
                    "expected a text such as \"1h\", \"3 days\" or \"2024-01-01T00:00:00Z\"",
                    findings);
    else if (start > TimePoint{} && first->time <= TimePoint{})
        complain_at(place, "'" + text + "' is not after 1970",
                    "the API counts milliseconds from then on", findings);
}

}  // namespace

const OddPoll* FetchOptions::odd_poll(std::int64_t run) const {
    const auto found = std::lower_bound(
        polls.begin(), polls.end(), run,
        [](const OddPoll& poll, std::int64_t wanted) { return poll.run < wanted; });
    return found == polls.end() || found->run != run ? nullptr : &*found;
}

FetchOptions read_fetch(const Spot& place, TimePoint start, Findings& findings) {
    static constexpr std::array<std::string_view, 2> paging{"offset", "single"};
    ObjectReader object(place, findings);
    FetchOptions fetch;
    fetch.every = object.duration("every", Sign::positive).value_or(fetch.every);
    fetch.runs = object.integer("runs", 1, most_runs).value_or(fetch.runs);
    fetch.limit = object.integer("limit", 1, most_rows).value_or(fetch.limit);
    fetch.max_requests = object.integer("max_requests", 1, most_rows);
    fetch.look_back = object.duration("look_back", Sign::not_negative).value_or(Millis{0});
    fetch.first_fetch = object.text("first_fetch").value_or(fetch.first_fetch);
    if (fetch.runs > longest_play / fetch.every)
        object.complain("the runs take longer than a hundred years",
                        "expected fewer runs or a shorter \"every\"");
    if (const auto text = object.find("first_fetch"))
        check_first_fetch(*text, fetch.first_fetch, start, findings);
    if (const auto index = object.choice("paging", paging))
        fetch.paging = static_cast<Paging>(*index);
    if (const auto query = object.find("query")) fetch.query = read_query(*query, findings);
    fetch.client_clock = read_clock(object, "client_clock");
    fetch.changes = read_changes(object);
    fetch.polls = read_polls(object, fetch.runs);
    object.finish();
    return fetch;
}

}  // namespace mockxdr
