#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "options.hpp"

namespace fetcher {

/// A command of fetch-incidents and what it does once the options are read. It returns the exit
/// code, and throws xdr::Error.
struct Command {
    CLI::App* app;
    std::function<int()> act;
};

/// Each adds its command to `app` and its options to `options`, which must outlive the command.
Command add_run(CLI::App& app, Options& options);
Command add_watch(CLI::App& app, Options& options);
Command add_test(CLI::App& app, Options& options);
Command add_history(CLI::App& app, Options& options);
Command add_incidents_list(CLI::App& incidents, Options& options);
Command add_incidents_show(CLI::App& incidents, Options& options);
Command add_last_run_show(CLI::App& last_run, Options& options);
Command add_last_run_set(CLI::App& last_run, Options& options);
Command add_trace(CLI::App& app, Options& options);

}  // namespace fetcher
