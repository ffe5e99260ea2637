#include <iostream>
#include <iterator>

#include "commands.hpp"
#include "fetcher/wire_trace.hpp"
#include "standard_streams.hpp"

namespace fetcher {

namespace {

int trace_stdin() {
    const std::string input{std::istreambuf_iterator<char>(std::cin),
                            std::istreambuf_iterator<char>()};
    std::cout << lookback::trace(input) << "\n";
    finish_stdout();
    return 0;
}

}  // namespace

Command add_trace(CLI::App& app, Options& options) {
    CLI::App* command = app.add_subcommand(
        "lookback-trace", "play the published look-back methods over recorded answers on stdin");
    add_json(*command, options, "no change: the output is JSON in any case");
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
    return {command, &trace_stdin};
}

}  // namespace fetcher
