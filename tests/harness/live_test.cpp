#include "harness/live.hpp"

#include "live_client.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

std::string world(const std::string& incidents, const std::string& more = "") {
    return R"("fetch": {"every": "1m", "runs": 3, "look_back": "5m", "first_fetch": "1h",
                        "limit": 10, "query": {"status": ["new"]}}, )" +
           more + R"("incidents": [)" + incidents + "]";
}

/// 2 is created first and indexed after 1. K is 3: over at 6m.
const std::string late_one = world(R"({"id": "1", "created": "90s"},
                                      {"id": "2", "created": "30s", "indexed_after": "2m"})");

const mockxdr::Answer reset = mockxdr::ReplyFault(mockxdr::Reset{});

}  // namespace

TEST_CASE("a client that gets all there is passes", "[live]") {
    LiveClient client(late_one);
    for (int minute = 1; minute <= 5; ++minute) client.fetch(minute * 1min, -1h, minute * 1min);
    const LiveVerdict before = client.verdict(6min - 1ms);
    CHECK(before.outcome == Outcome::pending);
    CHECK(before.exit == Exit::unknown);
    const LiveVerdict verdict = client.verdict(6min);
    CHECK(verdict.over);
    CHECK(verdict.outcome == Outcome::pass);
    CHECK(verdict.exit == Exit::ok);
    CHECK(verdict.owed == 2);
    CHECK(verdict.basis == Basis::handed_over);
    CHECK(client.verdict_on("1", 6min) == "once");
    CHECK(verdict.incidents[0].held.handed_over == 4);
    CHECK(verdict.incidents[0].held.replies == std::vector<std::uint64_t>{2, 3, 4, 5});
}

TEST_CASE("an incident that no window held is pending, and lost when it is over", "[live]") {
    LiveClient client(late_one);
    client.fetch(1min, -1h, 1min);
    CHECK(client.verdict_on("2", 2min) == "pending");
    for (int minute = 2; minute <= 6; ++minute)
        client.fetch(minute * 1min, (minute - 1) * 1min, minute * 1min);
    CHECK(client.verdict_on("2", 6min - 1ms) == "pending");
    CHECK(client.verdict_on("2", 6min) == "lost");
    CHECK(client.verdict(6min).outcome == Outcome::fail);
    CHECK(client.verdict(6min).exit == Exit::lost);
    CHECK(client.verdict(6min).reasons == std::vector<std::string>{"1 incident is lost"});
}

TEST_CASE("a client that says that it is done ends it when nothing more happens", "[live]") {
    LiveClient client(late_one);
    client.fetch(1min, -1h, 1min);
    client.trial.done();
    CHECK_FALSE(client.trial.over(client.spec.start + 150s - 1ms));
    CHECK(client.trial.over(client.spec.start + 150s));
    CHECK(client.verdict_on("2", 150s) == "lost");
}

TEST_CASE("faults with a span keep the scenario going", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})",
                            R"("faults": [{"from": "1m", "until": "20m",
                                           "reply": {"status": 500}}],)"));
    CHECK(client.trial.ends() == client.spec.start + 23min);
}

TEST_CASE("what is handed over again is no duplicate, unless that is asked for", "[live]") {
    const bool strict = GENERATE(false, true);
    LiveClient client(world(R"({"id": "1", "created": "0s"})"), {.strict = strict});
    client.fetch(1min, -1h, 1min);
    client.fetch(2min, -1h, 2min);
    const LiveVerdict verdict = client.verdict(1h);
    CHECK(verdict.outcome == (strict ? Outcome::fail : Outcome::pass));
    CHECK(verdict.exit == (strict ? Exit::duplicated : Exit::ok));
    CHECK(verdict.incidents[0].held.replies == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("looking an incident up, or its alerts, is no second time", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})"), {.strict = true});
    client.fetch(1min, -1h, 1min);
    mockxdr::Query by_id = client.window(-1h, 1min);
    client.ask(1min, by_id, mockxdr::Endpoint::get_multiple_incidents_extra_data);
    by_id.filters = {{mockxdr::FilterField::incident_id_list, mockxdr::Operator::in,
                      std::vector<std::string>{"1"}}};
    client.ask(2min, by_id);
    CHECK(client.verdict(1h).incidents[0].held.handed_over == 3);
    CHECK(client.verdict_on("1", 1h) == "once");
}

