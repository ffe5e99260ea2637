#include "harness/sim/explore.hpp"

#include <catch2/catch.hpp>

#include "harness/sim/campaign_text.hpp"
#include "harness/sim/omniscient.hpp"
#include "harness/sim/player.hpp"
#include "harness/zoo.hpp"
#include "print.hpp"
#include "rows.hpp"

using namespace harness;
using namespace harness::sim;
using namespace std::chrono_literals;

namespace {

Campaign campaign_for(const Subject& subject, std::uint64_t seed) {
    return {.seed = seed, .menu = menu_for(subject)};
}

/// One incident, created at once and seen `delay` slots later; look_back of two slots.
Schedule one_incident(std::uint8_t delay) {
    Schedule schedule;
    schedule.runs = 3;
    schedule.look_back = 2;
    schedule.incidents.push_back({.delay = delay});
    return schedule;
}

/// What the second oracle says of a ruling in which the first incident has this class.
std::string opinion_on(const Schedule& schedule, Class verdict) {
    const World world(schedule);
    const Judge judge(schedule, world, Contract::reach);
    Omniscient omniscient(schedule, world, Contract::reach);
    const SweepFetcher fetcher(fetcher::TimeField::creation_time);
    Player<SweepFetcher> player(schedule, world, judge, fetcher);
    Ruling ruling = player.play([&](const RunFacts& run, const auto&) { omniscient.see(run); });
    ruling.classes[0] = verdict;
    Tally tally = player.tally();
    if (verdict == Class::excused) tally.marks[0].emissions = 0;
    return omniscient.disagreement(judge, tally, ruling);
}

}  // namespace

