#include "command_line.hpp"
#include "options.hpp"

namespace fetcher {

namespace {

constexpr const char* look_back_help =
    "how late an incident may become visible and still be fetched, such as 15m.\n"
    "Count from its creation to the moment at which your query finds it: the server's\n"
    "indexing delay, and with --status the time until somebody sets that status.\n"
    "Too short loses what comes later than that. Longer costs one request per 99\n"
    "incidents of that span in each run, and memory for their ids; it never repeats\n"
    "and never hides an incident. In doubt: twice the longest delay that you have seen.\n"
    "Where incidents start to match hours or days later, do not raise it:\n"
    "choose --policy complete-modified, which counts from the last modification";

CLI::Option* add_time(CLI::App& command, const std::string& flag, std::string& value,
                      const std::string& what) {
    return command.add_option(flag, value, what)->type_name("TIME")->group("Query");
}

void add_network(CLI::App& command, Options& options) {
    const char* group = "Network";
    command
        .add_option("--ca-file", options.ca_file,
                    "PEM certificates to trust instead of the system's [XDR_CA_FILE]")
        ->envname("XDR_CA_FILE")
        ->group(group);
    command
        .add_option("--timeout", options.timeout_s,
                    "seconds to wait for a connection and for each piece of data, 1 to 3600")
        ->check(plain_number())
        ->check(CLI::Range(1, 3600))
        ->group(group);
    command
        .add_option("--connect-timeout", options.connect_timeout,
                    "longest wait for a connection: 10s if absent")
        ->type_name("DURATION")
        ->group(group);
    command
        .add_option("--read-timeout", options.read_timeout,
                    "longest wait for the next piece of a reply: 30s if absent")
        ->type_name("DURATION")
        ->group(group);
    command
        .add_option("--total-timeout", options.total_timeout,
                    "longest time for one whole request: 2m if absent")
        ->type_name("DURATION")
        ->group(group);
    command
        .add_option("--retries", options.retries,
                    "how often a request that may pass is tried again: 4 if absent")
        ->check(plain_number())
        ->check(CLI::Range(0, 20))
        ->group(group);
    command.add_option("--seed", options.seed, "of the waits between such tries: random if absent")
        ->check(plain_number())
        ->check(not_negative())
        ->group(group);
}

}  // namespace

void add_connection(CLI::App& command, Options& options) {
    const char* group = "Connection";
    command
        .add_option("--url", options.url,
                    "where the API is, such as https://api-example.com [XDR_URL]")
        ->envname("XDR_URL")
        ->required()
        ->group(group);
    command.add_option("--api-key-id", options.api_key_id, "id of the API key [XDR_API_KEY_ID]")
        ->envname("XDR_API_KEY_ID")
        ->required()
        ->group(group);
    command
        .add_option("--api-key-file", options.api_key_file,
                    "file with the API key, one line [XDR_API_KEY_FILE];\n"
                    "without it the key itself is taken from XDR_API_KEY")
        ->envname("XDR_API_KEY_FILE")
        ->group(group);
    command
        .add_option("--key-level", options.key_level,
                    "standard or advanced, as the key was made [XDR_API_KEY_LEVEL]")
        ->envname("XDR_API_KEY_LEVEL")
        ->check(CLI::IsMember({"standard", "advanced"}))
        ->capture_default_str()
        ->group(group);
    add_network(command, options);
}

void add_query(CLI::App& command, Options& options) {
    const char* group = "Query";
    command
        .add_option("--status", options.status, "only incidents with this status; may be repeated")
        ->group(group);
    command.add_option("--starred", options.starred, "true or false")->group(group);
    command
        .add_option("--alert-source", options.alert_sources,
                    "only incidents with alerts of this source; may be repeated")
        ->group(group);
    command
        .add_option("--description", options.description,
                    "only incidents whose description contains this")
        ->group(group);
    command
        .add_option("--incident-id", options.incident_ids,
                    "only the incident with this id; may be repeated")
        ->group(group);
    add_time(command, "--created-after", options.created_after, "created then or later");
    add_time(command, "--created-before", options.created_before, "created then or earlier");
    add_time(command, "--modified-after", options.modified_after, "modified then or later");
    add_time(command, "--modified-before", options.modified_before, "modified then or earlier");
}

void add_first_fetch(CLI::App& command, Options& options) {
    const char* group = "Fetching";
    command.add_option("--look-back", options.look_back, look_back_help)
        ->envname("XDR_LOOK_BACK")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--first-fetch", options.first_fetch,
                    "where the first run starts: 3 days, 12 hours, 2024-01-01T00:00:00Z")
        ->envname("XDR_FIRST_FETCH")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--limit", options.limit,
                    "most incidents a run emits: 50 if absent, at most 200 recommended")
        ->envname("XDR_LIMIT")
        ->check(plain_number())
        ->check(one_or_more())
        ->group(group);
    command.add_option("--page-cap", options.page_cap, "most incidents a request asks for")
        ->check(plain_number())
        ->check(CLI::Range(1, 100))
        ->capture_default_str()
        ->group(group);
}

void add_fetching(CLI::App& command, Options& options) {
    const char* group = "Fetching";
    add_first_fetch(command, options);
    command
        .add_option("--max-requests", options.max_requests,
                    "most requests for incidents a run makes; the next one goes on there")
        ->check(plain_number())
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000}))
        ->group(group);
    std::string names;
    for (const std::string_view name : policy_names())
        names += (names.empty() ? "" : ", ") + std::string(name);
    command
        .add_option("--policy", options.policy,
                    "one of " + names +
                        ".\nAll but the first two lose incidents: they are here "
                        "to be compared with")
        ->envname("XDR_POLICY")
        ->capture_default_str()
        ->group(group);
    command
        .add_flag("--extra-data", options.extra_data,
                  "add alerts and artifacts to rawJSON; one more request per incident")
        ->group(group);
    command
        .add_option("--extra-data-per-minute", options.extra_data_per_minute,
                    "most such requests a minute")
        ->check(plain_number())
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str()
        ->group(group);
}

void add_place(CLI::App& command, Options& options) {
    const char* group = "Place";
    CLI::Option* store =
        command
            .add_option("--store", options.store,
                        "SQLite file of incidents, last run and history; made if it is not there")
            ->capture_default_str()
            ->group(group);
    command
        .add_option("--last-run", options.last_run,
                    "instead of a store: the file of the last run; incidents go to stdout")
        ->each([&options](const std::string&) { options.pipe = true; })
        ->excludes(store)
        ->group(group);
}

void add_store(CLI::App& command, Options& options) {
    command.add_option("--store", options.store, "the store")->capture_default_str();
}

void add_json(CLI::App& command, Options& options, const std::string& what) {
    command.add_flag("--json", options.json, what);
}

}  // namespace fetcher
