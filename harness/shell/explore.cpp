#include <unistd.h>

#include <chrono>
#include <iostream>
#include <optional>

#include "alarm.hpp"
#include "campaign_verdict.hpp"
#include "command_line.hpp"
#include "files.hpp"
#include "found.hpp"
#include "harness/sim/campaign_text.hpp"
#include "harness/zoo.hpp"
#include "shard.hpp"
#include "simulator.hpp"
#include "stop_signals.hpp"
#include "twin.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t batch = 20'000;

xdr::Millis time_limit(const std::string& text) {
    constexpr xdr::Millis longest = std::chrono::hours{24} * 365;
    const xdr::Millis limit = fetcher::duration_of("--for", text);
    if (limit > xdr::Millis{0} && limit <= longest) return limit;
    throw xdr::Error({.where = "--for",
                      .what = "expected more than 0s and at most 365d, got " + text,
                      .hint = "write it as 60s or 10m"});
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

bool shows_the_same(const sim::Subject& subject, const sim::Campaign& campaign, Twin& twin,
                    std::uint64_t first, std::uint64_t count) {
    twin.start(first, count);
    const std::uint64_t here =
        sim::explore(subject, campaign, first, count, sim::OnFailure::go_on).digest;
    return twin.digest() == here;
}

/// `schedule 17`, the first that shows something else in the second process; the whole stretch
/// where no single one does so again.
std::string first_difference(const sim::Subject& subject, const sim::Campaign& campaign, Twin& twin,
                             std::uint64_t first, std::uint64_t count) {
    std::string stretch =
        "some schedule of " + std::to_string(first) + " to " + std::to_string(first + count - 1);
    while (count > 1) {
        const std::uint64_t half = count / 2;
        const bool same = shows_the_same(subject, campaign, twin, first, half);
        if (same) first += half;
        count = same ? count - half : half;
    }
    if (shows_the_same(subject, campaign, twin, first, 1)) return stretch;
    return "schedule " + std::to_string(first);
}

/// Sends what is told to another stream as long as it lives.
class StoryTo {
   public:
    explicit StoryTo(std::ostream& stream) : before_(std::cout.rdbuf(stream.rdbuf())) {}
    ~StoryTo() { std::cout.rdbuf(before_); }
    StoryTo(const StoryTo&) = delete;
    StoryTo& operator=(const StoryTo&) = delete;

   private:
    std::streambuf* before_;
};

Shard named_shard(const std::string& text) {
    if (const auto shard = read_shard(text)) return *shard;
    throw xdr::Error({.where = "--shard",
                      .what = "expected i/n with i from 1 to n, got '" + text + "'",
                      .hint = "write it as 2/8"});
}

struct Ended {
    sim::Summary summary;
    std::string differs{};  ///< what is not deterministic; empty if all is
    bool stopped = false;   ///< by a signal, before all was played
};

Ended run(const ExploreOptions& options, const sim::Subject& subject,
          const sim::Campaign& campaign) {
    const Shard shard = named_shard(options.shard);
    const std::uint64_t first = options.only.value_or((shard.index - 1) * batch);
    const std::uint64_t end = options.only ? first + 1 : options.schedules;
    const bool timed = !options.time_limit.empty();
    const auto begun = Clock::now();
    const auto until = begun + (timed ? time_limit(options.time_limit) : xdr::Millis{0});
    fetcher::StopSignals signals;  // the second process inherits them, and ends with this one
    std::optional<Twin> twin;
    if (!options.once) twin.emplace(subject, campaign);
    Ticker ticker(begun);
    Ended out;
    for (std::uint64_t at = first; timed || at < end; at += shard.of * batch) {
        if (timed && Clock::now() >= until) break;
        out.stopped = signals.asked();
        if (out.stopped) break;
        const std::uint64_t count = timed ? batch : std::min(batch, end - at);
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

/// What the campaign is asked to play, in words that parts of one campaign share.
std::string asked_of(const ExploreOptions& options) {
    if (options.only) return "schedule " + std::to_string(*options.only);
    return options.time_limit.empty() ? std::to_string(options.schedules) : options.time_limit;
}

/// Of a campaign that was not played to its end.
Exit tell_stopped(const sim::CampaignResult& result, bool json) {
    const sim::Summary& played = result.summary;
    if (!json && played.schedules > 0) std::cout << sim::campaign_text(result);
    if (!json) std::cout << sim::failure_text(result);
    std::cerr << "stopped by a signal after " << played.schedules << " schedules"
              << (json ? "; no result is printed, for it would pass for a whole one" : "") << "\n";
    const Exit verdict = verdict_of(played);
    return verdict == Exit::ok ? Exit::failed : verdict;
}

bool tell_finding(const ExploreOptions& options, const sim::Subject& subject,
                  const sim::Campaign& campaign, const sim::Finding& finding) {
    const sim::Shrunk small = sim::shrunk(subject, campaign, finding);
    std::cout << "\nschedule " << finding.number << " fails; made smaller in " << small.tries
              << " tries from " << campaign.schedule(finding.number).incidents.size()
              << " incidents\n";
    if (!finding.disagreement.empty())
        std::cout << "the two oracles disagree: " << finding.disagreement << "\n";
    const bool confirmed = tell_found(small.schedule, subject,
                                      sim::origin_of(subject, campaign, finding), options.save);
    std::cout << sim::again_text(subject.name, options.seed, finding.number);
    return confirmed || !finding.disagreement.empty();
}

}  // namespace

Exit explore(const ExploreOptions& options) {
    if (!options.summaries.empty()) return add_up(options);
    if (!options.save.empty()) check_folder(options.save);
    const sim::Subject subject = sim::subject(options.policy);
    const sim::Campaign campaign{.seed = options.seed, .menu = sim::menu_for(subject)};
    check_alarm(sim::subject(canary().policy->name()), options.seed);
    const Ended ended = run(options, subject, campaign);
    if (!ended.differs.empty()) {
        std::cout << ended.differs
                  << " shows something else when it is played again: not deterministic\n";
        return Exit::nondeterminism;
    }
    const sim::CampaignResult result{.policy = subject.name,
                                     .seed = options.seed,
                                     .shard = options.shard,
                                     .asked = asked_of(options),
                                     .summary = ended.summary};
    if (ended.stopped) return tell_stopped(result, options.json);
    std::cout << (options.json ? sim::campaign_json(result) + "\n" : sim::campaign_text(result));
    const Exit verdict = verdict_of(ended.summary);
    if (verdict == Exit::ok) {
        const Exit health = tell_health(ended.summary);
        if (!options.json && health == Exit::ok) std::cout << "\nnothing found\n";
        return health;
    }
    if (options.json && options.save.empty()) return verdict;
    // With --json stdout is its line and no other: the story goes to stderr.
    const StoryTo story(options.json ? std::cerr : std::cout);
    const bool confirmed = tell_finding(options, subject, campaign, *ended.summary.first);
    return confirmed ? verdict : Exit::unknown;
}

}  // namespace harness
