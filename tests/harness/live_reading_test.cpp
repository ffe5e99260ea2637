#include "live_client.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;
using mockxdr::FilterField;
using mockxdr::Operator;
using Texts = std::vector<std::string>;

namespace {

/// K is 3 for one incident: over at 6m.
std::string world(const std::string& incidents, const std::string& more = "") {
    return R"("fetch": {"every": "1m", "runs": 3, "look_back": "5m", "first_fetch": "1h",
                        "limit": 10, "query": {"status": ["new"]}}, )" +
           more + R"("incidents": [)" + incidents + "]";
}

const std::string one = world(R"({"id": "1", "created": "0s"})");
const std::string late_one = world(R"({"id": "1", "created": "0s", "indexed_after": "2m"})");

/// What a mirror asks for: whatever changed last.
const mockxdr::Query mirror{
    .sort = mockxdr::Sort{mockxdr::SortField::modification_time, mockxdr::Direction::desc}};

const Holding& held(const LiveClient& client, const std::string& id) {
    return client.trial.holding(*client.world.find(IncidentId(id)));
}

}  // namespace

TEST_CASE("a reply that the client did not wait for hands nothing over", "[live]") {
    LiveClient client(one);
    client.fetch(1min, -1h, 1min);
    client.trial.reply_lost(1);
    CHECK(client.verdict_on("1", 6min) == "lost");
    CHECK(held(client, "1").handed_over == 0);
    CHECK(held(client, "1").replies.empty());
    const JournalEntry& entry = client.trial.journal().entries().front();
    CHECK(outcome(entry) == "the client went away before it had the reply");
    CHECK_FALSE(entry.answered());
    CHECK(entry.fresh == 0);
    client.trial.reply_lost(1);
    CHECK(held(client, "1").handed_over == 0);
}

TEST_CASE("what a lost reply held came first with the next one", "[live]") {
    LiveClient client(one, {.strict = true});
    for (int minute = 1; minute <= 3; ++minute) client.fetch(minute * 1min, -1h, minute * 1min);
    client.trial.reply_lost(1);
    CHECK(held(client, "1").first_reply == client.spec.start + 2min);
    CHECK(held(client, "1").replies == std::vector<std::uint64_t>{2, 3});
    CHECK(client.trial.journal().find(2)->fresh == 1);
    CHECK(client.trial.journal().find(3)->fresh == 0);
    CHECK(client.verdict_on("1", 7min) == "duplicated");
    client.trial.reply_lost(3);
    CHECK(held(client, "1").first_reply == client.spec.start + 2min);
    CHECK(client.verdict_on("1", 7min) == "once");
}

TEST_CASE("a lost reply disturbs its interval", "[live]") {
    LiveClient client(one);  // K is 3
    client.fetch(0s, 1h, 2h);
    client.fetch(1min, 1h, 2h);
    client.fetch(4min, -1h, 4min);
    CHECK(client.verdict_on("1", 8min) == "late");
    client.trial.reply_lost(2);
    CHECK(client.verdict_on("1", 8min) == "once");
}

TEST_CASE("first fetch does not count from a lost reply", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "-58m"})"));
    client.fetch(0s, -30min, 0s);
    client.fetch(5min, -30min, 5min);
    CHECK(client.verdict_on("1", 6min) == "lost");
    client.trial.reply_lost(1);
    CHECK(client.verdict_on("1", 6min) == "excused: created before first fetch");
    client.trial.reply_lost(2);
    CHECK(client.verdict_on("1", 6min) == "lost");
}

TEST_CASE("a reply lost after the journal dropped its request changes nothing", "[live]") {
    LiveClient client(one, {.journal = 1});
    client.fetch(1min, -1h, 1min);
    client.fetch(2min, -1h, 2min);
    client.trial.reply_lost(1);
    client.trial.reply_lost(9);
    CHECK(held(client, "1").handed_over == 2);
}

