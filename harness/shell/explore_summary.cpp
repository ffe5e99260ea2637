#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "campaign_verdict.hpp"
#include "files.hpp"
#include "harness/sim/campaign_text.hpp"
#include "shard.hpp"
#include "simulator.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

constexpr const char* give_lines = "give the lines that mockxdr explore --json printed";

[[noreturn]] void refuse(const std::string& where, const std::string& what,
                         const std::string& hint) {
    throw xdr::Error({.where = where, .what = what, .hint = hint});
}

/// Results of one policy; of each seed all parts of one division, each once.
class Sum {
   public:
    void add(const sim::CampaignResult& one) {
        if (parts_.empty()) sum_ = {.policy = one.policy, .seed = one.seed, .asked = one.asked};
        if (sum_.asked != one.asked)
            refuse("",
                   "it is of a campaign of " + one.asked + ", the ones before are of " + sum_.asked,
                   "add up the parts of one campaign");
        if (sum_.policy != one.policy)
            refuse("", "it is of policy " + one.policy + ", the ones before are of " + sum_.policy,
                   "add up the results of one policy");
        const std::string seed = std::to_string(one.seed);
        if (one.shard.starts_with("sum of"))
            refuse("", "it is a sum itself", "give the results that it was made from");
        const auto shard = read_shard(one.shard);
        if (!shard) refuse("", "'" + one.shard + "' is no shard", give_lines);
        const auto [division, is_new] = divisions_.emplace(one.seed, shard->of);
        if (division->second != shard->of)
            refuse("",
                   "seed " + seed + " is divided by " + std::to_string(shard->of) +
                       " here and by " + std::to_string(division->second) + " before",
                   "add up the parts of one division");
        if (!parts_[one.seed].insert(shard->index).second)
            refuse("", "seed " + seed + ", shard " + one.shard + " stands twice",
                   "give each result once");
        sum_.summary.add(one.summary);
    }

    sim::CampaignResult finish() {
        std::size_t count = 0;
        for (const auto& [seed, parts] : parts_) {
            count += parts.size();
            const std::uint64_t of = divisions_.at(seed);
            if (parts.size() == of) continue;
            std::cerr << "FAILED: seed " << seed << " has " << parts.size() << " of " << of
                      << " shards; missing: " << missing(parts, of) << "\n";
            complete_ = false;
        }
        sum_.seeds = parts_.size();
        sum_.shard = "sum of " + std::to_string(count);
        return sum_;
    }

    /// Whether no shard is missing; after `finish`.
    bool is_complete() const { return complete_; }
    bool has_one_seed() const { return parts_.size() == 1; }

   private:
    using Indexes = std::set<std::uint64_t>;

    /// `2/8, 5/8`: the first few.
    static std::string missing(const Indexes& parts, std::uint64_t of) {
        constexpr int most = 10;
        std::string out;
        int named = 0;
        for (std::uint64_t index = 1; index <= of; ++index) {
            if (parts.contains(index)) continue;
            if (++named > most) return out + " and more";
            out += (named > 1 ? ", " : "") + std::to_string(index) + "/" + std::to_string(of);
        }
        return out;
    }

    sim::CampaignResult sum_;
    bool complete_ = true;
    std::map<std::uint64_t, std::uint64_t> divisions_;  ///< by seed
    std::map<std::uint64_t, Indexes> parts_;            ///< the same
};

void add_file(const std::string& file, Sum& sum) {
    const std::string text = read_text_file(file);
    std::size_t number = 0, results = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.empty()) continue;
        ++results;
        try {
            sum.add(sim::campaign_from_json(line));
        } catch (const xdr::Error& error) {
            const std::string& hint = error.problem().hint;
            refuse(file + ":" + std::to_string(number), error.problem().what,
                   hint.empty() ? give_lines : hint);
        }
    }
    if (results == 0) refuse(file, "it holds no result", give_lines);
}

}  // namespace

Exit add_up(const ExploreOptions& options) {
    Sum sum;
    for (const std::string& file : options.summaries) add_file(file, sum);
    const sim::CampaignResult result = sum.finish();
    std::cout << (options.json ? sim::campaign_json(result) + "\n" : sim::campaign_text(result));
    const Exit missing = sum.is_complete() ? Exit::ok : Exit::vacuous;
    const Exit verdict = verdict_of(result.summary);
    if (verdict == Exit::ok) {
        const Exit health = worst(missing, tell_health(result.summary));
        if (!options.json && health == Exit::ok) std::cout << "\nnothing found\n";
        return health;
    }
    if (!options.json && result.summary.first && sum.has_one_seed())
        std::cout << sim::failure_text(result);
    return worst(verdict, missing);
}

}  // namespace harness
