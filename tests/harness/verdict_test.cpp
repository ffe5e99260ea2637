#include "harness/verdict.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// A trace written by hand: what runs emitted, whatever fetcher that may have been.
struct Story {
    explicit Story(const std::string& keys) : spec(scenario(keys)), world(spec, noon) {
        trace.drain_runs = 3;
    }

    RunRecord& run(Millis at, std::vector<std::string> emitted = {}) {
        RunRecord record;
        record.number = static_cast<std::int64_t>(trace.runs.size()) + 1;
        record.started = record.ended = record.client_now = noon + at;
        record.limit = spec.fetch.limit;
        record.look_back = spec.fetch.look_back;
        for (std::string& id : emitted) record.emitted.emplace_back(std::move(id));
        record.saved = true;
        trace.runs.push_back(std::move(record));
        return trace.runs.back();
    }

    void failed_run(Millis at) {
        RunRecord& record = run(at);
        record.saved = false;
        record.disturbed = true;
        record.failure = "a request failed";
    }

    /// `lost`, `excused: reason`, … of the first incident, or of the one named.
    std::string verdict(Contract contract, const std::string& id = "1") {
        const Verdict all = judge({.world = world, .scenario = spec, .trace = trace}, contract);
        for (const IncidentVerdict& one : all.incidents)
            if (one.id.text() == id)
                return std::string(name_of(one.verdict)) +
                       (one.excuse ? ": " + std::string(describe(*one.excuse)) : "");
        return "no such id";
    }

    mockxdr::Scenario spec;
    mockxdr::World world;
    Trace trace;
};

std::string keys(const std::string& incident, const std::string& fetch = "") {
    return R"("fetch": {"look_back": "5m", "first_fetch": "1h", "limit": 2)" + fetch +
           R"(, "query": {"status": ["new"]}}, "incidents": [)" + incident + "]";
}

}  // namespace

TEST_CASE("emitted once is once, owed or not", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s"},
                        {"id": "2", "created": "0s", "indexed_after": "30m"})"));
    story.run(1min, {"1"});
    story.run(31min, {"2"});
    CHECK(story.verdict(Contract::reach) == "once");
    CHECK(story.verdict(Contract::reach, "2") == "once");
}

TEST_CASE("owed and never emitted is lost", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "indexed_after": "5m"})"));
    story.run(1min);
    story.run(6min);
    CHECK(story.verdict(Contract::reach) == "lost");
}

TEST_CASE("visible a millisecond later than look_back is not owed by reach", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "indexed_after": "5m1ms"})"));
    story.run(1min);
    story.run(6min);
    CHECK(story.verdict(Contract::reach) == "excused: visible later than look_back");
}

TEST_CASE("a window reaches back look_back, or to the last good run", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "indexed_after": "5m"})"));
    story.run(1min);
    SECTION("a run in time owes it") {
        story.run(5min);
        CHECK(story.verdict(Contract::window) == "lost");
    }
    SECTION("a run a millisecond later does not") {
        story.run(5min + 1ms);
        CHECK(story.verdict(Contract::window) == "excused: visible later than look_back");
        CHECK(story.verdict(Contract::reach) == "lost");
    }
    SECTION("a run that a fault hit owes nothing") {
        story.failed_run(5min);
        story.run(6min);
        CHECK(story.verdict(Contract::window) == "excused: visible later than look_back");
    }
}

TEST_CASE("after an outage the window goes back to the last good run", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "2m"})"));
    story.run(1min);
    story.failed_run(2min);
    story.run(30min);
    CHECK(story.verdict(Contract::window) == "lost");
}

TEST_CASE("the first good run owes all from first fetch on", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "-58m"}, {"id": "2", "created": "-60m"})"));
    story.run(1min);
    CHECK(story.verdict(Contract::window) == "lost");
    CHECK(story.verdict(Contract::reach) == "lost");
    CHECK(story.verdict(Contract::window, "2") == "excused: created before first fetch");
    CHECK(story.verdict(Contract::reach, "2") == "excused: created before first fetch");
}

TEST_CASE("first fetch counts from the first run that was saved", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "-58m"})"));
    story.failed_run(1min);
    story.run(10min);
    CHECK(story.verdict(Contract::reach) == "excused: created before first fetch");
}

