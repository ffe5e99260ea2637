#include "options.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>

#include "state_file.hpp"
#include "url.hpp"
#include "xdr/error.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

/// From the file, or from the environment; never from the command line, where others can read it.
std::string api_key(const Options& options) {
    if (!options.api_key_file.empty()) {
        std::string key = trimmed(read_file(options.api_key_file));
        if (key.empty())
            throw xdr::Error({.where = options.api_key_file,
                              .what = "the file holds no key",
                              .hint = "write the key into it, one line"});
        return key;
    }
    if (const char* key = std::getenv("XDR_API_KEY"); key && *key) return trimmed(key);
    throw xdr::Error({.where = "--api-key-file",
                      .what = "there is no API key",
                      .hint = "name a file that holds it, or set XDR_API_KEY"});
}

/// What goes into a header: a line end in it would begin another one.
const std::string& for_header(const std::string& value, const std::string& name) {
    if (std::any_of(value.begin(), value.end(), xdr::is_control))
        throw xdr::Error({.where = name,
                          .what = "it holds a line end or another control character",
                          .hint = "check what was pasted"});
    return value;
}

/// The limit of a flag of its own, else of --timeout, else the default.
Millis limit_of(const std::string& flag, const std::string& text, const Options& options,
                Millis standard) {
    if (text.empty())
        return options.timeout_s ? Millis{std::chrono::seconds{*options.timeout_s}} : standard;
    const Millis limit = duration_of(flag, text);
    if (limit < Millis{1} || limit > std::chrono::hours{1})
        throw xdr::Error({.where = flag,
                          .what = "'" + text + "' is out of range",
                          .hint = "set it to 1ms to 1h"});
    return limit;
}

TimeLimits limits_of(const Options& options) {
    TimeLimits limits;
    limits.connect =
        limit_of("--connect-timeout", options.connect_timeout, options, limits.connect);
    limits.read = limit_of("--read-timeout", options.read_timeout, options, limits.read);
    limits.write = limits.read;
    if (!options.total_timeout.empty())
        limits.total = limit_of("--total-timeout", options.total_timeout, options, limits.total);
    return limits;
}

std::optional<TimePoint> time_of(const std::string& flag, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto read = xdr::read_iso8601(text);
    if (!read)
        throw xdr::Error({.where = flag,
                          .what = "'" + text + "' is no time",
                          .hint = "write it as 2024-01-01T00:00:00Z or 2024-01-01"});
    return read->time;
}

/// check_query, which names fields, for a person who set flags.
void check_times(const Query& query) {
    try {
        check_query(query);
    } catch (const xdr::Error& error) {
        std::string flag = "--" + error.problem().where;
        std::replace(flag.begin(), flag.end(), '_', '-');
        throw xdr::Error(
            {.where = flag, .what = error.problem().what, .hint = error.problem().hint});
    }
}

Millis look_back_of(const Options& options) {
    const std::string flag = "--look-back";
    const Millis look_back = duration_of(flag, options.look_back);
    if (look_back < Millis{0})
        throw xdr::Error({.where = flag,
                          .what = "'" + options.look_back + "' is less than 0",
                          .hint = "set it to 0s or more"});
    return look_back;
}

}  // namespace

const Policy& policy_of(const Options& options) {
    return naming("--policy", [&]() -> const Policy& { return policy(options.policy); });
}

TimePoint first_fetch_of(const Options& options, TimePoint now) {
    return naming("--first-fetch", [&] { return first_fetch_time(options.first_fetch, now); });
}

Connection connection_of(const Options& options) {
    naming("--url", [&] { split_url(options.url); });
    const std::string key = api_key(options);
    RetryPolicy retries;
    retries.most_attempts = static_cast<int>(options.retries.value_or(4)) + 1;
    // Two clients that lost the same server should not come back at the same moment.
    retries.seed = options.seed ? *options.seed : std::random_device{}();
    return {.url = options.url,
            .api_key_id = for_header(options.api_key_id, "--api-key-id"),
            .api_key = for_header(key, "API key"),
            .level = options.key_level == "advanced" ? KeyLevel::advanced : KeyLevel::standard,
            .ca_file = options.ca_file,
            .limits = limits_of(options),
            .version = FETCHER_VERSION,
            .retries = retries,
            .extra_data_per_minute = static_cast<std::size_t>(options.extra_data_per_minute)};
}

Query query_of(const Options& options) {
    Query query;
    query.status = options.status;
    query.starred = options.starred;
    query.alert_sources = options.alert_sources;
    query.description = options.description;
    query.incident_ids = options.incident_ids;
    query.created_after = time_of("--created-after", options.created_after);
    query.created_before = time_of("--created-before", options.created_before);
    query.modified_after = time_of("--modified-after", options.modified_after);
    query.modified_before = time_of("--modified-before", options.modified_before);
    check_times(query);
    return query;
}

Parameters parameters_of(const Options& options) {
    Parameters parameters{.limit = options.limit.value_or(50),
                          .look_back = look_back_of(options),
                          .first_fetch = options.first_fetch,
                          .page_cap = options.page_cap,
                          .paging = Paging::offset};
    if (options.max_requests && !policy_of(options).keeps_to_budget())
        throw xdr::Error({.where = "--max-requests",
                          .what = options.policy + " does not keep to a number of requests",
                          .hint = "leave it out, or use complete or complete-modified"});
    parameters.max_requests = options.max_requests;
    return parameters;
}

}  // namespace fetcher