TEST_CASE("the product's sweeps lose and repeat nothing in thousands of schedules", "[sim]") {
    for (const std::string_view name : {"complete", "complete-modified"}) {
        const Subject complete = subject(name);
        const Summary summary =
            explore(complete, campaign_for(complete, 2), 0, 20'000, OnFailure::go_on);
        CHECK(summary.failures == 0);
        CHECK(summary.disagreements == 0);
        CHECK(summary.owed > 20'000);
        CHECK(health_of(summary).failures == std::vector<std::string>{});
        CHECK(health_of(summary).warnings == std::vector<std::string>{});
    }
}

TEST_CASE("the two oracles agree on whatever a fetcher does", "[sim]") {
    std::vector<std::string> names{"documented", "current"};
    for (const ZooMember& member : zoo()) names.emplace_back(member.policy->name());
    for (const std::string& name : names) {
        const Subject any = subject(name);
        const Summary summary =
            explore(any, {.seed = 1, .menu = menu_for(any)}, 0, 1000, OnFailure::go_on);
        INFO(name);
        CHECK(summary.disagreements == 0);
    }
}

TEST_CASE("what is shown does not depend on compiler, optimiser or machine", "[sim]") {
    // Pinned: a change of the generator or of what a fetcher does changes it, nothing else may.
    const Subject complete = subject("complete");
    const Summary summary = explore(complete, campaign_for(complete, 1), 0, 2000, OnFailure::go_on);
    CHECK(summary.digest == 0x232ba9d77c3de41bU);
}

TEST_CASE("a campaign in two parts is the whole one", "[sim]") {
    const Subject current = subject("current");
    const Campaign campaign = campaign_for(current, 4);
    const Summary whole = explore(current, campaign, 0, 400, OnFailure::go_on);
    Summary parts = explore(current, campaign, 150, 250, OnFailure::go_on);
    parts.add(explore(current, campaign, 0, 150, OnFailure::go_on));
    CHECK(campaign_json({.policy = "current", .summary = parts}) ==
          campaign_json({.policy = "current", .summary = whole}));
    REQUIRE(whole.first);
    CHECK(parts.first->number == whole.first->number);
}

TEST_CASE("the first failure ends a campaign that is to stop there", "[sim]") {
    const Subject broken = subject(canary().policy->name());
    const Summary summary = explore(broken, campaign_for(broken, 1), 0, 1000, OnFailure::stop);
    REQUIRE(summary.first);
    CHECK(summary.failures == 1);
    CHECK(summary.schedules == summary.first->number + 1);
}

TEST_CASE("an outcome names the worst class", "[sim]") {
    const auto worst = [](std::initializer_list<Class> classes) {
        Ruling ruling;
        for (const Class verdict : classes) ruling.classes.push_back(verdict);
        return worst_of(ruling);
    };
    CHECK(worst({Class::once, Class::excused}) == std::nullopt);
    CHECK(worst({Class::late, Class::duplicated, Class::once}) == Class::duplicated);
    CHECK(worst({Class::unexpected, Class::duplicated, Class::lost}) == Class::lost);
}

TEST_CASE("the second oracle objects to an excuse for what is plainly owed", "[sim]") {
    CHECK(opinion_on(one_incident(1), Class::once).empty());
    CHECK(opinion_on(one_incident(1), Class::excused) == "incident 1 is excused, and plainly owed");
    CHECK(opinion_on(one_incident(3), Class::excused).empty());
}

TEST_CASE("the second oracle objects to an obligation that nobody could meet", "[sim]") {
    const Schedule schedule = one_incident(0);
    const World world(schedule);
    const Judge judge(schedule, world, Contract::reach);
    const Omniscient blind(schedule, world, Contract::reach);  // it saw no run
    Tally tally = judge.begin();
    tally.last_scripted = start_ms + 240'000;
    tally.first_fetch = start_ms - 3'600'000;
    Ruling ruling = judge.rule(tally);
    REQUIRE(ruling.classes[0] == Class::lost);
    // Without runs nothing counts as scripted for it either; then it has no opinion.
    CHECK(blind.disagreement(judge, tally, ruling).empty());
    Omniscient busy(schedule, world, Contract::reach);
    RunFacts disturbed;
    disturbed.number = 1;
    disturbed.started = disturbed.ended = start_ms + 240'000;
    disturbed.disturbed = true;
    busy.see(disturbed);
    CHECK(busy.disagreement(judge, tally, ruling) ==
          "incident 1 is owed, and nobody could have had it");
}

TEST_CASE("delays are counted in whole slots, quantiles rounded up", "[sim]") {
    Delays delays;
    CHECK(delays.quantile(50) == 0ms);
    for (const Ms delay : {0, 1, 30'000, 30'001, 3'600'000}) delays.add(delay);
    CHECK(delays.total() == 5);
    CHECK(delays.quantile(20) == 0s);
    CHECK(delays.quantile(60) == 30s);
    CHECK(delays.quantile(80) == 60s);
    CHECK(delays.quantile(100) == 63 * slot);
}

TEST_CASE("a fetcher that emits more than there is room for is refused", "[sim]") {
    struct Flood final : fetcher::Policy {
        struct Run final : fetcher::Run {
            fetcher::Step begin() override {
                fetcher::Batch batch;
                for (int i = 0; i < 65; ++i)
                    batch.incidents.push_back(row("1", fetcher::TimePoint{}));
                return batch;
            }
            fetcher::Step on_page(const fetcher::Page&) override { return fetcher::Failed{}; }
        };
        std::string_view name() const override { return "flood"; }
        std::unique_ptr<fetcher::Run> start(const fetcher::Parameters&, const fetcher::State&,
                                            fetcher::TimePoint) const override {
            return std::make_unique<Run>();
        }
    };
    const Flood flood;
    CHECK(problem_of([&] { outcome_of(subject(flood), one_incident(0)); }).what ==
          "a run emitted more than 64 incidents");
}

TEST_CASE("a campaign's result survives JSON", "[sim]") {
    const Subject broken = subject("newest-first");
    const CampaignResult result{
        .policy = "newest-first",
        .seed = std::uint64_t{1} << 63U,
        .shard = "2/3",
        .summary = explore(broken, campaign_for(broken, 9), 0, 300, OnFailure::go_on)};
    REQUIRE(result.summary.first);
    const std::string line = campaign_json(result);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(campaign_json(campaign_from_json(line)) == line);
    CHECK(campaign_text(campaign_from_json(line)) == campaign_text(result));
}

TEST_CASE("what is no result of a campaign is refused", "[sim]") {
    const std::string good = campaign_json({.policy = "complete"});
    CHECK(campaign_from_json(good).policy == "complete");
    const auto refused = [](const std::string& line) {
        return problem_of([&] { campaign_from_json(line); }).what;
    };
    CHECK(refused("[]") == "expected a JSON object");
    CHECK(refused("{}") == "the key version is missing");
    CHECK(refused(R"({"version": 2})") == "it is of another version");
    std::string broken = good;
    broken.replace(broken.find("\"schedules\": 0"), 14, "\"schedules\": -");
    CHECK_THROWS_AS(campaign_from_json(broken), xdr::Error);
    broken = good;
    broken.replace(broken.find("\"seed\": \"1\""), 11, "\"seed\": \"-1\"");
    CHECK(refused(broken) == "the seed '-1' is no number");
    broken = good;
    broken.replace(broken.find("\"classes\": [0"), 13, "\"classes\": [\"");
    CHECK_THROWS_AS(campaign_from_json(broken), xdr::Error);
}

TEST_CASE("a situation that is too rare fails a campaign that is long enough", "[sim]") {
    Summary summary;
    summary.schedules = 20'000;
    CHECK(health_of(summary).failures.size() == situation_count);
    CHECK(health_of(summary).failures.front() ==
          "too rare: late inside the look-back, 0.0% of at least 40%");
    summary.situations.fill(20'000);
    CHECK(health_of(summary).failures.empty());
    summary.excused_schedules = 2001;
    summary.vacuous_schedules = 1001;
    CHECK(health_of(summary).warnings.size() == 2);
    summary = {};
    summary.schedules = 100;
    CHECK(health_of(summary).failures.empty());
}
