#include <iostream>

#include "command_line.hpp"
#include "commands.hpp"
#include "output.hpp"
#include "sqlite_store.hpp"
#include "standard_streams.hpp"
#include "wire_record.hpp"

namespace fetcher {

namespace {

int history(const Options& options) {
    const auto records = SqliteStore(options.store, Mode::read).history(options.most);
    std::cout << (options.json ? to_json(records) + "\n" : history_table(records));
    finish_stdout();
    return 0;
}

}  // namespace

Command add_history(CLI::App& app, Options& options) {
    CLI::App* command = app.add_subcommand("history", "the last runs of a store, the newest first");
    add_store(*command, options);
    command->add_option("--limit", options.most, "most runs to show")
        ->check(plain_number())
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
        ->capture_default_str();
    add_json(*command, options, "print a JSON array");
    command->footer(
        "exit codes:\n  0 done   1 the store could not be read   2 usage or bad input\n"
        "example:\n  fetch-incidents history --store incidents.db --limit 5\n");
    return {command, [&options] { return history(options); }};
}

}  // namespace fetcher
