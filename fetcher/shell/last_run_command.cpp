#include <iostream>
#include <iterator>

#include "commands.hpp"
#include "fetcher/wire.hpp"
#include "fetcher/wire_xsoar.hpp"
#include "fetching.hpp"
#include "ndjson_store.hpp"
#include "sqlite_store.hpp"
#include "standard_streams.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

void print(const Options& options, const State& state) {
    std::cout << (options.format == "xsoar" ? last_run_to_xsoar(state) : to_json(state)) << "\n";
    finish_stdout();
}

int show(const Options& options) {
    std::error_code ignored;
    if (options.pipe && !std::filesystem::exists(options.last_run, ignored))
        throw xdr::Error({.where = options.last_run,
                          .what = "there is no last run yet",
                          .hint = "run fetch-incidents once, or name another file"});
    print(options, options.pipe ? read_saved_run(options.last_run).state
                                : SqliteStore(options.store, Mode::read).whole_last_run());
    return 0;
}

std::string input_of(const Options& options) {
    if (options.file != "-") return read_file(options.file);
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

/// Reads it and lets the policy look at it, so that a bad one is refused before anything is
/// changed.
State checked_state(const Options& options) {
    const Policy& by = policy_of(options);
    const std::string name = options.file == "-" ? "stdin" : options.file;
    const std::string text = input_of(options);
    try {
        State state = options.format == "xsoar" ? last_run_from_xsoar(text) : state_from_json(text);
        by.start(Parameters{}, state, system_now());
        return state;
    } catch (const xdr::Error& error) {
        const xdr::Problem& problem = error.problem();
        const bool pointer = problem.where.starts_with('/');
        throw xdr::Error({.where = name,
                          .what = problem.what + (pointer ? " (at " + problem.where + ")" : ""),
                          .hint = "last-run show prints the form; nothing was changed"},
                         error.blame());
    }
}

int set(const Options& options) {
    const State state = checked_state(options);
    if (options.pipe)
        NdjsonStore(options.last_run, std::cout, NdjsonStore::Form::array, "last-run set")
            .set_state(state);
    else
        SqliteStore(options.store, Mode::write, {.command = "last-run set"}).set_state(state);
    print(options, state);
    return 0;
}

CLI::App* add(CLI::App& last_run, Options& options, const std::string& name,
              const std::string& what) {
    CLI::App* command = last_run.add_subcommand(name, what);
    add_place(*command, options);
    command
        ->add_option("--format", options.format,
                     "json, our own form, or xsoar: the same with values that are all text")
        ->check(CLI::IsMember({"json", "xsoar"}))
        ->capture_default_str();
    add_json(*command, options, "no change: the last run is JSON in any case");
    return command;
}

}  // namespace

Command add_last_run_show(CLI::App& last_run, Options& options) {
    CLI::App* command = add(last_run, options, "show", "print where the next run goes on");
    command->footer(
        "exit codes:\n  0 done   1 it could not be read   2 usage or bad input\n"
        "example:\n  fetch-incidents last-run show --store incidents.db > last-run.json\n");
    return {command, [&options] { return show(options); }};
}

Command add_last_run_set(CLI::App& last_run, Options& options) {
    CLI::App* command = add(last_run, options, "set", "replace where the next run goes on");
    command->add_option("file", options.file, "the last run; - is stdin")->capture_default_str();
    command
        ->add_option("--policy", options.policy, "the policy that it is for, which checks it first")
        ->envname("XDR_POLICY")
        ->capture_default_str();
    command->footer(
        "{} is the state before the first run. After an older last run the complete policies emit\n"
        "nothing again that the store has; a pipe emits it twice. A batch of --out ndjson that is\n"
        "pending is dropped.\n"
        "exit codes:\n"
        "  0 it is set, and printed   1 it could not be written   2 usage or bad input: nothing "
        "was "
        "changed\n"
        "example:\n  echo '{}' | fetch-incidents last-run set --store incidents.db\n");
    return {command, [&options] { return set(options); }};
}

}  // namespace fetcher
