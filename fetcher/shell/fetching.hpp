#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http_source.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "runner.hpp"

namespace fetcher {

TimePoint system_now();
Millis steady_now();

/// What `run` and `watch` share: the options turned into a source, a store and runs.
class Fetching {
   public:
    /// Checks every option before anything is made. `command` is told to a process that finds the
    /// store taken. `wait` is how long waits between tries are spent; empty: just waited.
    /// Throws xdr::Error.
    Fetching(const Options& options, const std::string& command,
             std::function<bool(Millis)> wait = {});

    /// One run with progress, if stderr is a terminal. What failed is told on stderr.
    RunResult run();

    /// Prints what a run would emit, and saves nothing.
    int dry_run();

    /// Opens the place of incidents and last run, if run has not yet; emits what a crash left
    /// behind.
    void open();

   private:
    RunSetup setup_for(Store& store);

    Options options_;
    std::string command_;
    const Policy& policy_;
    Parameters parameters_;
    HttpSource source_;
    std::unique_ptr<Store> store_;
    std::optional<Progress> progress_;
};

}  // namespace fetcher
