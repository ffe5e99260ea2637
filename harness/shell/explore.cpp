#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>

#include "files.hpp"
#include "found.hpp"
#include "harness/sim/campaign_text.hpp"
#include "harness/zoo.hpp"
#include "simulator.hpp"
#include "twin.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t batch = 20'000;

/// Part i of n of a campaign: every n-th batch.
struct Shard {
    std::uint64_t index = 1, of = 1;
};

Shard read_shard(const std::string& text) {
    const auto slash = text.find('/');
    const auto number = [](const std::string& part) -> std::uint64_t {
        return xdr::is_digits(part) && part.size() < 10 ? std::stoull(part) : 0;
    };
    if (slash != std::string::npos) {
        const Shard shard{.index = number(text.substr(0, slash)),
                          .of = number(text.substr(slash + 1))};
        if (shard.index >= 1 && shard.index <= shard.of) return shard;
    }
    throw xdr::Error({.where = "--shard",
                      .what = "expected i/n with i from 1 to n, got '" + text + "'",
                      .hint = "write it as 2/8"});
}

/// A broken fetcher must be caught before anything is believed.
void check_alarm(std::uint64_t seed) {
    const sim::Subject subject = sim::subject(canary().policy->name());
    const sim::Campaign campaign{.seed = seed, .menu = sim::menu_for(subject)};
    if (!sim::explore(subject, campaign, 0, 200, sim::OnFailure::stop).first)
        throw xdr::Error({.where = "canary",
                          .what = "the fetcher '" + subject.name + "' was not caught",
                          .hint = "the simulator itself is broken: trust no result of it"},
                         xdr::Blame::surroundings);
}

/// One line on a terminal, over and over.
class Ticker {
   public:
    explicit Ticker(Clock::time_point begun) : begun_(begun), shown_(begun) {}
    ~Ticker() { clear(); }
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

    void show(const sim::Summary& summary) {
        const auto now = Clock::now();
        if (!terminal_ || now - shown_ < std::chrono::milliseconds(200)) return;
        shown_ = now;
        const double seconds = std::chrono::duration<double>(now - begun_).count();
        int low = 0;
        for (std::size_t i = 0; i < sim::situation_count; ++i)
            low += summary.situations.at(i) * 100 <
                   summary.schedules * static_cast<std::uint64_t>(sim::floors().at(i).percent);
        std::cerr << "\r" << summary.schedules << " schedules, "
                  << static_cast<std::uint64_t>(static_cast<double>(summary.runs) / seconds)
                  << " runs/s, " << sim::situation_count - static_cast<std::size_t>(low) << " of "
                  << sim::situation_count << " situations at their floors, " << summary.failures
                  << " failures\x1b[K" << std::flush;
        dirty_ = true;
    }

    void clear() {
        if (dirty_) std::cerr << "\r\x1b[K" << std::flush;
        dirty_ = false;
    }

   private:
    Clock::time_point begun_, shown_;
    bool terminal_ = isatty(STDERR_FILENO) != 0, dirty_ = false;
};

/// The first schedule that shows something else in the second process.
std::uint64_t first_difference(const sim::Subject& subject, const sim::Campaign& campaign,
                               Twin& twin, std::uint64_t first, std::uint64_t count) {
    while (count > 1) {
        const std::uint64_t half = count / 2;
        twin.start(first, half);
        const std::uint64_t here =
            sim::explore(subject, campaign, first, half, sim::OnFailure::go_on).digest;
        if (twin.digest() != here) {
            count = half;
        } else {
            first += half;
            count -= half;
        }
    }
    return first;
}

struct Ended {
    sim::Summary summary;
    std::optional<std::uint64_t> differs;  ///< the schedule that is not deterministic
};

Ended run(const ExploreOptions& options, const sim::Subject& subject,
          const sim::Campaign& campaign) {
    const Shard shard = read_shard(options.shard);
    const bool timed = !options.time_limit.empty();
    const auto begun = Clock::now();
    const auto until =
        begun + (timed ? xdr::parse_duration(options.time_limit) : xdr::Millis::zero());
    std::optional<Twin> twin;
    if (!options.once) twin.emplace(subject, campaign);
    Ticker ticker(begun);
    Ended out;
    for (std::uint64_t at = (shard.index - 1) * batch; timed || at < options.schedules;
         at += shard.of * batch) {
        if (timed && Clock::now() >= until) break;
        const std::uint64_t count = timed ? batch : std::min(batch, options.schedules - at);
        if (twin) twin->start(at, count);
        const sim::Summary part = sim::explore(subject, campaign, at, count, sim::OnFailure::go_on);
        if (twin && twin->digest() != part.digest) {
            out.differs = first_difference(subject, campaign, *twin, at, count);
            break;
        }
        out.summary.add(part);
        ticker.show(out.summary);
        if (part.first && !options.go_on) break;
    }
    return out;
}

