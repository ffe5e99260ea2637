#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "connection.hpp"
#include "fetcher/policy.hpp"

namespace fetcher {

constexpr int failed = 1;  ///< exit code: the program or what is around it failed

constexpr std::int64_t recommended_limit = 200;

/// What the user set, as text and numbers.
struct Options {
    std::string url, api_key_file, api_key_id, key_level = "standard", ca_file;
    std::optional<std::int64_t> timeout_s, retries;
    std::string connect_timeout, read_timeout, total_timeout;
    std::optional<std::uint64_t> seed;

    std::vector<std::string> status, alert_sources, incident_ids;
    std::optional<bool> starred;
    std::string description, created_after, created_before, modified_after, modified_before;

    std::string policy = "complete", look_back = "15m", first_fetch = "3 days";
    std::optional<std::int64_t> limit, max_requests;
    std::int64_t page_cap = 100, extra_data_per_minute = 10;
    bool extra_data = false;

    std::string store = "incidents.db", last_run, out;
    bool pipe = false;  ///< a last run file was named
    bool assume_emitted = false, dry_run = false, until_drained = false, json = false;

    std::string every = "1m";
    std::optional<std::int64_t> runs;
    std::int64_t most = 20, skip = 0;
    std::string id, format = "json", file = "-";
};

void add_connection(CLI::App& command, Options& options);
void add_query(CLI::App& command, Options& options);
void add_first_fetch(CLI::App& command, Options& options);
void add_fetching(CLI::App& command, Options& options);
void add_place(CLI::App& command, Options& options);
/// Of a command that reads a store.
void add_store(CLI::App& command, Options& options);
void add_json(CLI::App& command, Options& options, const std::string& what);

/// What the options say. Each throws xdr::Error, whose `where` is the flag, for a bad value.
Connection connection_of(const Options& options);
Query query_of(const Options& options);
Parameters parameters_of(const Options& options);
const Policy& policy_of(const Options& options);
TimePoint first_fetch_of(const Options& options, TimePoint now);

}  // namespace fetcher