TEST_CASE("numbers of replies are listed up to twenty", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})"));
    for (int i = 1; i <= 25; ++i) client.fetch(1min, -1h, 1min);
    const Holding held = client.verdict(1h).incidents[0].held;
    CHECK(held.handed_over == 25);
    CHECK(held.replies.size() == 20);
    CHECK(held.replies.back() == 20);
}

TEST_CASE("what the client says that it kept counts more than what it got", "[live]") {
    LiveClient client(late_one);
    client.fetch(3min, -1h, 3min);
    CHECK(client.verdict_on("2", 6min) == "once");
    client.accept(3min, {"1"});
    CHECK(client.verdict(6min).basis == Basis::accepted);
    CHECK(client.verdict_on("1", 6min) == "once");
    CHECK(client.verdict_on("2", 6min) == "lost");
    client.accept(4min, {"1", "2"});
    CHECK(client.verdict_on("1", 6min) == "duplicated");
    CHECK(client.verdict_on("2", 6min) == "once");
    CHECK(client.verdict(6min).exit == Exit::duplicated);
}

TEST_CASE("a duplicate is a failure before the scenario is over", "[live]") {
    LiveClient client(late_one);
    client.fetch(2min, -1h, 2min);
    client.accept(2min, {"1", "1"});
    CHECK(client.verdict(2min).outcome == Outcome::fail);
    CHECK(client.verdict_on("2", 2min) == "pending");
}

TEST_CASE("keeping nothing is a thing to say", "[live]") {
    LiveClient client(late_one);
    client.fetch(3min, -1h, 3min);
    client.accept(3min, {});
    CHECK(client.verdict_on("1", 6min) == "lost");
}

TEST_CASE("ids of no incident are given back and are unexpected", "[live]") {
    LiveClient client(late_one);
    CHECK(client.trial.accept({IncidentId("1"), IncidentId("99")}, client.spec.start + 2min) ==
          std::vector<IncidentId>{IncidentId("99")});
    CHECK(client.verdict_on("99", 3min) == "unexpected");
    CHECK(client.verdict(3min).exit == Exit::duplicated);
}

TEST_CASE("what never matched may be read, and not be kept", "[live]") {
    const std::string keys = world(R"({"id": "1", "created": "0s"},
                 {"id": "3", "created": "0s", "fields": {"status": "resolved_auto"}})");
    LiveClient client(keys);
    CHECK(client.verdict_on("3", 1h) == "excused: never matched the query");
    client.fetch(1min, -1h, 1min);
    CHECK(client.verdict_on("3", 1h) == "excused: never matched the query");
    CHECK(client.verdict(1h).outcome == Outcome::pass);
    client.accept(1min, {"1", "3"});
    CHECK(client.verdict_on("3", 1h) == "unexpected");
    LiveClient strict(keys, {.strict = true});
    strict.fetch(1min, -1h, 1min);
    CHECK(strict.verdict_on("3", 1h) == "unexpected");
}

TEST_CASE("a reply that a fault took away hands nothing over", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})"));
    const mockxdr::Query query = client.window(-1h, 1min);
    client.ask_for_nothing(1min, &query, reset);
    CHECK(client.verdict_on("1", 1min) == "pending");
    CHECK(client.verdict_on("1", 1h) == "lost");
    client.ask(2min, query);
    CHECK(client.verdict_on("1", 1h) == "once");
}

TEST_CASE("later than K intervals after it could be had is late", "[live]") {
    LiveClient client(late_one);  // 2 is visible from 2m30s, K is 3
    client.fetch(1min, -1h, 1min);
    SECTION("at the bound it is not") {
        client.fetch(5min + 30s, -1h, 5min);
        CHECK(client.verdict_on("2", 6min) == "once");
    }
    SECTION("a millisecond later it is") {
        client.fetch(5min + 30s + 1ms, -1h, 5min);
        CHECK(client.verdict_on("2", 6min) == "late");
        CHECK(client.verdict(6min).exit == Exit::late);
    }
    SECTION("an interval in which a fault took a reply does not count") {
        const mockxdr::Query query = client.window(-1h, 3min);
        client.ask_for_nothing(3min, &query, reset);
        client.ask_for_nothing(3min + 1s, &query, reset);
        SECTION("once") {
            client.fetch(6min + 30s, -1h, 5min);
            CHECK(client.verdict_on("2", 7min) == "once");
        }
        SECTION("and no more than once") {
            client.fetch(6min + 30s + 1ms, -1h, 5min);
            CHECK(client.verdict_on("2", 7min) == "late");
        }
    }
}

