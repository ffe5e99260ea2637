#include <algorithm>
#include <iomanip>
#include <iostream>

#include "files.hpp"
#include "harness/sim/campaign_text.hpp"
#include "harness/zoo.hpp"
#include "simulator.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

sim::Baseline read_baseline(const std::string& file) {
    try {
        return sim::baseline_from_json(read_text_file(file));
    } catch (const xdr::Error& error) {
        throw xdr::Error(
            {.where = file, .what = error.problem().what, .hint = "write it with --save"});
    }
}

Exit list_zoo() {
    for (const ZooMember& member : zoo())
        std::cout << std::left << std::setw(30) << member.policy->name() << member.slip << " ("
                  << member.reference << ")\n";
    return Exit::ok;
}

/// In what a baseline is not like these scores: what is then worse may be chance.
void tell_differences(const ZooOptions& options, const sim::Baseline& before,
                      const std::vector<sim::Score>& scores) {
    if (before.seed != options.seed || before.trials != options.trials)
        std::cerr << "warning: " << options.baseline << " is of " << before.trials
                  << " trials with seed " << before.seed << ", this is of " << options.trials
                  << " with seed " << options.seed << ": chance may make a difference\n";
    for (const sim::Score& score : scores)
        if (std::none_of(before.scores.begin(), before.scores.end(),
                         [&](const sim::Score& old) { return old.name == score.name; }))
            std::cerr << "warning: " << score.name << " is not in " << options.baseline
                      << ": write it anew with --save\n";
}

}  // namespace

Exit zoo_scores(const ZooOptions& options) {
    if (options.list) return list_zoo();
    if (!options.save.empty()) check_writable(options.save);
    sim::Baseline before;
    if (!options.baseline.empty()) before = read_baseline(options.baseline);
    sim::Trials trials{.seed = options.seed, .count = options.trials};
    if (options.quick) trials.scope.incidents = 0;
    std::vector<sim::Score> scores;
    std::vector<std::string_view> names{canary().policy->name()};
    for (const ZooMember& member : zoo())
        if (member.policy->name() != names.front()) names.push_back(member.policy->name());
    names.insert(names.end(), {"documented", "current"});
    int survived = 0;
    for (const std::string_view name : names) {
        scores.push_back(sim::score(sim::subject(name), trials));
        std::cout << (scores.size() == 1 ? sim::scores_head() : "")
                  << sim::score_line(scores.back()) << std::flush;
        survived += scores.back().survived > 0;
        if (name != names.front() || survived == 0) continue;
        std::cout << "the canary '" << name << "' survived: the simulator itself is broken\n";
        return Exit::survived;
    }
    if (!options.save.empty())
        write_file(
            options.save,
            sim::baseline_json({.seed = options.seed, .trials = options.trials, .scores = scores}));
    for (const sim::Score& score : scores)
        if (score.survived > 0)
            std::cout << "SURVIVED  " << score.name << " in " << score.survived << " of "
                      << score.trials << " trials\n";
    if (!options.baseline.empty()) tell_differences(options, before, scores);
    const auto worse = sim::worse_scores(scores, before);
    for (const std::string& text : worse) std::cout << "WORSE     " << text << "\n";
    return survived > 0 || !worse.empty() ? Exit::survived : Exit::ok;
}

}  // namespace harness
