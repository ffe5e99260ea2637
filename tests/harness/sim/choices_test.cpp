#include "harness/sim/choices.hpp"

#include <catch2/catch.hpp>

#include "harness/sim/explore.hpp"

using namespace harness::sim;

namespace {

/// Counts how often each number is chosen.
std::vector<int> counts(Mix mix, Feature feature, int n, int least = 0) {
    std::vector<int> out(static_cast<std::size_t>(n), 0);
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        Seeded seeded(seed, mix);
        ++out[static_cast<std::size_t>(seeded.choose(n, feature, least))];
    }
    return out;
}

Schedule from(const Tape& tape, const Menu& menu) {
    Recorded recorded(tape);
    return draw(recorded, menu);
}

}  // namespace

TEST_CASE("the same seed draws the same schedule, another one draws another", "[sim]") {
    const Campaign campaign{.seed = 7};
    CHECK(campaign.schedule(11) == Campaign{.seed = 7}.schedule(11));
    CHECK_FALSE(campaign.schedule(11) == campaign.schedule(12));
    CHECK_FALSE(campaign.schedule(11) == Campaign{.seed = 8}.schedule(11));
}

TEST_CASE("a plain choice takes each number alike, none below what is worth drawing", "[sim]") {
    for (const int count : counts(Mix::all_on, Feature::plain, 4)) CHECK(count > 400);
    const auto bounded = counts(Mix::all_on, Feature::plain, 5, 3);
    CHECK(bounded[0] + bounded[1] + bounded[2] == 0);
    CHECK(bounded[3] > 800);
    CHECK(bounded[4] > 800);
}

TEST_CASE("trouble is left out of dull schedules, and of half of the swarm", "[sim]") {
    CHECK(counts(Mix::bland, Feature::late, 6)[0] == 2000);
    const int all_on = 2000 - counts(Mix::all_on, Feature::late, 6)[0];
    const int swarm = 2000 - counts(Mix::swarm, Feature::late, 6)[0];
    CHECK(all_on > 600);
    CHECK(swarm > all_on / 3);
    CHECK(swarm < all_on * 2 / 3);
}

TEST_CASE("a tape tells a schedule again", "[sim]") {
    const Campaign campaign{.seed = 3};
    for (std::uint64_t number = 0; number < 200; ++number)
        CHECK(from(campaign.tape(number), campaign.menu) == campaign.schedule(number));
}

TEST_CASE("a tape that is too short or says too much still tells a schedule", "[sim]") {
    const Menu menu;
    CHECK(from({}, menu).incidents.size() == 1);
    CHECK(from({}, menu).runs == 0);
    CHECK(from(Tape(300, 255), menu).incidents.size() == most_incidents);
}

TEST_CASE("an odometer meets every tape once", "[sim]") {
    Odometer odometer;
    std::vector<std::vector<int>> met;
    do {
        odometer.rewind();
        const int first = odometer.choose(3, Feature::plain);
        std::vector<int> tape{first};
        for (int i = 0; i < first; ++i) tape.push_back(odometer.choose(2, Feature::late));
        met.push_back(tape);
    } while (odometer.advance());
    CHECK(met == std::vector<std::vector<int>>{
                     {0}, {1, 0}, {1, 1}, {2, 0, 0}, {2, 0, 1}, {2, 1, 0}, {2, 1, 1}});
}

TEST_CASE("an odometer begins at the least that is worth drawing", "[sim]") {
    Odometer odometer;
    std::vector<int> met;
    do {
        odometer.rewind();
        met.push_back(odometer.choose(4, Feature::plain, 2));
    } while (odometer.advance());
    CHECK(met == std::vector<int>{2, 3});
}