TEST_CASE("history is not late at the first request, and once though it is not owed", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "-30m"}, {"id": "2", "created": "-58m"})"));
    client.fetch(5min, -1h, 5min);
    CHECK(client.verdict(10min).owed == 1);
    CHECK(client.verdict_on("1", 10min) == "once");
    CHECK(client.verdict_on("2", 10min) == "once");
}

TEST_CASE("first fetch counts from the first request that brought rows", "[live]") {
    LiveClient client(world(R"({"id": "2", "created": "-58m"})"));
    CHECK(client.verdict_on("2", 0s) == "pending");
    const mockxdr::Query query = client.window(-1h, 5min);
    client.ask_for_nothing(1min, &query, reset);
    CHECK(client.verdict_on("2", 1min) == "pending");
    client.fetch(5min, -30min, 5min);
    CHECK(client.verdict_on("2", 6min) == "excused: created before first fetch");
}

TEST_CASE("once the journal has dropped a request nothing passes", "[live]") {
    LiveClient client(late_one, {.journal = 2});
    for (int minute = 1; minute <= 4; ++minute) client.fetch(minute * 1min, -1h, minute * 1min);
    const LiveVerdict verdict = client.verdict(6min);
    CHECK(verdict.evicted == 2);
    CHECK(verdict.outcome == Outcome::unknown);
    CHECK(verdict.exit == Exit::unknown);
    CHECK(client.verdict(5min).outcome == Outcome::pending);
    client.accept(5min, {"1", "1", "2"});
    CHECK(client.verdict(6min).outcome == Outcome::fail);
}

TEST_CASE("what was gone before a reply with a place left is excused", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s", "removed_at": "3m"})"));
    CHECK(client.verdict_on("1", 2min) == "pending");
    SECTION("nobody asked") {
        CHECK(client.verdict_on("1", 3min) == "excused: gone before a run with room");
    }
    SECTION("the reply was lost") {
        const mockxdr::Query query = client.window(-1h, 2min);
        client.ask_for_nothing(2min, &query, reset);
        CHECK(client.verdict_on("1", 1h) == "excused: gone before a run with room");
    }
    SECTION("the client looked elsewhere") {
        client.fetch(2min, 1min, 2min);
        CHECK(client.verdict_on("1", 1h) == "lost");
    }
    SECTION("the client looked another one up") {
        mockxdr::Query query;
        query.filters = {{mockxdr::FilterField::incident_id_list, mockxdr::Operator::in,
                          std::vector<std::string>{"9"}}};
        client.ask(2min, query);
        CHECK(client.verdict_on("1", 1h) == "excused: gone before a run with room");
    }
}

TEST_CASE("a page full of what is new leaves no place", "[live]") {
    const std::string keys = world(R"({"id": "1", "created": "1s", "removed_at": "3m"},
                                      {"id": "2", "created": "0s"})");
    LiveClient client(keys);
    client.fetch(1min, -1h, 1min, 1);
    CHECK(client.verdict_on("1", 1h) == "excused: gone before a run with room");
    LiveClient again(keys);
    again.fetch(1min, -1h, 1min, 1);
    again.fetch(2min, -1h, 2min, 1);
    CHECK(again.verdict_on("1", 1h) == "lost");
}

TEST_CASE("what is had again after its creation_time moved is excused", "[live]") {
    const bool moves = GENERATE(false, true);
    const std::string update = moves ? R"("created": "90s")" : R"("set": {})";
    LiveClient client(
        world(R"({"id": "1", "created": "0s", "updates": [{"at": "2m", )" + update + "}]}"),
        {.strict = true});
    client.fetch(1min, -1h, 1min);
    client.fetch(3min, -1h, 3min);
    CHECK(client.verdict_on("1", 1h) ==
          (moves ? "excused: repeated because its creation_time moved" : "duplicated"));
}

TEST_CASE("restricted incidents are owed to nobody", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"}, {"id": "2", "created": "0s"})",
                            R"("server": {"restricted": ["2"]},)"));
    CHECK(client.verdict_on("2", 0s) == "excused: the key may not read it");
}