TEST_CASE("only a row that matches counts as handed over", "[live]") {
    const bool strict = GENERATE(false, true);
    LiveClient client(world(R"({"id": "1", "created": "0s",
                                "fields": {"status": "under_investigation"},
                                "updates": [{"at": "2m", "set": {"status": "new"}}]})"),
                      {.strict = strict});
    client.fetch(1min, -1h, 1min);
    CHECK(held(client, "1").handed_over == 0);
    CHECK(held(client, "1").unmatched == 1);
    CHECK(held(client, "1").replies == std::vector<std::uint64_t>{1});
    CHECK(client.verdict_on("1", 1min) == "pending");
    CHECK(client.verdict_on("1", 8min) == "lost");
    client.fetch(3min, 0s, 3min);
    CHECK(client.trial.journal().entries().back().fresh == 1);
    CHECK(held(client, "1").first_reply == client.spec.start + 3min);
    CHECK(client.verdict_on("1", 8min) == "once");
    client.trial.reply_lost(1);
    CHECK(held(client, "1").unmatched == 0);
    CHECK(held(client, "1").handed_over == 1);
}

TEST_CASE("what only a mirror brought is in doubt", "[live]") {
    LiveClient client(late_one);
    const auto endpoint = GENERATE(mockxdr::Endpoint::get_incidents,
                                   mockxdr::Endpoint::get_multiple_incidents_extra_data);
    // A fetcher with too small a look-back, and a mirror that asks more often.
    for (int minute = 1; minute <= 5; ++minute) {
        client.ask(minute * 1min, client.window((minute - 1) * 1min, minute * 1min), endpoint);
        client.ask(minute * 1min + 1s, mirror);
        client.ask(minute * 1min + 2s, mirror);
    }
    const LiveVerdict verdict = client.verdict(6min);
    CHECK(verdict.outcome == Outcome::unknown);
    CHECK(verdict.exit == Exit::unknown);
    CHECK(verdict.incidents[0].doubtful);
    CHECK(verdict.reasons ==
          Texts{"1 incident came, but not in time by " + std::string(name_of(endpoint)) +
                    " with creation_time >=, sorted asc",
                "the client lists in more ways than one, and not each brought what is owed: post "
                "what it keeps to /__mock/accepted"});
    client.accept(5min, {"1"});
    CHECK(client.verdict(6min).outcome == Outcome::pass);
}

TEST_CASE("what each way of listing brought is in no doubt", "[live]") {
    LiveClient client(late_one);
    for (int minute = 1; minute <= 5; ++minute) {
        client.fetch(minute * 1min, -5min, minute * 1min);
        client.ask(minute * 1min + 1s, mirror);
    }
    CHECK(client.verdict(6min).outcome == Outcome::pass);
}

TEST_CASE("a way that brings it late while another is in time is in doubt", "[live]") {
    LiveClient client(late_one);  // visible from 2m on
    for (int minute = 1; minute <= 6; ++minute) {
        client.fetch(minute * 1min, minute < 6 ? minute * 1min : -1h, minute * 1min);
        client.ask(minute * 1min + 1s, mirror);
    }
    CHECK(client.verdict(7min).exit == Exit::unknown);
}

TEST_CASE("a way that was given up for another is not waited for", "[live]") {
    LiveClient client(late_one);
    client.ask(1min, mirror);
    for (int minute = 2; minute <= 5; ++minute) client.fetch(minute * 1min, -1h, minute * 1min);
    CHECK(client.verdict(6min).outcome == Outcome::pass);
    client.ask(5min, mirror);
    CHECK(client.verdict(6min).outcome == Outcome::pass);
}

TEST_CASE("a fetch that stopped is not made good by a mirror that goes on", "[live]") {
    LiveClient client(late_one);
    client.ask(30s, mirror);
    client.fetch(1min, -1h, 1min);
    client.ask(3min, mirror);
    CHECK(client.verdict(6min).outcome == Outcome::unknown);
}

TEST_CASE("a mirror that comes when it is gone is not waited for", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s", "removed_at": "2m"})"));
    client.ask(0s, client.window(1h, 2h));
    client.fetch(1min, -1h, 1min);
    mockxdr::Query query = mirror;
    query.filters = {{FilterField::status, Operator::in, Texts{"under_investigation"}}};
    client.ask(1min, query);
    client.ask(3min, mirror);
    CHECK(client.verdict(6min).outcome == Outcome::pass);
}

