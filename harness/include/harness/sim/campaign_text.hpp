#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/sim/prove.hpp"
#include "harness/sim/score.hpp"

namespace harness::sim {

/// What a stretch of a campaign came to, with what it was.
struct CampaignResult {
    std::string policy;
    std::uint64_t seed = 1;
    std::size_t seeds = 1;  ///< more than one in a sum, of which `seed` is the first that was read
    std::string shard = "1/1";
    std::string asked = "0";  ///< schedules of the whole campaign, or its time limit
    Summary summary = {};
};

/// For a reader: classes, delays, situations with their floors, the digest.
std::string campaign_text(const CampaignResult& result);

/// The line with the command that plays one schedule again.
std::string again_text(const std::string& policy, std::uint64_t seed, std::uint64_t number);

/// The first schedule that failed, where one did, and the command that plays it again.
std::string failure_text(const CampaignResult& result);

/// Situations that happened less often than they must, and shares that are too large: one sentence
/// each. The floors bind from 20,000 schedules on; before that chance has too large a say.
struct Health {
    std::vector<std::string> failures, warnings;
};
Health health_of(const Summary& summary);

/// One JSON object on one line, and back. Throws xdr::Error for a line that is none.
std::string campaign_json(const CampaignResult& result);
CampaignResult campaign_from_json(std::string_view line);

/// Where a scenario was found.
struct Origin {
    std::string how;   ///< `mockxdr explore, policy current, seed 1, schedule 14`
    std::string file;  ///< a name for its file, without folder and ending
    std::string commit = {};
};

Origin origin_of(const Subject& subject, const Campaign& campaign, const Finding& finding);
Origin origin_of(const Subject& subject, const Schedule& counterexample);

/// The scenario of a finding: titled by its cause, its source telling where it was found, with what
/// the policy does in it as its expectation, unless the policy is `complete`, which must be clean.
mockxdr::Scenario found_scenario(const Schedule& schedule, const Subject& subject,
                                 const Origin& origin);

std::string proof_text(const Subject& subject, const Scope& scope, const Proof& proof);

std::string scores_head();
std::string score_line(const Score& score);

/// Scores that later ones are held against, and how they were taken.
struct Baseline {
    std::uint64_t seed = 0;
    int trials = 0;
    std::vector<Score> scores;  ///< names and means only
};

/// As a JSON object, and back. Throws xdr::Error.
std::string baseline_json(const Baseline& baseline);
Baseline baseline_from_json(std::string_view text);

/// What got worse: a mean that grew by more than half, and by more than two schedules.
std::vector<std::string> worse_scores(const std::vector<Score>& now, const Baseline& before);

}  // namespace harness::sim
