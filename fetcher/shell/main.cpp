#include <CLI/CLI.hpp>
#include <iostream>
#include <vector>

#include "command_line.hpp"
#include "commands.hpp"
#include "standard_streams.hpp"
#include "xdr/error.hpp"

namespace {

using fetcher::Command;

constexpr const char* exit_codes =
    "exit codes:\n"
    "  0 done   1 the program, or the server, disk or pipe that it needs, failed\n"
    "  2 usage or bad input\n"
    "Each command has a --help of its own, with examples. docs/fetch.md is the manual.\n";

/// A command that only has commands.
CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& what,
                    const std::string& example) {
    CLI::App* group = app.add_subcommand(name, what);
    group->require_subcommand(1);
    group->footer(
        "exit codes:\n  0 done   1 the store failed   2 usage or bad input\nexample:\n  " +
        example + "\n");
    return *group;
}

std::vector<Command> add_commands(CLI::App& app, fetcher::Options& options) {
    std::vector<Command> commands{fetcher::add_run(app, options), fetcher::add_watch(app, options),
                                  fetcher::add_test(app, options),
                                  fetcher::add_history(app, options)};
    CLI::App& incidents =
        add_group(app, "incidents", "the incidents of a store", "fetch-incidents incidents list");
    commands.push_back(fetcher::add_incidents_list(incidents, options));
    commands.push_back(fetcher::add_incidents_show(incidents, options));
    CLI::App& last_run =
        add_group(app, "last-run", "where the next run goes on", "fetch-incidents last-run show");
    commands.push_back(fetcher::add_last_run_show(last_run, options));
    commands.push_back(fetcher::add_last_run_set(last_run, options));
    commands.push_back(fetcher::add_trace(app, options));
    // Without one, CLI11 reads the variables for all commands: they share their options, and those
    // of another command would undo what was given to this one.
    for (const Command& command : commands) command.app->parse_complete_callback([] {});
    return commands;
}

/// To the program and to all its commands.
void add_version(CLI::App& app) {
    app.set_version_flag("--version", FETCHER_VERSION);
    for (CLI::App* command : app.get_subcommands({})) add_version(*command);
}

int dispatch(const std::vector<std::string>& words, int argc, char** argv) {
    CLI::App app{"fetch-incidents: fetches Cortex XDR incidents, each exactly once"};
    app.require_subcommand(1);
    app.footer(exit_codes);
    fetcher::Options options;
    const std::vector<Command> commands = add_commands(app, options);
    add_version(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return fetcher::refuse_usage(app, "fetch-incidents", error, words);
    }
    try {
        for (const Command& command : commands)
            if (command.app->parsed()) return command.act();
    } catch (const xdr::Error& error) {
        const xdr::Problem& problem = error.problem();
        const std::string variable = fetcher::variable_of(app, problem.where, words);
        if (variable.empty()) throw;
        throw xdr::Error({.where = variable, .what = problem.what, .hint = problem.hint},
                         error.blame());
    }
    return fetcher::usage;
}

}  // namespace

int main(int argc, char** argv) {
    fetcher::keep_standard_streams();
    try {
        return dispatch({argv + 1, argv + argc}, argc, argv);
    } catch (const xdr::Error& error) {
        std::cerr << "fetch-incidents: " << error.what() << "\n";
        return error.blame() == xdr::Blame::input ? fetcher::usage : fetcher::failed;
    } catch (const std::exception& error) {
        std::cerr << "fetch-incidents: " << error.what() << "\n";
        return fetcher::failed;
    }
}