TEST_CASE("a probe or a look-up alone is no fetch", "[live]") {
    LiveClient client(one);
    mockxdr::Query query = client.window(-1h, 1min, 1);
    SECTION("a probe") {}
    SECTION("a look-up") {
        query.search_to = 100;
        query.filters = {{FilterField::incident_id_list, Operator::in, Texts{"1"}}};
    }
    client.ask(1min, query);
    client.fetch(1min, 1min, 2min);
    const LiveVerdict verdict = client.verdict(6min);
    CHECK(verdict.outcome == Outcome::unknown);
    CHECK(verdict.incidents[0].doubtful);
    REQUIRE_FALSE(verdict.reasons.empty());
    CHECK(verdict.reasons.front() == "1 incident came only by look-ups, or requests for one row");
}

TEST_CASE("one row at a time is a fetch if the client asks for no more", "[live]") {
    LiveClient client(one);
    client.fetch(1min, -1h, 1min, 1);
    CHECK(client.verdict(6min).outcome == Outcome::pass);
}

TEST_CASE("what no reply held cannot have been kept", "[live]") {
    LiveClient client(one);
    client.accept(1min, {"1"});
    CHECK(client.verdict_on("1", 6min) == "unexpected");
    CHECK(client.verdict(6min).exit == Exit::duplicated);
}

TEST_CASE("what is restricted may be kept by who could read it", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"}, {"id": "2", "created": "0s"})",
                            R"("server": {"restricted": ["2"]},)"));
    SECTION("a client with full keys only owes it") {
        client.ask_fully(1min, client.window(1h, 2h));
        CHECK(client.verdict_on("2", 1min) == "pending");
        CHECK(client.verdict_on("2", 1h) == "lost");
        CHECK(client.trial.ends() == client.spec.start + 7min);
        client.ask_fully(1min, client.window(-1h, 1min));
        CHECK(client.verdict_on("2", 1h) == "once");
        client.accept(1min, {"1", "2"});
        CHECK(client.verdict(1h).outcome == Outcome::pass);
    }
    SECTION("one with other keys too may have it") {
        client.fetch(1min, -1h, 1min);
        CHECK(client.verdict_on("2", 1h) == "excused: the key may not read it");
        client.ask_fully(1min, client.window(-1h, 1min));
        CHECK(client.verdict_on("2", 1h) == "once");
        CHECK(client.verdict(1h).owed == 1);
        client.accept(1min, {"1"});
        CHECK(client.verdict_on("2", 1h) == "excused: the key may not read it");
        client.accept(1min, {"2"});
        CHECK(client.verdict_on("2", 1h) == "once");
    }
    SECTION("one that was not shown it cannot") {
        client.fetch(1min, -1h, 1min);
        client.accept(1min, {"1", "2"});
        CHECK(client.verdict_on("2", 1h) == "unexpected");
    }
}

TEST_CASE("a request that asks for something else is no chance", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s", "removed_at": "3m"})"));
    mockxdr::Query query = client.window(-2h, -1h);
    SECTION("older ones") {}
    SECTION("another status") {
        query = client.window(1h, 2h);
        query.filters[1] = {FilterField::status, Operator::in, Texts{"under_investigation"}};
    }
    client.ask(2min, query);
    CHECK(client.verdict_on("1", 1h) == "excused: gone before a run with room");
    query.filters = {{FilterField::creation_time, Operator::gte, client.spec.start + 1min}};
    client.ask(2min, query);
    CHECK(client.verdict_on("1", 1h) == "lost");
}

TEST_CASE("the request that something waits for is no chance to have it", "[live]") {
    LiveClient client(
        world(R"({"id": "1", "created": "0s", "on": {"request": 1}, "removed_at": "3m"})"));
    client.fetch(1min, -1h, 1min);
    client.world.answered(1, client.spec.start + 1min);
    CHECK(client.verdict_on("1", 1h) == "excused: gone before a run with room");
    client.fetch(1min, 1min, 2min);
    CHECK(client.verdict_on("1", 1h) == "lost");
}

TEST_CASE("a row read again at the window's lower bound is no duplicate", "[live]") {
    LiveClient client(one, {.strict = true});
    client.fetch(1min, -1h, 1min);
    client.fetch(2min, 0s, 2min);
    client.fetch(3min, 0s, 3min);
    CHECK(client.verdict_on("1", 1h) == "once");
    client.fetch(4min, -1ms, 4min);
    CHECK(client.verdict_on("1", 1h) == "duplicated");
}
