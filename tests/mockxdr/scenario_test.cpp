#include "mockxdr/scenario.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

std::vector<std::string> problems_of(const std::string& keys) {
    std::vector<std::string> out;
    try {
        scenario(keys);
    } catch (const ScenarioError& error) {
        for (const xdr::Problem& problem : error.problems()) out.push_back(to_string(problem));
    }
    return out;
}

const std::string one = R"("incidents": [{"id": "1", "created": "0s"}])";

}  // namespace

TEST_CASE("every part of a scenario is read", "[scenario]") {
    const Scenario read = scenario(R"(
        "source": "a page",
        "server": {"page_cap": 3, "ties": "shuffled", "seed": 7, "latency": "1s",
                   "restricted": ["1"]},
        "fetch": {"every": "30s", "runs": 5, "limit": 2, "look_back": "15m", "first_fetch": "1h",
                  "paging": "single",
                  "query": {"status": ["new"], "starred": true, "alert_sources": ["XDR Agent"],
                            "description": "scan"},
                  "client_clock": [{"from": "5m", "offset": "-10m"}],
                  "changes": [{"at": "9m", "look_back": "30m", "limit": 20}],
                  "polls": [{"run": 2, "late": "20s"}, {"run": 5, "missed": true}]},
        "incidents": [{"id": "1", "created": "-10s", "indexed_after": "6m",
                       "fields": {"status": null}, "absent": ["hosts"], "removed_at": "7m",
                       "updates": [{"at": "5m", "set": {"status": "new"}, "indexed_after": "30s"},
                                   {"at": "6m", "created": "-1m"}]}],
        "faults": [{"from": "1m", "until": "2m", "reply": {"status": 500, "body": "x"}},
                   {"request": 7, "reply": {"reset": true}},
                   {"run": 2, "reply": {"cut": true}},
                   {"run": 3, "reply": {"invalid_json": true}},
                   {"run": 4, "crash": "after_emit"}],
        "expect": {"complete": "clean", "documented": {"lost": ["1"], "excused": []}},
        "vacuous": true)");
    CHECK(read.source == "a page");
    CHECK(read.server == ServerOptions{.page_cap = 3,
                                       .ties = Ties::shuffled,
                                       .seed = 7,
                                       .latency = 1s,
                                       .restricted = {IncidentId("1")}});
    CHECK(read.fetch.every == 30s);
    CHECK(read.fetch.runs == 5);
    CHECK(read.fetch.limit == 2);
    CHECK(read.fetch.look_back == 15min);
    CHECK(read.fetch.first_fetch == "1h");
    CHECK(read.fetch.paging == Paging::single);
    CHECK(read.fetch.query == Wanted{.status = {"new"},
                                     .alert_sources = {"XDR Agent"},
                                     .starred = true,
                                     .description = "scan"});
    CHECK(read.fetch.client_clock == std::vector<ClockChange>{{.from = 5min, .offset = -10min}});
    CHECK(read.fetch.changes ==
          std::vector<SettingChange>{{.at = 9min, .look_back = 30min, .limit = 20}});
    CHECK(read.fetch.polls ==
          std::vector<OddPoll>{{.run = 2, .late = 20s}, {.run = 5, .missed = true}});
    REQUIRE(read.incidents.size() == 1);
    const IncidentSpec& incident = read.incidents[0];
    CHECK(incident.created == -10s);
    CHECK(incident.indexed_after == 6min);
    CHECK(incident.fields == Fields{{"status", json::Null{}}});
    CHECK(incident.absent == std::vector<std::string>{"hosts"});
    CHECK(incident.removed_at == 7min);
    CHECK(incident.updates ==
          std::vector<Update>{{.at = 5min, .set = {{"status", "new"}}, .indexed_after = 30s},
                              {.at = 6min, .created = -1min}});
    REQUIRE(read.faults.size() == 5);
    CHECK(read.faults[0].from == 1min);
    CHECK(read.faults[0].until == 2min);
    CHECK(std::get<ReplyFault>(read.faults[0].effect) ==
          ReplyFault(StatusReply{.status = 500, .body = "x"}));
    CHECK(read.faults[1].request == 7);
    CHECK(std::get<ReplyFault>(read.faults[1].effect) == ReplyFault(Reset{}));
    CHECK(std::get<ReplyFault>(read.faults[2].effect) == ReplyFault(Cut{}));
    CHECK(std::get<ReplyFault>(read.faults[3].effect) == ReplyFault(InvalidJson{}));
    CHECK(read.faults[4].run == 4);
    CHECK(std::get<Crash>(read.faults[4].effect) == Crash::after_emit);
    CHECK(read.expect.at("complete") == Expectation{});
    CHECK(read.expect.at("documented").lost == std::vector{IncidentId("1")});
    CHECK(read.expect.at("documented").excused == std::vector<IncidentId>{});
    CHECK(read.vacuous);
}

TEST_CASE("what a scenario leaves out has its documented default", "[scenario]") {
    const Scenario read = scenario(one);
    CHECK(read.server == ServerOptions{});
    CHECK(read.fetch == FetchOptions{});
    CHECK(read.fetch.every == 1min);
    CHECK(read.fetch.runs == 20);
    CHECK(read.fetch.limit == 50);
    CHECK(read.fetch.look_back == 0s);
    CHECK(read.fetch.first_fetch == "3 days");
    CHECK(read.server.page_cap == 100);
    CHECK(read.faults.empty());
    CHECK(read.expect.empty());
    CHECK_FALSE(read.vacuous);
}

