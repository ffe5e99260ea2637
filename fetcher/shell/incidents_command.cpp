#include <iostream>

#include "command_line.hpp"
#include "commands.hpp"
#include "output.hpp"
#include "sqlite_store.hpp"
#include "standard_streams.hpp"
#include "wire_record.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

int list(const Options& options) {
    const auto found = SqliteStore(options.store, Mode::read).incidents(options.most, options.skip);
    std::cout << (options.json ? to_json(found) + "\n" : incident_table(found));
    finish_stdout();
    return 0;
}

int show(const Options& options) {
    const auto found = SqliteStore(options.store, Mode::read).find(IncidentId(options.id));
    if (!found)
        throw xdr::Error({.where = options.store,
                          .what = "there is no incident '" + options.id + "'",
                          .hint = "incidents list shows which there are"});
    std::cout << (options.json ? to_json(*found) : indented(found->xsoar_json)) << "\n";
    finish_stdout();
    return 0;
}

}  // namespace

Command add_incidents_list(CLI::App& incidents, Options& options) {
    CLI::App* command =
        incidents.add_subcommand("list", "in the order in which they were emitted, newest first");
    add_store(*command, options);
    command->add_option("--limit", options.most, "most incidents to show")
        ->check(plain_number())
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
        ->capture_default_str();
    command->add_option("--skip", options.skip, "leave out so many first")
        ->check(plain_number())
        ->check(not_negative())
        ->capture_default_str();
    add_json(*command, options, "print a JSON array, with the whole incidents");
    command->footer(
        "exit codes:\n  0 done   1 the store could not be read   2 usage or bad input\n"
        "example:\n  fetch-incidents incidents list --limit 100 --skip 100\n");
    return {command, [&options] { return list(options); }};
}

Command add_incidents_show(CLI::App& incidents, Options& options) {
    CLI::App* command = incidents.add_subcommand("show", "one incident, as it was emitted");
    command->add_option("id", options.id, "its incident_id")->required();
    add_store(*command, options);
    add_json(*command, options, "print it on one line, with the run that fetched it");
    command->footer(
        "exit codes:\n  0 done   1 the store could not be read   2 usage, bad input, or no such "
        "incident\n"
        "example:\n  fetch-incidents incidents show 4096\n");
    return {command, [&options] { return show(options); }};
}

}  // namespace fetcher