TEST_CASE("what never matches is excused, and unexpected if it is emitted", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "fields": {"status": "resolved_auto"}},
                        {"id": "2", "created": "0s", "fields": {"status": "resolved_auto"}})"));
    story.run(1min, {"2", "99"});
    CHECK(story.verdict(Contract::reach) == "excused: never matched the query");
    CHECK(story.verdict(Contract::reach, "2") == "unexpected");
    CHECK(story.verdict(Contract::reach, "99") == "unexpected");
}

TEST_CASE("what disappears is owed only if a good run had room for it", "[verdict]") {
    const std::string removed = R"({"id": "1", "created": "0s", "removed_at": "90s"},
                                   {"id": "2", "created": "0s"}, {"id": "3", "created": "0s"})";
    SECTION("a run with a place left could have taken it") {
        Story story(keys(removed));
        story.run(1min, {"2"});
        CHECK(story.verdict(Contract::reach) == "lost");
        CHECK(story.verdict(Contract::window) == "lost");
    }
    SECTION("a full run could not") {
        Story story(keys(removed));
        story.run(1min, {"2", "3"});
        CHECK(story.verdict(Contract::reach) == "excused: gone before a run with room");
    }
    SECTION("places taken by what was emitted before are no excuse") {
        Story story(keys(removed));
        story.run(30s, {"2", "3"});
        story.run(1min, {"2", "3"});
        CHECK(story.verdict(Contract::reach) == "lost");
    }
    SECTION("it must be there until the run ends") {
        Story story(keys(removed));
        story.run(1min, {"2"}).ended = noon + 90s;
        CHECK(story.verdict(Contract::reach) == "excused: gone before a run with room");
    }
    SECTION("no good run at all") {
        Story story(keys(removed));
        story.failed_run(1min);
        story.run(2min);
        CHECK(story.verdict(Contract::reach) == "excused: gone before a run with room");
        CHECK(story.verdict(Contract::window) == "excused: gone before a run with room");
    }
}

TEST_CASE("a second stretch within reach is owed as well", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "updates": [
        {"at": "30s", "set": {"status": "resolved_auto"}}, {"at": "3m", "set": {"status": "new"}}]})"));
    story.run(1min);
    story.run(4min);
    CHECK(story.verdict(Contract::reach) == "lost");
}

TEST_CASE("modified counts look_back from the last modification", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "fields": {"status": "resolved_auto"},
        "updates": [{"at": "30m", "set": {"status": "new"}, "indexed_after": "5m"}]})"));
    story.run(1min);
    story.run(36min);
    CHECK(story.verdict(Contract::modified) == "lost");
    CHECK(story.verdict(Contract::reach) == "excused: visible later than look_back");
}

TEST_CASE("modified owes again what is modified again in time", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s", "fields": {"status": "resolved_auto"},
        "updates": [{"at": "1m", "set": {"status": "new"}, "indexed_after": "6m"},
                    {"at": "8m", "set": {"starred": true}}]},
        {"id": "2", "created": "-2h", "updates": [{"at": "8m", "set": {"starred": true}}]})"));
    story.run(1min);
    story.run(9min);
    CHECK(story.verdict(Contract::modified) == "lost");
    CHECK(story.verdict(Contract::modified, "2") == "lost");
}

TEST_CASE("emitted more than once is duplicated", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s"}, {"id": "2", "created": "0s"})"));
    story.run(1min, {"1", "2", "2"});
    story.run(2min, {"1"});
    CHECK(story.verdict(Contract::reach) == "duplicated");
    CHECK(story.verdict(Contract::reach, "2") == "duplicated");
}

TEST_CASE("a crash between emitting and saving excuses the batch once", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s"})"));
    const auto crashed = [&](Millis at) {
        RunRecord& run = story.run(at, {"1"});
        run.saved = false;
        run.disturbed = true;
    };
    crashed(1min);
    SECTION("again in a run that saved: excused") {
        story.run(2min, {"1"});
        CHECK(story.verdict(Contract::reach) ==
              "excused: repeated because the last run did not tell of it");
    }
    SECTION("two crashes, each with its batch: excused") {
        crashed(2min);
        story.run(3min, {"1"});
        CHECK(story.verdict(Contract::reach) ==
              "excused: repeated because the last run did not tell of it");
    }
    SECTION("twice in runs that saved: duplicated") {
        story.run(2min, {"1"});
        story.run(3min, {"1"});
        CHECK(story.verdict(Contract::reach) == "duplicated");
    }
    SECTION("saved first and then again in a crash: duplicated") {
        story.trace.runs.clear();
        story.run(1min, {"1"});
        crashed(2min);
        CHECK(story.verdict(Contract::reach) == "duplicated");
    }
    SECTION("twice in one run: duplicated") {
        story.run(2min, {"1", "1"});
        CHECK(story.verdict(Contract::reach) == "duplicated");
    }
    SECTION("never again: once") {
        story.run(2min);
        CHECK(story.verdict(Contract::reach) == "once");
    }
}

