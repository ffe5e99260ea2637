#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <optional>

#include "fetcher/policy.hpp"
#include "fetcher/wire.hpp"
#include "fetcher/wire_trace.hpp"
#include "http_source.hpp"
#include "standard_streams.hpp"
#include "state_file.hpp"
#include "xdr/error.hpp"

namespace {

using fetcher::Parameters;

constexpr int failed = 1;
constexpr int usage = 2;
constexpr std::int64_t recommended_limit = 200;

constexpr const char* exit_codes =
    "exit codes:\n"
    "  0 done   1 the run failed and nothing was saved: what was printed, if anything, comes "
    "again\n"
    "  2 usage or bad input\n";

/// What the user set, as text and numbers.
struct Options {
    std::string url, api_key_file, api_key_id, last_run, policy = "complete";
    std::string look_back = "15m", first_fetch = "3 days";
    std::optional<std::int64_t> limit;
    std::int64_t page_cap = 100, timeout_s = 30;
    std::optional<bool> starred;
    fetcher::Query query;
    bool dry_run = false;
};

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

/// From the file, or from the environment; never from the command line, where others can read it.
std::string api_key(const Options& options) {
    if (!options.api_key_file.empty()) {
        std::string key = trimmed(fetcher::read_file(options.api_key_file));
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
void check_header(const std::string& value, const std::string& name) {
    for (const char c : value)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            throw xdr::Error({.where = name,
                              .what = "it holds a line end or another control character",
                              .hint = "check what was pasted"});
}

xdr::Millis look_back(const Options& options) {
    try {
        return xdr::parse_duration(options.look_back);
    } catch (const xdr::Error& error) {
        throw xdr::Error(
            {.where = "--look-back", .what = error.problem().what, .hint = error.problem().hint});
    }
}

fetcher::HttpSource source_of(const Options& options) {
    fetcher::Query query = options.query;
    query.starred = options.starred;
    const std::string key = api_key(options);
    check_header(key, "API key");
    check_header(options.api_key_id, "--api-key-id");
    return fetcher::HttpSource({.url = options.url,
                                .api_key_id = options.api_key_id,
                                .api_key = key,
                                .timeout = std::chrono::seconds{options.timeout_s}},
                               query);
}

Parameters parameters_of(const Options& options) {
    return {.limit = options.limit.value_or(50),
            .look_back = look_back(options),
            .first_fetch = options.first_fetch,
            .page_cap = options.page_cap,
            .paging = fetcher::Paging::offset};
}

xdr::TimePoint system_now() {
    return std::chrono::floor<xdr::Millis>(std::chrono::system_clock::now());
}

int fail(const std::string& why) {
    std::cerr << "fetch-incidents: the run failed, nothing was emitted or saved: " << why << "\n";
    return failed;
}

/// The run that goes on from the saved state. A state of another policy is named by its file.
std::unique_ptr<fetcher::Run> start(const Options& options, xdr::TimePoint now) {
    const fetcher::Policy& policy = fetcher::policy(options.policy);
    const Parameters parameters = parameters_of(options);
    // Refused now, not on the day on which the last run is lost.
    fetcher::first_fetch_time(options.first_fetch, now);
    try {
        return policy.start(parameters, fetcher::load_state(options.last_run), now);
    } catch (const xdr::Error& error) {
        if (error.problem().where != "last run") throw;
        throw xdr::Error({.where = options.last_run,
                          .what = error.problem().what,
                          .hint = error.problem().hint});
    }
}

/// Emits first and saves then: a failure in between repeats a batch instead of losing it.
int run_once(const Options& options) {
    std::optional<fetcher::RunLock> lock;
    if (!options.dry_run) {
        fetcher::check_writable(options.last_run);
        lock.emplace(options.last_run);
    }
    const auto run = start(options, system_now());
    fetcher::HttpSource source = source_of(options);
    fetcher::Outcome outcome = fetcher::drive(*run, source);
    if (const auto* why = std::get_if<fetcher::Failed>(&outcome)) return fail(why->why);
    const auto& batch = std::get<fetcher::Batch>(outcome);
    std::cout << fetcher::xsoar_incidents(batch.incidents) << "\n";
    fetcher::finish_stdout();
    if (!options.dry_run) fetcher::save_state(options.last_run, batch.state);
    return 0;
}

void check_limit(const Options& options) {
    const std::string recommended = std::to_string(recommended_limit);
    const auto refuse = [&](std::string what) {
        throw xdr::Error(
            {.where = "--limit", .what = std::move(what), .hint = "set it to 1 to " + recommended});
    };
    if (!options.limit) refuse("there is no fetch limit");
    if (*options.limit < 1 || *options.limit > recommended_limit)
        refuse("the fetch limit is " + std::to_string(*options.limit));
}

/// One small request, as the platform's Test button makes it.
int test_connection(const Options& options) {
    check_limit(options);
    check_parameters(parameters_of(options));
    fetcher::PageRequest request;
    request.lte = fetcher::first_fetch_time(options.first_fetch, system_now());
    request.search_to = 1;
    fetcher::HttpSource source = source_of(options);
    const auto answer = source.fetch(request);
    if (const auto* why = std::get_if<fetcher::RequestFailed>(&answer)) {
        std::cerr << "fetch-incidents: " << why->why << "\n";
        return failed;
    }
    std::cout << "ok\n";
    fetcher::finish_stdout();
    return 0;
}

void add_common(CLI::App& command, Options& options) {
    command.set_version_flag("--version", FETCHER_VERSION);
    command.add_option("--url", options.url, "where the API is, such as https://api-example.com")
        ->required();
    command.add_option("--api-key-file", options.api_key_file,
                       "file with the standard API key (or set XDR_API_KEY)");
    command.add_option("--api-key-id", options.api_key_id, "id of that key")->required();
    command
        .add_option("--look-back", options.look_back,
                    "how late an incident may become visible and still be fetched, such as 15m.\n"
                    "Too short loses incidents; longer costs requests and memory, nothing else")
        ->capture_default_str();
    command
        .add_option("--first-fetch", options.first_fetch,
                    "where the first run starts: 3 days, 12 hours, 2024-01-01T00:00:00Z")
        ->capture_default_str();
    command.add_option("--status", options.query.status, "only these statuses; may be repeated");
    command.add_option("--starred", options.starred, "only starred (true) or not starred (false)");
    command.add_option("--alert-source", options.query.alert_sources,
                       "only incidents with one of these sources; may be repeated");
    command.add_option("--description", options.query.description,
                       "only incidents whose description contains this");
    command.add_option("--page-cap", options.page_cap, "most rows the API gives at once")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    command.add_option("--timeout", options.timeout_s, "seconds to connect, to send and to wait")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
}

void add_run(CLI::App& app, Options& options) {
    CLI::App* run = app.add_subcommand("run", "fetch once: incidents as JSON on stdout");
    add_common(*run, options);
    run->add_option("--limit", options.limit,
                    "most incidents a run emits: 50 if absent, at most 200 recommended");
    run->add_option("--last-run", options.last_run, "file that keeps the last run between runs")
        ->required();
    std::string names;
    for (const std::string_view name : fetcher::policy_names())
        names += (names.empty() ? "" : ", ") + std::string(name);
    run->add_option("--policy", options.policy, "one of " + names)->capture_default_str();
    run->add_flag("--dry-run", options.dry_run, "show what a run would emit, and save nothing");
    run->footer(std::string(exit_codes) +
                "example:\n"
                "  fetch-incidents run --url http://127.0.0.1:8080 --api-key-id 1 \\\n"
                "      --api-key-file key.txt --last-run last-run.json --look-back 15m\n");
}

void add_test(CLI::App& app, Options& options) {
    CLI::App* test = app.add_subcommand("test", "check the connection, the key and the parameters");
    add_common(*test, options);
    test->add_option("--limit", options.limit, "most incidents a run emits, 1 to 200");
    test->footer(
        "exit codes:\n  0 a request was answered   1 it was not   2 usage or bad input\n"
        "example:\n"
        "  fetch-incidents test --url http://127.0.0.1:8080 --api-key-id 1 \\\n"
        "      --api-key-file key.txt --limit 50\n");
}

void add_trace(CLI::App& app) {
    CLI::App* command = app.add_subcommand(
        "lookback-trace", "play the published look-back methods over recorded answers on stdin");
    command->set_version_flag("--version", FETCHER_VERSION);
    command->footer(
        "exit codes:\n  0 done   1 the output could not be written   2 the input is of another "
        "form\n"
        "The input is one JSON object; revision is documented or current:\n"
        "  {\"revision\": \"documented\",\n"
        "   \"params\": {\"limit\": 1, \"look_back\": 1, \"first_fetch\": \"1 hour\", "
        "\"timezone\": 0},\n"
        "   \"steps\": [{\"now\": \"2024-01-01T00:00:20Z\", \"incidents_res\":\n"
        "     [{\"incident_id\": \"1\", \"created\": \"2024-01-01T00:00:00\"}]}]}\n"
        "example:\n  fetch-incidents lookback-trace < trace.json\n");
}

int trace_stdin() {
    const std::string input{std::istreambuf_iterator<char>(std::cin),
                            std::istreambuf_iterator<char>()};
    std::cout << fetcher::lookback::trace(input) << "\n";
    fetcher::finish_stdout();
    return 0;
}

/// CLI11 says that a command is missing where one is misspelt.
int refuse_usage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    const bool no_command = app.get_subcommands().empty();
    if (error.get_exit_code() == 0 || !no_command || argc < 2 || argv[1][0] == '-')
        return app.exit(error) == 0 ? 0 : usage;
    std::cerr << "fetch-incidents: there is no command '" << argv[1]
              << "'; choose run, test or lookback-trace\n";
    return usage;
}

int dispatch(int argc, char** argv) {
    CLI::App app{"fetch-incidents: fetches Cortex XDR incidents, each exactly once"};
    app.set_version_flag("--version", FETCHER_VERSION);
    app.require_subcommand(1);
    app.footer(exit_codes);
    Options options;
    add_run(app, options);
    add_test(app, options);
    add_trace(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return refuse_usage(app, error, argc, argv);
    }
    if (app.got_subcommand("lookback-trace")) return trace_stdin();
    return app.got_subcommand("run") ? run_once(options) : test_connection(options);
}

}  // namespace

int main(int argc, char** argv) {
    fetcher::keep_standard_streams();
    try {
        return dispatch(argc, argv);
    } catch (const xdr::Error& error) {
        std::cerr << "fetch-incidents: " << error.what() << "\n";
        return error.blame() == xdr::Blame::input ? usage : failed;
    } catch (const std::exception& error) {
        std::cerr << "fetch-incidents: " << error.what() << "\n";
        return failed;
    }
}