Exit verdict_of(const sim::Summary& summary) {
    const auto count = [&](Class in) { return summary.classes[static_cast<std::size_t>(in)]; };
    if (count(Class::lost) > 0) return Exit::lost;
    if (count(Class::duplicated) + count(Class::unexpected) > 0) return Exit::duplicated;
    if (count(Class::late) > 0) return Exit::late;
    return summary.disagreements > 0 ? Exit::unknown : Exit::ok;
}

Exit tell_health(const sim::Summary& summary) {
    const sim::Health health = sim::health_of(summary);
    for (const std::string& warning : health.warnings) std::cerr << "warning: " << warning << "\n";
    for (const std::string& failure : health.failures) std::cerr << "FAILED: " << failure << "\n";
    if (summary.schedules == 0 || summary.owed == 0) {
        std::cerr << "FAILED: nothing was owed in " << summary.schedules << " schedules\n";
        return Exit::vacuous;
    }
    return health.failures.empty() ? Exit::ok : Exit::vacuous;
}

void tell_finding(const ExploreOptions& options, const sim::Subject& subject,
                  const sim::Campaign& campaign, const sim::Finding& finding) {
    const sim::Shrunk small = sim::shrunk(subject, campaign, finding);
    std::cout << "\nschedule " << finding.number << " fails; made smaller in " << small.tries
              << " tries from " << campaign.schedule(finding.number).incidents.size()
              << " incidents\n";
    if (!finding.disagreement.empty())
        std::cout << "the two oracles disagree: " << finding.disagreement << "\n";
    tell_found(small.schedule, subject, sim::origin_of(subject, campaign, finding), options.save);
    std::cout << "again     mockxdr explore --policy " << subject.name << " --seed " << options.seed
              << " --schedules " << finding.number + 1 << "\n";
}

Exit add_up(const ExploreOptions& options) {
    std::optional<sim::CampaignResult> sum;
    std::vector<std::string> shards;
    for (const std::string& file : options.summaries) {
        const std::string text = read_text_file(file);
        std::size_t line_number = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string line = text.substr(at, end - at);
            at = end + 1;
            ++line_number;
            if (line.empty()) continue;
            try {
                const sim::CampaignResult one = sim::campaign_from_json(line);
                const std::string part =
                    one.policy + " " + std::to_string(one.seed) + " " + one.shard;
                if (std::find(shards.begin(), shards.end(), part) != shards.end())
                    throw xdr::Error({.where = "",
                                      .what = "seed " + std::to_string(one.seed) + ", shard " +
                                              one.shard + " stands twice",
                                      .hint = "give each result once"});
                shards.push_back(part);
                if (sum && sum->policy != one.policy)
                    throw xdr::Error({.where = "",
                                      .what = "it is of policy " + one.policy +
                                              ", the ones before are of " + sum->policy,
                                      .hint = "add up the results of one policy"});
                if (sum)
                    sum->summary.add(one.summary);
                else
                    sum = one;
            } catch (const xdr::Error& error) {
                throw xdr::Error({.where = file + ":" + std::to_string(line_number),
                                  .what = error.problem().what,
                                  .hint = error.problem().hint});
            }
        }
    }
    if (!sum)
        throw xdr::Error({.where = "--summary",
                          .what = "the files hold no result",
                          .hint = "give files that mockxdr explore --json wrote"});
    sum->shard = std::to_string(shards.size()) + " of them";
    std::cout << (options.json ? sim::campaign_json(*sum) + "\n" : sim::campaign_text(*sum));
    return worst(verdict_of(sum->summary), tell_health(sum->summary));
}

}  // namespace

Exit explore(const ExploreOptions& options) {
    if (!options.summaries.empty()) return add_up(options);
    const sim::Subject subject = sim::subject(options.policy);
    const sim::Campaign campaign{.seed = options.seed, .menu = sim::menu_for(subject)};
    check_alarm(options.seed);
    const Ended ended = run(options, subject, campaign);
    if (ended.differs) {
        std::cout << "schedule " << *ended.differs
                  << " shows something else when it is played again: not deterministic\n";
        return Exit::nondeterminism;
    }
    const sim::CampaignResult result{.policy = subject.name,
                                     .seed = options.seed,
                                     .shard = options.shard,
                                     .summary = ended.summary};
    std::cout << (options.json ? sim::campaign_json(result) + "\n" : sim::campaign_text(result));
    const Exit verdict = verdict_of(ended.summary);
    if (verdict == Exit::ok) {
        if (!options.json) std::cout << "\nnothing found\n";
        return tell_health(ended.summary);
    }
    if (!options.json) tell_finding(options, subject, campaign, *ended.summary.first);
    return verdict;
}

}  // namespace harness
