#include "fetcher/lookback.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

#include "xdr/date_text.hpp"
#include "xdr/error.hpp"

namespace fetcher::lookback {

namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using xdr::Millis;
using xdr::ReadTime;
using xdr::TimePoint;

/// Ten thousand years: no time that can be written is further from another one.
constexpr std::int64_t most_minutes = std::int64_t{10'000} * 366 * 24 * 60;

xdr::Error refused(std::string where, std::string what, std::string hint = "") {
    return xdr::Error(
        {.where = std::move(where), .what = std::move(what), .hint = std::move(hint)});
}

/// Throws for null in the documented revision; in the current one null is 0.
minutes look_back_of(const Settings& settings) {
    if (!settings.look_back && settings.revision == Revision::documented)
        throw refused("look_back", "expected minutes, got null", "0 switches look-back off");
    const std::int64_t count = settings.look_back.value_or(0);
    if (count > most_minutes || count < -most_minutes)
        throw refused("look_back", "expected at most ten thousand years, got " +
                                       std::to_string(count) + " minutes");
    return minutes{count};
}

Millis shift(double timezone_hours) {
    const double ms = timezone_hours * 3'600'000;
    const double most = static_cast<double>(most_minutes) * 60'000;
    if (!(std::abs(ms) <= most))
        throw refused("timezone", "expected hours, at most ten thousand years of them, got " +
                                      std::to_string(timezone_hours));
    return Millis{std::llround(ms)};
}

/// The LastRun's time, unless it is absent, null or the empty text.
std::optional<std::string> time_of(const LastRun& last_run) {
    if (!last_run.time) return std::nullopt;
    const auto* text = std::get_if<std::string>(&*last_run.time);
    if (text == nullptr || text->empty()) return std::nullopt;
    return *text;
}

/// The window's start before look-back.
ReadTime since(const LastRun& last_run, const Settings& settings, TimePoint now) {
    if (const auto text = time_of(last_run)) {
        const auto read = xdr::read_date_text(*text, now);
        if (!read) throw refused("/time", "expected a time, got '" + *text + "'");
        return *read;
    }
    if (!settings.first_fetch)
        throw refused("first_fetch", "expected a time, got null", "write it as '3 days'");
    auto read = xdr::read_date_text(*settings.first_fetch, now);
    if (!read)
        throw refused("first_fetch", "expected a time, got '" + *settings.first_fetch + "'",
                      "write it as '3 days' or '2024-01-01T00:00:00'");
    read->time += shift(settings.timezone);
    return *read;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
    std::int64_t out = 0;
    if (__builtin_add_overflow(a, b, &out))
        throw refused("/limit", "expected a limit of 64 bits, got the sum of " + std::to_string(a) +
                                    " and " + std::to_string(b));
    return out;
}

std::int64_t epoch_seconds(TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::variant<Null, std::int64_t> or_null(std::optional<std::int64_t> number) {
    if (number) return *number;
    return Null{};
}

xdr::Error no_limit() {
    return refused("limit", "expected a number, got none", "set it to 1 or more");
}

/// The request limit after a full batch. An absent one counts as the parameter, null as an error.
std::int64_t grown_limit(const LastRun& last_run, std::int64_t limit) {
    if (!last_run.limit) return sum(limit, limit);
    const auto* old = std::get_if<std::int64_t>(&*last_run.limit);
    if (old == nullptr) throw refused("/limit", "expected a number, got null");
    return sum(*old, limit);
}

Changes documented_changes(const LastRun& last_run, const Fetched& fetched,
                           const Settings& settings) {
    const minutes look_back = look_back_of(settings);
    if (fetched.new_offset)
        throw refused("offset", "the documented revision has no offset mode",
                      "use the current revision");
    if (fetched.incidents.empty())
        return {.time = fetched.range.end, .limit = or_null(settings.limit)};
    if (!settings.limit) throw no_limit();
    const std::int64_t limit = *settings.limit;
    if (std::ssize(fetched.incidents) < limit || look_back == 0min)
        return {.time = get_latest_incident_created_time(fetched.incidents, settings),
                .limit = limit};
    return {.time = fetched.range.start, .limit = grown_limit(last_run, limit)};
}

Changes current_changes(const LastRun& last_run, const Fetched& fetched, const Settings& settings) {
    if (!settings.limit) throw no_limit();
    Changes out{.time = Null{}, .limit = *settings.limit, .offset = fetched.new_offset};
    if (fetched.new_offset.value_or(0) != 0) {
        if (last_run.time) out.time = *last_run.time;
        return out;
    }
    if (fetched.incidents.empty()) {
        out.time = fetched.range.end;
        return out;
    }
    const std::string newest = get_latest_incident_created_time(fetched.incidents, settings);
    out.time = newest;
    if (newest == fetched.range.start) out.forgetting = Forgetting::off;
    if (look_back_of(settings) > 0min && !fetched.new_offset) {
        const std::size_t known =
            last_run.found_incident_ids ? last_run.found_incident_ids->size() : 0;
        out.limit =
            sum(static_cast<std::int64_t>(known + fetched.incidents.size()), *settings.limit);
    }
    return out;
}

}  // namespace

std::optional<std::int64_t> request_limit(const LastRun& last_run,
                                          std::optional<std::int64_t> limit) {
    const auto* stored = last_run.limit ? std::get_if<std::int64_t>(&*last_run.limit) : nullptr;
    return stored != nullptr && *stored != 0 ? *stored : limit;
}

Range get_fetch_run_time_range(const LastRun& last_run, const Settings& settings, TimePoint now) {
    const TimePoint clock = now + shift(settings.timezone);
    ReadTime start = since(last_run, settings, now);
    if (const minutes look_back = look_back_of(settings); look_back > 0min) {
        if (settings.revision == Revision::documented && start.names_zone)
            throw refused(time_of(last_run) ? "/time" : "first_fetch",
                          "the documented revision cannot look back from a time that names a zone",
                          "leave the zone out or set look_back to 0");
        if (clock - start.time < look_back) start.time = clock - look_back;
    }
    return {.start = format_time(start.time, settings.date_format),
            .end = format_time(clock, settings.date_format)};
}

std::vector<Found> filter_incidents_by_duplicates_and_limit(const std::vector<Found>& incidents,
                                                            const LastRun& last_run,
                                                            std::optional<std::int64_t> limit) {
    std::vector<Found> out;
    std::copy_if(incidents.begin(), incidents.end(), std::back_inserter(out),
                 [&](const Found& incident) {
                     return !last_run.found_incident_ids ||
                            !last_run.found_incident_ids->contains(incident.id);
                 });
    const std::int64_t size = std::ssize(out);
    const std::int64_t wanted = limit.value_or(size);
    const std::int64_t kept = wanted < 0 ? std::max(size + wanted, std::int64_t{0}) : wanted;
    out.resize(static_cast<std::size_t>(std::min(kept, size)));
    return out;
}

std::string get_latest_incident_created_time(const std::vector<Found>& incidents,
                                             const Settings& settings) {
    if (incidents.empty()) throw refused("", "expected incidents, got none");
    TimePoint newest = TimePoint::min();
    for (const Found& incident : incidents) {
        if (!incident.created)
            throw refused("", "expected the time at which an incident was created, got no text");
        newest = std::max(newest, parse_time(*incident.created, settings.date_format));
    }
    if (settings.increase_last_run_time) newest += Millis{1};
    return format_time(newest, settings.date_format);
}

FoundIds remove_old_incidents_ids(FoundIds ids, const Settings& settings, TimePoint now) {
    const std::int64_t oldest = 2 * std::chrono::seconds{look_back_of(settings)}.count();
    std::erase_if(ids, [&](const auto& entry) {
        const std::int64_t age = epoch_seconds(now) - entry.second;
        return settings.revision == Revision::documented ? age >= oldest : age > oldest;
    });
    return ids;
}

std::optional<FoundIds> get_found_incident_ids(const LastRun& last_run,
                                               const std::vector<Found>& incidents,
                                               const Settings& settings, Forgetting forgetting,
                                               TimePoint now) {
    FoundIds all = last_run.found_incident_ids.value_or(FoundIds{});
    for (const Found& incident : incidents) all.insert_or_assign(incident.id, epoch_seconds(now));
    if (forgetting == Forgetting::off) return all;
    FoundIds young = remove_old_incidents_ids(all, settings, now);
    if (!young.empty() || settings.revision == Revision::current) return young;
    // As documented: when no id is young, whatever was there grows and nothing is removed.
    if (last_run.found_incident_ids) return all;
    return std::nullopt;
}

Changes create_updated_last_run_object(const LastRun& last_run, const Fetched& fetched,
                                       const Settings& settings) {
    return settings.revision == Revision::documented
               ? documented_changes(last_run, fetched, settings)
               : current_changes(last_run, fetched, settings);
}

LastRun update_last_run_object(const LastRun& last_run, const Fetched& fetched,
                               const Settings& settings, TimePoint now) {
    const Changes changes = create_updated_last_run_object(last_run, fetched, settings);
    LastRun next = last_run;
    next.time = changes.time;
    next.limit = changes.limit;
    if (changes.offset) next.offset = *changes.offset;
    next.found_incident_ids =
        get_found_incident_ids(last_run, fetched.incidents, settings, changes.forgetting, now);
    return next;
}

std::int64_t calculate_new_offset(const OffsetInput& in) {
    const std::int64_t reached = in.old_offset + in.returned;
    const bool all_read = in.total.value_or(0) != 0 && reached >= *in.total;
    return in.returned == 0 || all_read ? 0 : reached;
}

}  // namespace fetcher::lookback