TEST_CASE("later than K runs after the first chance is late", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "0s"})"));
    story.trace.drain_runs = 3;
    story.run(1min);
    story.failed_run(2min);
    story.run(3min);
    SECTION("in the third good run it is in time") {
        story.run(4min, {"1"});
        CHECK(story.verdict(Contract::reach) == "once");
    }
    SECTION("in the fourth it is late") {
        story.run(4min);
        story.run(5min, {"1"});
        CHECK(story.verdict(Contract::reach) == "late");
    }
}

TEST_CASE("what becomes visible after the last scripted run is not owed", "[verdict]") {
    Story story(keys(R"({"id": "1", "created": "2m"})"));
    story.run(1min);
    story.run(2min).drain = true;
    CHECK(story.verdict(Contract::reach) == "excused: visible only after the last scripted run");
}

TEST_CASE("restricted incidents are not owed, and not to be emitted", "[verdict]") {
    Story story(R"("server": {"restricted": ["1", "2"]}, "incidents": [
        {"id": "1", "created": "0s"}, {"id": "2", "created": "0s"}])");
    story.run(1min, {"2"});
    CHECK(story.verdict(Contract::reach) == "excused: the key may not read it");
    CHECK(story.verdict(Contract::reach, "2") == "unexpected");
}

TEST_CASE("with a page cap of one complete promises nothing", "[verdict]") {
    Story story(R"("server": {"page_cap": 1}, "incidents": [{"id": "1", "created": "0s"}])");
    story.run(1min);
    CHECK(story.verdict(Contract::reach) == "excused: hit by a fault outside the promise");
    CHECK(story.verdict(Contract::window) == "lost");
}

TEST_CASE("where look_back changed, the least of its values counts", "[verdict]") {
    const std::string late = R"({"id": "1", "created": "8m", "indexed_after": "4m"})";
    const auto verdict = [&](const std::string& changes) {
        Story story(keys(late, R"(, "changes": [)" + changes + "]"));
        story.run(1min);
        story.run(20min);
        return story.verdict(Contract::reach);
    };
    CHECK(verdict(R"({"at": "10m", "look_back": "3m"})") ==
          "excused: visible later than look_back");
    CHECK(verdict(R"({"at": "13m", "look_back": "3m"})") == "lost");
    CHECK(verdict(R"({"at": "5m", "look_back": "3m"})") == "excused: visible later than look_back");
    CHECK(verdict(R"({"at": "1m", "look_back": "3m"}, {"at": "9m", "look_back": "5m"})") ==
          "excused: visible later than look_back");
    CHECK(verdict(R"({"at": "1m", "look_back": "3m"}, {"at": "7m", "look_back": "5m"})") == "lost");
    CHECK(verdict(R"({"at": "10m", "limit": 3})") == "lost");
}

TEST_CASE("the drain has room for all that matched", "[verdict]") {
    Story story(keys(R"({"repeat": 5, "id": "{n}", "created": "0s"},
        {"id": "6", "created": "0s", "indexed_after": "1h"},
        {"id": "7", "created": "0s", "fields": {"status": null}},
        {"id": "8", "created": "10m"})"));
    CHECK(drain_runs(story.world, story.spec) == 4 + 2);
    story.spec.fetch.changes.push_back({.at = 1min, .look_back = std::nullopt, .limit = 1});
    CHECK(drain_runs(story.world, story.spec) == 7 + 2);
}

TEST_CASE("each policy has its contract", "[verdict]") {
    CHECK(contract_of("complete") == Contract::reach);
    CHECK(contract_of("complete-modified") == Contract::modified);
    for (const std::string_view name : {"documented", "current", "cursor-now", "anything"})
        CHECK(contract_of(name) == Contract::window);
}
