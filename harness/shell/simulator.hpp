#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/judgement.hpp"

namespace harness {

struct ExploreOptions {
    std::string policy = "complete", shard = "1/1", save, time_limit;
    std::uint64_t seed = 1, schedules = 1'000'000;
    std::optional<std::uint64_t> only = {};  ///< the one schedule to play
    std::vector<std::string> summaries;
    bool json = false, go_on = false, once = false;
};

/// Plays random schedules, or adds up what earlier runs printed. Throws xdr::Error.
Exit explore(const ExploreOptions& options);

/// The latter.
Exit add_up(const ExploreOptions& options);

struct ProveOptions {
    std::string policy = "complete", save;
    int incidents = 3, polls = 3;
    bool full = false;
};

/// Plays all schedules up to a size. Throws xdr::Error.
Exit prove(const ProveOptions& options);

struct ZooOptions {
    int trials = 50;
    std::uint64_t seed = 1;
    std::string baseline, save;
    bool quick = false, list = false;
};

/// How soon each broken fetcher is caught. Throws xdr::Error.
Exit zoo_scores(const ZooOptions& options);

struct CompareOptions {
    std::vector<std::string> paths,
        policies{"documented", "current", "complete", "complete-modified"};
    std::string over = "direct";
};

/// Policies beside each other in scenarios. Throws xdr::Error.
Exit compare_policies(const CompareOptions& options);

struct ExplainOptions {
    std::string file, policy = "complete", incident;
    bool min_look_back = false;
};

/// Why incidents of a scenario were lost or repeated, and what would save them. Throws xdr::Error.
Exit explain_scenario(const ExplainOptions& options);

struct PromoteOptions {
    std::string file, title, name, folder = "scenarios/found";
};

/// Puts a scenario into the library. Throws xdr::Error.
Exit promote(const PromoteOptions& options);

}  // namespace harness