TEST_CASE("a repeat counts from 1, pads, and spaces all its times", "[scenario]") {
    const Scenario read = scenario(R"("incidents": [{"repeat": 3, "id": "2{n:03}",
        "created": "3m", "spacing": "10s", "removed_at": "5m",
        "updates": [{"at": "4m", "set": {"status": "new"}}]}])");
    REQUIRE(read.incidents.size() == 3);
    CHECK(read.incidents[0].id == IncidentId("2001"));
    CHECK(read.incidents[2].id == IncidentId("2003"));
    CHECK(read.incidents[2].created == 3min + 20s);
    CHECK(read.incidents[2].removed_at == 5min + 20s);
    CHECK(read.incidents[2].updates[0].at == 4min + 20s);
    CHECK(scenario(R"("incidents": [{"repeat": 10, "id": "i{n}", "created": "0s"}])")
              .incidents[9]
              .id == IncidentId("i10"));
}

TEST_CASE("expected ids may be a range, padded as its first end", "[scenario]") {
    const Scenario read = scenario(R"(
        "incidents": [{"repeat": 3, "id": "{n:03}", "created": "0s"}],
        "expect": {"documented": {"lost": ["002..003", "001"]}})");
    CHECK(read.expect.at("documented").lost ==
          std::vector{IncidentId("002"), IncidentId("003"), IncidentId("001")});
}

TEST_CASE("an incident has 0 to 1000000000 alerts", "[scenario]") {
    const auto problems = [](const std::string& count) {
        return problems_of(R"("incidents": [{"id": "1", "created": "0s",
            "fields": {"alert_count": )" +
                           count + "}}]");
    };
    CHECK(problems("0").empty());
    CHECK(problems("1000000000").empty());
    CHECK(problems("null").empty());
    for (const std::string count : {"-1", "1000000001"})
        CHECK(problems(count) ==
              std::vector<std::string>{"test.json:2:39: " + count +
                                       " is out of range (at /incidents/0/fields/alert_count); "
                                       "expected an integer from 0 to 1000000000"});
}

TEST_CASE("all that is wrong with a file is said in one go, in the order of the text",
          "[scenario]") {
    CHECK(problems_of(R"("fetch": {"limt": 5, "every": "1 m"},
        "incidents": [{"id": "1", "created": "0s"}, {"id": "1", "created": "0s"}],
        "expect": {"complete": {"lost": ["1", "9"]}})") ==
          std::vector<std::string>{
              "test.json:1:65: unknown key 'limt' (at /fetch/limt); did you mean limit? expected "
              "one of changes, client_clock, every, first_fetch, limit, look_back, max_requests, "
              "paging, polls, query, runs",
              "test.json:1:85: '1 m' is not a duration (at /fetch/every); write it as 90s, 15m, "
              "1h30m, 2d or 250ms",
              "test.json:2:60: the id '1' stands twice (at /incidents/1/id); expected an id that "
              "no other incident has",
              "test.json:3:47: no incident has the id '9' (at /expect/complete/lost/1); expected "
              "an id of \"incidents\""});
    CHECK(problems_of(R"("incidents": [{"id": "1", "created": "0s"}], "server": {"x": 1},
        "expect": {"complete": {"lost": ["1", "9"]}})") ==
          std::vector<std::string>{
              "test.json:1:111: unknown key 'x' (at /server/x); expected one of access, "
              "alert_sources_defect, auth, bad_filter_status, clock, contains_exact_case, "
              "default_order, error_form, integer_ids, latency, multiple_extra_data_cap, "
              "not_found_status, "
              "page_cap, preset, rate_limit, restricted, seed, severity_filter, "
              "starred_false_missing, syntax_errors, ties, total_count_cap, "
              "total_count_off_by, unauthorized_text, "
              "window_status",
              "test.json:2:47: no incident has the id '9' (at /expect/complete/lost/1); expected "
              "an id of \"incidents\""});
}

TEST_CASE("a span of faults between two runs can never fire", "[scenario]") {
    CHECK(problems_of(one + R"(, "fetch": {"runs": 3},
        "faults": [{"from": "61s", "until": "2m", "reply": {"status": 500}}])") ==
          std::vector<std::string>{
              "test.json:2:20: the fault can never fire: no run starts in its span; runs start "
              "every 1m from 1m to 3m (at /faults/0); move it to where a run is, or remove it"});
    CHECK(problems_of(one + R"(, "fetch": {"runs": 3},
        "faults": [{"from": "61s", "until": "120001ms", "reply": {"status": 500}},
                   {"from": "-1m", "until": "61s", "reply": {"status": 500}}])")
              .empty());
    CHECK(problems_of(one + R"(, "fetch": {"runs": 3},
        "faults": [{"from": "181s", "until": "1h", "reply": {"status": 500}}])")
              .size() == 1);
}

TEST_CASE("a file without fetch may have faults at any time", "[scenario]") {
    CHECK(problems_of(one + R"(,
        "faults": [{"from": "61s", "until": "62s", "reply": {"status": 500}}])")
              .empty());
}

TEST_CASE("a scenario is printed as plain JSON even if it is wrong", "[scenario]") {
    CHECK(print_scenario("{ \"limt\": 1, // why\n \"b\": [] }", "a.json") ==
          R"({"limt": 1, "b": []})");
    CHECK(
        problem_of([] { print_scenario("{", "a.json"); }).what.starts_with("a.json:1:2: not JSON"));
}
