#include <iostream>

#include "command_line.hpp"
#include "commands.hpp"
#include "fetching.hpp"
#include "output.hpp"
#include "standard_streams.hpp"
#include "stop_signals.hpp"
#include "wire_record.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

Millis every(const Options& options) {
    const Millis span = duration_of("--every", options.every);
    if (span < std::chrono::seconds{1} || span > std::chrono::days{1})
        throw xdr::Error({.where = "--every",
                          .what = "'" + options.every + "' is out of range",
                          .hint = "set it to 1s to 1d"});
    return span;
}

/// How long to wait for the next multiple of `span` since `start`: a run that took longer than
/// that leaves some out, and none drifts.
Millis until_next(Millis start, Millis span, Millis now) { return span - (now - start) % span; }

void report(const Options& options, const RunRecord& record) {
    const bool idle = record.error.empty() && record.emitted.empty();
    if (options.json)
        (options.pipe ? std::cerr : std::cout) << to_json(record) << std::endl;
    else if (!options.pipe && !idle && record.error.empty())
        std::cout << xdr::iso8601(record.started) << " " << summary(record) << std::endl;
    if (!std::cout && record.error.empty()) finish_stdout();
}

int watch(const Options& options) {
    const Millis span = every(options);
    // Before the source, whose threads must not be the ones that a signal hits.
    StopSignals stop;
    Fetching fetching(options, "watch", [&stop](Millis time) { return stop.wait(time); });
    fetching.open();
    const Millis start = steady_now();
    for (std::int64_t run = 1; !stop.asked(); ++run) {
        const RunResult result = fetching.run();
        report(options, result.record);
        if (!std::cout) return failed;  // nobody reads what later runs would emit
        if (options.runs && run >= *options.runs) return result.record.error.empty() ? 0 : failed;
        if (!stop.wait(until_next(start, span, steady_now()))) break;
    }
    return 0;
}

}  // namespace

Command add_watch(CLI::App& app, Options& options) {
    CLI::App* command =
        app.add_subcommand("watch", "fetch again and again, until it is told to stop");
    command->add_option("--every", options.every, "time from the start of a run to the next one's")
        ->capture_default_str();
    command->add_option("--runs", options.runs, "stop after so many runs")
        ->check(plain_number())
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
    add_json(*command, options,
             "print each run's record as a line of JSON (with --last-run: on stderr)");
    add_connection(*command, options);
    add_query(*command, options);
    add_fetching(*command, options);
    add_place(*command, options);
    CLI::Option* last_run = command->get_option("--last-run");
    command
        ->add_option("--out", options.out,
                     "form of the incidents on stdout: ndjson, one object a line with its batch\n"
                     "number")
        ->check(CLI::IsMember({"ndjson"}))
        ->needs(last_run)
        ->group("Place");
    command
        ->add_flag("--assume-emitted", options.assume_emitted,
                   "do not emit again what was under way when the last run was killed")
        ->needs(last_run)
        ->group("Place");
    command->footer(
        "SIGTERM and SIGINT end it after the run in hand. It may be killed at any instant: the "
        "next\n"
        "start goes on where the last whole run ended. A run that fails is in the history, and "
        "the\n"
        "next one comes at its time. One process at a time works on a store.\n"
        "exit codes:\n"
        "  0 it was told to stop, or --runs are done   1 the store or the output failed, or the\n"
        "  last of --runs failed   2 usage or bad input\n"
        "example:\n"
        "  fetch-incidents watch --every 1m --url https://api-example.com --api-key-id 1 \\\n"
        "      --api-key-file key.txt --store incidents.db\n");
    return {command, [&options] {
                options.out = "ndjson";
                return watch(options);
            }};
}

}  // namespace fetcher
