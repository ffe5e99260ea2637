#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "fetcher/lookback.hpp"
#include "lookback_model.hpp"
#include "lookback_print.hpp"
#include "xdr/time.hpp"

// The ways in which the published functions lose and repeat incidents: CommonServerPython,
// look-back methods. The number of a trace stands as a tag.

namespace {

using namespace std::chrono_literals;
using namespace fetcher::lookback;
using namespace lookback_model;
using std::chrono::seconds;

Settings settings(Revision revision, std::int64_t limit, std::int64_t look_back_min) {
    return {
        .revision = revision, .limit = limit, .look_back = look_back_min, .first_fetch = "1 hour"};
}

Revision any_revision() { return GENERATE(Revision::documented, Revision::current); }

/// `count` incidents, the first at `from`, one each `every`; ids `<name>1`, `<name>2`, ...
std::vector<Thing> series(const std::string& name, int count, seconds from, seconds every) {
    std::vector<Thing> out;
    for (int i = 0; i < count; ++i)
        out.push_back(prompt(name + std::to_string(i + 1), from + i * every));
    return out;
}

std::set<std::string> distinct(const Ids& ids) { return {ids.begin(), ids.end()}; }

std::size_t duplicates(const Ids& ids) { return ids.size() - distinct(ids).size(); }

const Revision documented = Revision::documented, current = Revision::current;

// ---- loss

TEST_CASE("known incidents fill the answer and hide a late one for ever", "[lookback][L1]") {
    const Server server{.things = {prompt("A", 0s), {.id = "B", .created = 10s, .visible = 50s}}};
    Client client(settings(any_revision(), 1, 1), server);
    CHECK(client.run(20s) == Ids{"A"});
    CHECK(client.run(40s) == Ids{});
    CHECK(request_limit(client.last_run, 1) == 1);
    CHECK(client.run(60s) == Ids{});
    CHECK(client.run_every(20s, 80s, 600s) == Ids{});
}

TEST_CASE("documented loses a prompt incident behind a known one, current does not",
          "[lookback][L2]") {
    const Server server{.things = {prompt("A", 20s), prompt("B", 30s), prompt("C", 30s)}};
    Client loser(settings(documented, 2, 1), server);
    CHECK(loser.run(20s) == Ids{"A"});
    CHECK(loser.run(40s) == Ids{"B"});
    CHECK(loser.run_every(20s, 60s, 600s) == Ids{});
    Client keeper(settings(current, 2, 1), server);
    CHECK(keeper.run(20s) == Ids{"A"});
    CHECK(keeper.run(40s) == Ids{"B", "C"});
    CHECK(keeper.run_every(20s, 60s, 600s) == Ids{});
}

TEST_CASE("an incident hidden from two good runs is lost by an outage", "[lookback][L3]") {
    Client client(settings(any_revision(), 1, 2), {.things = {prompt("A", 10s), prompt("C", 65s)}});
    CHECK(client.run(30s) == Ids{"A"});
    CHECK(client.run_every(30s, 60s, 120s) == Ids{});
    CHECK(client.run_every(30s, 270s, 900s) == Ids{});
}

TEST_CASE("a delay within look_back loses an incident between two runs", "[lookback][L4]") {
    Client client(settings(any_revision(), 10, 5),
                  {.things = {{.id = "A", .created = 30s, .visible = 310s}}});
    CHECK(client.run_every(60s, 60s, 1200s) == Ids{});
}

TEST_CASE("a short delay loses an incident when an outage follows", "[lookback][L4]") {
    Client client(settings(any_revision(), 10, 5),
                  {.things = {{.id = "A", .created = 0s, .visible = 120s}}});
    CHECK(client.run(60s) == Ids{});
    CHECK(client.run_every(60s, 480s, 1200s) == Ids{});
}

TEST_CASE("a match later than look_back is lost", "[lookback][L5]") {
    Client client(settings(any_revision(), 10, 5),
                  {.things = {{.id = "A", .created = 0s, .visible = 360s}}});
    CHECK(client.run_every(60s, 60s, 1200s) == Ids{});
}

TEST_CASE("one page of known ties ends in a jump to now that loses the other ties",
          "[lookback][L6]") {
    Client client(settings(any_revision(), 50, 5),
                  {.things = series("t", 150, -1800s, 0s), .most = 100});
    CHECK(client.run_every(60s, 60s, 120s).size() == 100);
    CHECK(request_limit(client.last_run, 50) == 150);
    CHECK(client.run(180s) == Ids{});
    CHECK(client.last_run.time == std::variant<Null, std::string>("2024-01-02T00:03:00"));
    CHECK(client.run_every(60s, 240s, 1200s) == Ids{});
}

TEST_CASE("one page of a long backlog: documented loses the rest, current gets through",
          "[lookback][L6]") {
    const Server server{.things = series("i", 250, -48h, 10min), .most = 100};
    Settings in = settings(documented, 50, 5);
    in.first_fetch = "3 days";
    Client loser(in, server);
    CHECK(loser.run_every(60s, 60s, 1200s).size() == 100);
    in.revision = current;
    Client keeper(in, server);
    const Ids all = keeper.run_every(60s, 60s, 1200s);
    CHECK(all.size() == 250);
    CHECK(duplicates(all) == 0);
}

TEST_CASE("current loses ties beyond one page, and what follows them, in one jump",
          "[lookback][L6]") {
    Server server{.things = series("t", 150, -48h, 0s), .most = 100};
    const auto later = series("later", 50, -24h, 1s);
    server.things.insert(server.things.end(), later.begin(), later.end());
    Settings in = settings(current, 50, 5);
    in.first_fetch = "3 days";
    Client client(in, server);
    const Ids all = client.run_every(60s, 60s, 1200s);
    CHECK(all.size() == 100);
    CHECK(distinct(all).contains("t100"));
    CHECK_FALSE(distinct(all).contains("later1"));
}

TEST_CASE("an API that refuses the grown limit fails every later run", "[lookback][L7]") {
    Client client(settings(any_revision(), 2, 5),
                  {.things = series("t", 6, -60s, 0s), .refuses_above = 3});
    CHECK(client.run(60s) == Ids{"t1", "t2"});
    CHECK_THROWS(client.run(120s));
    CHECK_THROWS(client.run(3600s));
}

TEST_CASE("newest first answers make current lose a backlog, documented copes", "[lookback][L8]") {
    const Server server{.things = series("i", 6, -50min, 8min), .order = Order::newest_first};
    Client loser(settings(current, 2, 1), server);
    CHECK(loser.run_every(60s, 60s, 1200s) == Ids{"i6", "i5"});
    Client keeper(settings(documented, 2, 1), server);
    CHECK(keeper.run_every(60s, 60s, 180s) == Ids{"i6", "i5", "i4", "i3", "i2", "i1"});
}

TEST_CASE("current in offset mode skips an incident when the window moves", "[lookback][L9]") {
    Settings in = settings(current, 2, 0);
    in.first_fetch = "2 hours";
    const Server server{
        .things = {prompt("i1", -7170s), prompt("i2", -3600s), prompt("i3", -3000s)}};
    Client client(in, server, Offsets::on);
    CHECK(client.run(0s) == Ids{"i1", "i2"});
    CHECK(client.last_run.time == std::variant<Null, std::string>(Null{}));
    CHECK(client.run_every(60s, 60s, 1200s) == Ids{});
}

TEST_CASE("current in offset mode skips an incident when look-back moves the window",
          "[lookback][L9]") {
    const Server server{.things = {prompt("i1", -170s), prompt("i2", -100s), prompt("i3", -90s)}};
    Client client(settings(current, 2, 5), server, Offsets::on);
    client.last_run.time = "2024-01-02T00:01:00";
    CHECK(client.run(120s) == Ids{"i1", "i2"});
    CHECK(client.run_every(60s, 180s, 1200s) == Ids{});
}

TEST_CASE("a client's clock ahead by look_back or more loses prompt incidents", "[lookback][L12]") {
    Client client(settings(any_revision(), 10, 5), {.things = series("i", 20, 90s, 60s)});
    Ids all;
    for (seconds when = 60s; when <= 1500s; when += 60s)
        for (const std::string& id : client.run(when, 600s)) all.push_back(id);
    CHECK(all == Ids{});
}

TEST_CASE("a strict query without look-back loses what shares the newest second",
          "[lookback][L13]") {
    const Revision revision = any_revision();
    const Thing late{.id = "B", .created = 10s, .visible = 70s};
    Client by_delay(settings(revision, 10, 0),
                    {.things = {prompt("A", 10s), late}, .bound = Bound::strict});
    CHECK(by_delay.run_every(60s, 60s, 1200s) == Ids{"A"});
    Client by_limit(settings(revision, 1, 0),
                    {.things = {prompt("A", 10s), prompt("B", 10s)}, .bound = Bound::strict});
    CHECK(by_limit.run_every(60s, 60s, 1200s) == Ids{"A"});
}

// ---- duplicates

TEST_CASE("documented repeats three ties for ever, current does not", "[lookback][K1]") {
    const Server server{.things = series("t", 3, 0s, 0s)};
    Settings in = settings(documented, 1, 1);
    in.first_fetch = "2024-01-01T23:00:00";
    Client repeater(in, server);
    CHECK(repeater.run_every(60s, 60s, 420s) == Ids{"t1", "t2", "t3", "t1", "t2", "t3", "t1"});
    in.revision = current;
    Client keeper(in, server);
    CHECK(keeper.run_every(60s, 60s, 420s) == Ids{"t1", "t2", "t3"});
}

TEST_CASE("documented never leaves the front of a large backlog", "[lookback][K1][L14]") {
    const Server server{.things = series("i", 2000, -2000min, 30s)};
    Settings in = settings(documented, 50, 15);
    in.first_fetch = "2 days";
    Client repeater(in, server);
    const Ids all = repeater.run_every(60s, 60s, 6000s);
    CHECK(all.size() == 100 * 50);
    CHECK(distinct(all).size() == 1550);
    CHECK(distinct(all).contains("i1550"));
    CHECK(all[1550] == "i1");
    in.revision = current;
    Client keeper(in, server);
    const Ids once = keeper.run_every(60s, 60s, 6000s);
    CHECK(once.size() == 2000);
    CHECK(duplicates(once) == 0);
}

TEST_CASE("an outage longer than twice look_back repeats an incident", "[lookback][K2]") {
    const Server server{.things = {{.id = "X", .created = -60s, .visible = 90s},
                                   {.id = "Z", .created = -30s, .visible = 600s},
                                   prompt("A", 50s)}};
    Client client(settings(any_revision(), 10, 5), server);
    CHECK(client.run(60s) == Ids{"A"});
    CHECK(client.run(120s) == Ids{"X"});
    CHECK(client.run(1200s) == Ids{"Z"});
    CHECK(client.run(1260s) == Ids{"A"});
}

/// All that is emitted when look_back goes from 5 minutes to another value after some minutes at
/// one incident and one run a minute.
Ids emitted_around_change(Revision revision, std::int64_t look_back_min, seconds change) {
    Client client(settings(revision, 100, 5), {.things = series("i", 120, 0s, 60s)});
    Ids all = client.run_every(60s, 60s, change);
    client.settings.look_back = look_back_min;
    const Ids more = client.run_every(60s, change + 60s, 7200s);
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

TEST_CASE("look_back raised beyond twice its value repeats incidents", "[lookback][K3]") {
    CHECK(duplicates(emitted_around_change(documented, 30, 23min)) == 14);
    CHECK(duplicates(emitted_around_change(current, 30, 23min)) == 13);
    CHECK(duplicates(emitted_around_change(documented, 30, 60min)) == 20);
    CHECK(duplicates(emitted_around_change(current, 30, 60min)) == 19);
}

TEST_CASE("look_back raised to twice its value repeats nothing", "[lookback][K3]") {
    CHECK(duplicates(emitted_around_change(any_revision(), 10, 60min)) == 0);
}

TEST_CASE("a clock that jumps ahead for one run makes current repeat all it knew",
          "[lookback][K4]") {
    const Server server{.things = {prompt("A", 10s), prompt("B", 20s)}};
    Client repeater(settings(current, 10, 5), server);
    CHECK(repeater.run(60s) == Ids{"A", "B"});
    CHECK(repeater.run(120s, 24h) == Ids{});
    CHECK(repeater.run(180s) == Ids{"A", "B"});
    Client keeper(settings(documented, 10, 5), server);
    CHECK(keeper.run(60s) == Ids{"A", "B"});
    CHECK(keeper.run(120s, 24h) == Ids{});
    CHECK(keeper.run(180s) == Ids{});
}

TEST_CASE("a clock that jumps ahead makes documented repeat once that run emits something",
          "[lookback][K4]") {
    const Thing late{.id = "C", .created = 25s, .visible = 100s};
    Client client(settings(any_revision(), 10, 5),
                  {.things = {prompt("A", 10s), late, prompt("B", 20s)}});
    client.run(60s);
    CHECK(client.run(120s, 24h) == Ids{"C"});
    CHECK(client.run(180s) == Ids{"A", "B"});
}

TEST_CASE("a numeric id is emitted in every run", "[lookback][K6]") {
    Client client(settings(any_revision(), 10, 5), {.things = {prompt(7, 10s)}});
    CHECK(client.run_every(60s, 60s, 6000s) == Ids(100, "7"));
}

TEST_CASE("without look-back documented repeats the newest until a newer one comes",
          "[lookback][K7]") {
    const Server server{.things = {prompt("A", 10s), prompt("B", 200s)}};
    Client repeater(settings(documented, 10, 0), server);
    CHECK(repeater.run_every(60s, 60s, 180s) == Ids{"A", "A", "A"});
    CHECK(repeater.run(240s) == Ids{"A", "B"});
    CHECK(repeater.run(300s) == Ids{"B"});
    Client keeper(settings(current, 10, 0), server);
    CHECK(keeper.run_every(60s, 60s, 300s) == Ids{"A", "B"});
}

TEST_CASE("a crash between emit and save repeats the whole batch", "[lookback][K8]") {
    Client client(settings(any_revision(), 10, 5), {.things = series("i", 3, 0s, 10s)});
    const LastRun saved = client.last_run;
    CHECK(client.run(60s) == Ids{"i1", "i2", "i3"});
    client.last_run = saved;
    CHECK(client.run(120s) == Ids{"i1", "i2", "i3"});
}

// ---- edge cases that take more than one run

TEST_CASE("a limit of 0 loses what the window passes", "[lookback]") {
    Client client(settings(any_revision(), 0, 5), {.things = series("i", 3, -600s, 10s)});
    CHECK(client.run(60s) == Ids{});
    client.settings.limit = 10;
    CHECK(client.run_every(60s, 120s, 600s) == Ids{});
}

TEST_CASE("a negative look_back repeats a full batch in documented, the boundary in current",
          "[lookback]") {
    const Server server{.things = series("i", 4, 0s, 10s)};
    Settings in = settings(documented, 2, -5);
    in.first_fetch = "2024-01-01T23:00:00";
    Client repeater(in, server);
    CHECK(repeater.run_every(60s, 60s, 180s) == Ids{"i1", "i2", "i1", "i2", "i1", "i2"});
    in.revision = current;
    Client client(in, server);
    CHECK(client.run(60s) == Ids{"i1", "i2"});
    CHECK(client.run(120s) == Ids{"i2", "i3"});
}

TEST_CASE("documented piles up ids after look_back went to 0", "[lookback]") {
    Client client(settings(documented, 10, 5), {.things = series("i", 400, 0s, 60s)});
    client.run_every(60s, 60s, 600s);
    client.settings.look_back = 0;
    client.run_every(60s, 660s, 12600s);
    CHECK(client.last_run.found_incident_ids.value_or(FoundIds{}).size() > 185);
    client.run(12660s);
    const std::size_t before = client.last_run.found_incident_ids.value_or(FoundIds{}).size();
    client.run(12720s);
    CHECK(client.last_run.found_incident_ids.value_or(FoundIds{}).size() == before + 1);
}

}  // namespace