TEST_CASE("where nothing is owed nothing is tested", "[live]") {
    const std::string old = R"({"id": "1", "created": "-2h"})";
    LiveClient client(world(old));
    client.fetch(1min, -1h, 1min);
    CHECK(client.verdict(1h).outcome == Outcome::unknown);
    CHECK(client.verdict(1h).exit == Exit::vacuous);
    LiveClient on_purpose(world(old, R"("vacuous": true,)"));
    on_purpose.fetch(1min, -1h, 1min);
    CHECK(on_purpose.verdict(1h).outcome == Outcome::pass);
}

TEST_CASE("a fault that did not fire is told, and with strict it counts", "[live]") {
    const bool strict = GENERATE(false, true);
    LiveClient client(world(R"({"id": "1", "created": "0s"})",
                            R"("faults": [{"run": 1, "crash": "after_emit"},
                                          {"request": 9, "reply": {"reset": true}}],)"),
                      {.strict = strict});
    client.fetch(1min, -1h, 1min);
    const LiveVerdict verdict = client.verdict(1h, {0, 1});
    CHECK(verdict.unfired == std::vector<std::size_t>{1});
    CHECK(verdict.exit == (strict ? Exit::vacuous : Exit::ok));
    CHECK(verdict.outcome == (strict ? Outcome::unknown : Outcome::pass));
    CHECK(client.verdict(1h, {0}).exit == Exit::ok);
}

TEST_CASE("a request that something waits for and that never came tells with strict", "[live]") {
    const bool strict = GENERATE(false, true);
    LiveClient client(world(R"({"id": "1", "created": "0s"},
                               {"id": "2", "created": "0s", "on": {"request": 9}})"),
                      {.strict = strict});
    client.fetch(1min, -1h, 1min);
    client.world.answered(1, client.spec.start + 1min);
    CHECK(client.verdict_on("2", 1min) == "pending");
    CHECK(client.verdict_on("2", 1h) == "excused: never matched the query");
    CHECK(client.verdict(1h).exit == (strict ? Exit::vacuous : Exit::ok));
}

TEST_CASE("unknown is worse than vacuous and milder than what is known to be wrong", "[live]") {
    CHECK(worst(Exit::unknown, Exit::vacuous) == Exit::unknown);
    CHECK(worst(Exit::unknown, Exit::late) == Exit::late);
    CHECK(worst(Exit::ok, Exit::unknown) == Exit::unknown);
}

TEST_CASE("a verdict reads as JSON", "[live]") {
    LiveClient client(late_one);
    client.fetch(2min, -1h, 2min);
    CHECK(to_json(client.verdict(6min)) ==
          R"({"outcome": "fail", "exit": 10, "reasons": ["1 incident is lost"], )"
          R"("at": "2024-01-01T12:06:00Z", "over": true, "ends": "2024-01-01T12:06:00Z", )"
          R"("done": false, "basis": "handed over", "requests": 1, "evicted": 0, )"
          R"("unfired_faults": [], "owed": 2, "counts": {"pending": 0, "once": 1, "lost": 1, )"
          R"("duplicated": 0, "late": 0, "excused": 0, "unexpected": 0}, "pending": [], )"
          R"("lost": ["2"], "duplicated": [], "late": [], "excused": [], "unexpected": [], )"
          R"("incidents": [{"id": "1", "class": "once", "owed": true, )"
          R"("owed_since": "2024-01-01T12:01:30Z", "handed_over": 1, )"
          R"("first_reply": "2024-01-01T12:02:00Z", "replies": [1], "accepted": 0}, )"
          R"({"id": "2", "class": "lost", "owed": true, "owed_since": "2024-01-01T12:02:30Z", )"
          R"("handed_over": 0, "accepted": 0}]})");
}

TEST_CASE("a file that says that nothing is owed is wrong where something is", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})", R"("vacuous": true,)"));
    client.fetch(1min, -1h, 1min);
    CHECK(client.verdict(1h).outcome == Outcome::unknown);
    CHECK(client.verdict(1h).exit == Exit::vacuous);
    CHECK(client.verdict(1h).reasons ==
          std::vector<std::string>{"the file says that nothing is owed, and 1 incident is owed"});
}
