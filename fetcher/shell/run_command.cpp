#include <iostream>
#include <set>

#include "commands.hpp"
#include "fetching.hpp"
#include "output.hpp"
#include "standard_streams.hpp"
#include "wire_record.hpp"
#include "xdr/error.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

/// What stdout shows of a run; with a last run file that is for incidents only.
void show(const Options& options, const std::string& text) {
    (options.pipe ? std::cerr : std::cout) << text << "\n";
}

int drain(Fetching& fetching, const Options& options) {
    std::int64_t runs = 0, requests = 0, incidents = 0;
    Millis duration{0};
    std::set<std::string> places;  // since something was found
    for (bool more = true; more;) {
        const RunResult result = fetching.run();
        if (options.json) show(options, to_json(result.record));
        if (!result.record.error.empty()) {
            if (runs > 0)
                std::cerr << "fetch-incidents: before it " << xdr::counted(runs, "run")
                          << " emitted and saved " << xdr::counted(incidents, "incident") << "\n";
            return failed;
        }
        ++runs;
        requests += result.record.requests;
        incidents += static_cast<std::int64_t>(result.record.emitted.size());
        duration += result.record.duration;
        if (!result.record.emitted.empty()) places.clear();
        // A budget below what lies within look_back: no run reads it all, but all was read.
        const bool round = !result.place.empty() && !places.insert(result.place).second;
        more = result.more && !round;
    }
    if (!options.json && !options.pipe)
        show(options, xdr::counted(incidents, "incident") + ", " +
                          xdr::counted(requests, "request") + ", " + xdr::counted(runs, "run") +
                          ", " + xdr::duration_text(duration));
    finish_stdout();
    return 0;
}

int run(const Options& options) {
    Fetching fetching(options, "run");
    if (options.dry_run) return fetching.dry_run();
    if (options.until_drained) return drain(fetching, options);
    const RunResult result = fetching.run();
    if (options.json)
        show(options, to_json(result.record));
    else if (!options.pipe && result.record.error.empty())
        show(options, summary(result.record));
    // What kept the incidents from getting out has been told.
    if (!result.record.error.empty()) return failed;
    finish_stdout();
    return 0;
}

}  // namespace

Command add_run(CLI::App& app, Options& options) {
    CLI::App* run_command = app.add_subcommand("run", "fetch once, into a store or to stdout");
    add_connection(*run_command, options);
    add_query(*run_command, options);
    add_fetching(*run_command, options);
    add_place(*run_command, options);
    CLI::Option* last_run = run_command->get_option("--last-run");
    run_command
        ->add_option("--out", options.out,
                     "form of the incidents on stdout: json, one array a run (the default), or\n"
                     "ndjson, one object a line with its batch number")
        ->check(CLI::IsMember({"json", "ndjson"}))
        ->needs(last_run)
        ->group("Place");
    run_command
        ->add_flag("--assume-emitted", options.assume_emitted,
                   "do not emit again what was under way when the last ndjson run was killed")
        ->needs(last_run)
        ->group("Place");
    CLI::Option* dry = run_command->add_flag("--dry-run", options.dry_run,
                                             "show what a run would emit, and save nothing");
    run_command
        ->add_flag("--until-drained", options.until_drained,
                   "run again and again until a batch is not full")
        ->excludes(dry);
    add_json(*run_command, options, "print the run's record as JSON (with --last-run: on stderr)");
    run_command->footer(
        "exit codes:\n"
        "  0 done   1 the run failed and saved nothing: what it printed, if anything, comes "
        "again;\n"
        "  or stdout broke after a run into a store, which keeps what was found   2 usage or bad "
        "input\n"
        "examples:\n"
        "  fetch-incidents run --url https://api-example.com --api-key-id 1 \\\n"
        "      --api-key-file key.txt --look-back 15m\n"
        "  fetch-incidents run --url http://127.0.0.1:8080 --api-key-id 1 \\\n"
        "      --api-key-file key.txt --last-run last-run.json --out ndjson | my-sink\n");
    return {run_command, [&options] { return run(options); }};
}

}  // namespace fetcher
