#include "faults/fault_reading.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

/// What became of a list of faults.
struct FaultList {
    std::vector<Fault> faults;
    Texts problems;
};

FaultList read_list(const std::string& list) {
    const json::Document document = json::parse(list, json::Comments::refused);
    Findings findings;
    FaultList out;
    out.faults = read_faults({.value = document.root, .pointer = ""}, findings);
    out.problems = texts(findings);
    return out;
}

/// A fault with these conditions, which must be right.
Fault fault_when(const std::string& conditions) {
    const FaultList list = read_list("[{" + conditions + R"(, "reply": {"cut": true}}])");
    CHECK(list.problems == Texts{});
    REQUIRE(list.faults.size() == 1);
    return list.faults[0];
}

Texts wrong_when(const std::string& conditions) {
    return read_list("[{" + conditions + R"(, "reply": {"cut": true}}])").problems;
}

/// Why faults with these conditions can never fire, in a file of 3 runs, one a minute.
Texts never(const std::string& conditions, Millis latency = 0s) {
    const std::string faults = R"([{)" + conditions + R"(, "reply": {"cut": true}}])";
    const json::Document document =
        json::parse(R"({"fetch": {}, "faults": )" + faults + "}", json::Comments::refused);
    Findings findings;
    Scenario scenario;
    scenario.fetch.runs = 3;
    scenario.server.latency = latency;
    scenario.faults =
        read_faults({.value = *document.root.find("faults"), .pointer = ""}, findings);
    check_faults({.scenario = scenario, .root = document.root, .elements = {}}, findings);
    Texts out;
    for (const Finding& finding : findings) out.push_back(finding.what);
    return out;
}

const std::string when =
    "expected one or more of from and until, request, every, run, endpoint, search_from, "
    "probability";

}  // namespace

TEST_CASE("each condition of a fault is read, alone and with others", "[scenario_faults]") {
    CHECK(fault_when(R"("from": "-1m", "until": "2m")").from == -1min);
    CHECK(fault_when(R"("from": "-1m", "until": "2m")").until == 2min);
    CHECK(fault_when(R"("request": 7)").request == 7);
    CHECK(fault_when(R"("every": 3)").every == 3);
    CHECK(fault_when(R"("run": 2)").run == 2);
    CHECK(fault_when(R"("search_from": 0)").search_from == 0);
    CHECK(fault_when(R"("probability": 0.25)").probability == 0.25);
    CHECK(fault_when(R"("probability": 1)").probability == 1.0);
    CHECK(fault_when(R"("endpoint": "any")").endpoint == std::nullopt);
    Fault all;
    all.from = 1min;
    all.until = 2min;
    all.request = 4;
    all.every = 2;
    all.run = 1;
    all.endpoint = Endpoint::get_multiple_incidents_extra_data;
    all.search_from = 100;
    all.probability = 0.5;
    all.effect = ReplyFault(Cut{});
    CHECK(fault_when(R"("from": "1m", "until": "2m", "request": 4, "every": 2, "run": 1,
        "endpoint": "get_multiple_incidents_extra_data", "search_from": 100,
        "probability": 0.5)") == all);
}

TEST_CASE("a fault looks at get_incidents unless it names another endpoint", "[scenario_faults]") {
    CHECK(fault_when(R"("request": 1)").endpoint == Endpoint::get_incidents);
    for (int i = 0; i <= static_cast<int>(Endpoint::get_versions); ++i) {
        const auto endpoint = static_cast<Endpoint>(i);
        const std::string name(name_of(endpoint));
        CHECK(fault_when(R"("endpoint": ")" + name + "\"").endpoint == endpoint);
    }
    CHECK(wrong_when(R"("endpoint": "get_incident")") ==
          Texts{"1:15: unknown endpoint 'get_incident' (at /0/endpoint); did you mean "
                "get_incidents? expected one of get_incidents, get_incident_extra_data, "
                "get_multiple_incidents_extra_data, update_incident, healthcheck, "
                "get_tenant_info, validate_api_key, get_versions, any"});
    CHECK(wrong_when(R"("endpoint": null)").size() == 1);
}

TEST_CASE("a fault says when", "[scenario_faults]") {
    CHECK(read_list(R"([{"reply": {"cut": true}}])").problems ==
          Texts{"1:2: the fault does not say when (at /0); " + when});
    CHECK(wrong_when(R"("until": "1m")") ==
          Texts{"1:2: the span has one end only (at /0); expected both \"from\" and \"until\""});
    CHECK(wrong_when(R"("run": 1, "from": "1m")").size() == 1);
    CHECK(wrong_when(R"("from": "1m", "until": "1m")") ==
          Texts{"1:2: the fault can never fire: its span is empty (at /0); expected \"until\" "
                "after \"from\""});
}

TEST_CASE("numbers in conditions keep to their range", "[scenario_faults]") {
    CHECK(wrong_when(R"("request": 0)").size() == 1);
    CHECK(wrong_when(R"("every": 0)") ==
          Texts{"1:12: 0 is out of range (at /0/every); expected an integer from 1 to "
                "9223372036854775807"});
    CHECK(wrong_when(R"("run": 0)").size() == 1);
    CHECK(wrong_when(R"("search_from": -1)") ==
          Texts{"1:18: -1 is out of range (at /0/search_from); expected an integer from 0 to "
                "9223372036854775807"});
    for (const std::string number : {"0", "0.0", "-0.5", "1.5", "2"})
        CHECK(wrong_when(R"("probability": )" + number) ==
              Texts{"1:18: " + number +
                    " is out of range (at /0/probability); expected a number above 0, at most 1"});
    CHECK(wrong_when(R"("probability": "0.5")") ==
          Texts{"1:18: found text (at /0/probability); expected a number above 0, at most 1"});
}

TEST_CASE("a page of an endpoint without pages never comes", "[scenario_faults]") {
    CHECK(wrong_when(R"("endpoint": "healthcheck", "search_from": 0)") ==
          Texts{"1:2: the fault can never fire: healthcheck is not asked for pages (at /0); leave "
                "out \"search_from\" or choose another endpoint"});
    CHECK(wrong_when(R"("endpoint": "any", "search_from": 0)").empty());
    CHECK(wrong_when(R"("endpoint": "get_incidents", "search_from": 0)").empty());
}

TEST_CASE("a crash happens in a run and has no other condition", "[scenario_faults]") {
    const FaultList list = read_list(R"([{"run": 4, "crash": "after_emit"}])");
    CHECK(list.problems.empty());
    REQUIRE(list.faults.size() == 1);
    CHECK(list.faults[0].run == 4);
    CHECK(std::get<Crash>(list.faults[0].effect) == Crash::after_emit);
    CHECK(read_list(R"([{"request": 4, "crash": "after_emit"}])").problems ==
          Texts{"1:2: the crash names no run (at /0); expected \"run\" beside \"crash\""});
    for (const std::string other :
         {R"("from": "1m", "until": "2m")", R"("request": 1)", R"("every": 1)",
          R"("endpoint": "any")", R"("search_from": 0)", R"("probability": 1)"})
        CHECK_FALSE(
            read_list(R"([{"run": 4, )" + other + R"(, "crash": "after_emit"}])").problems.empty());
    CHECK(read_list(R"([{"run": 4, "every": 2, "crash": "after_emit"}])").problems ==
          Texts{"1:22: a crash has no condition but its run (at /0/every); leave out \"every\""});
}

TEST_CASE("a restore happens before a run and has no other condition", "[scenario_faults]") {
    const FaultList list = read_list(R"([{"run": 4, "restore": 2}])");
    CHECK(list.problems.empty());
    REQUIRE(list.faults.size() == 1);
    CHECK(list.faults[0].run == 4);
    CHECK(std::get<Restore>(list.faults[0].effect) == Restore{.saves = 2});
    CHECK(read_list(R"([{"request": 4, "restore": 2}])").problems ==
          Texts{"1:2: the restore names no run (at /0); expected \"run\" beside \"restore\""});
    CHECK(read_list(R"([{"run": 4, "every": 2, "restore": 2}])").problems ==
          Texts{"1:22: a restore has no condition but its run (at /0/every); leave out \"every\""});
    CHECK(read_list(R"([{"run": 4, "restore": 0}])").problems ==
          Texts{"1:24: 0 is out of range (at /0/restore); expected an integer from 1 to 1000000"});
}

TEST_CASE("a restore before which there cannot be saves enough is refused", "[scenario_faults]") {
    const auto problems = [](const std::string& fault) {
        try {
            scenario(R"("incidents": [{"id": "1", "created": "0s"}], "faults": [)" + fault + "]");
        } catch (const ScenarioError& error) {
            return error.problems().front().what;
        }
        return std::string();
    };
    CHECK(problems(R"({"run": 3, "restore": 2})") ==
          "the fault can never fire: before run 3 there are at most 2 saves, and it needs 3 "
          "(at /faults/0)");
    CHECK(problems(R"({"run": 4, "restore": 2})").empty());
}

TEST_CASE("a fault of a run that is missed is refused", "[scenario_faults]") {
    const auto problem = [](const std::string& poll) {
        try {
            scenario(R"("incidents": [{"id": "1", "created": "0s"}],
                "faults": [{"run": 2, "crash": "after_emit"}],
                "fetch": {"runs": 3, "polls": [)" +
                     poll + "]}");
        } catch (const ScenarioError& error) {
            return error.problems().front().what;
        }
        return std::string();
    };
    CHECK(problem(R"({"run": 3, "missed": true})").empty());
    CHECK(problem(R"({"run": 2, "late": "1s"})").empty());
    CHECK(problem(R"({"run": 2, "missed": true})") ==
          "the fault can never fire: run 2 is missed (at /faults/0)");
}

TEST_CASE("a fault has one effect", "[scenario_faults]") {
    CHECK(read_list(R"([{"run": 1}])").problems ==
          Texts{"1:2: the fault has no effect (at /0); expected one of \"reply\", \"crash\" and "
                "\"restore\""});
    const Texts several{
        "1:2: the fault has several effects (at /0); expected one of \"reply\", "
        "\"crash\" and \"restore\""};
    CHECK(read_list(R"([{"run": 1, "reply": {"cut": true}, "crash": "after_emit"}])").problems ==
          several);
    CHECK(read_list(R"([{"run": 1, "restore": 1, "crash": "after_emit"}])").problems == several);
    CHECK(read_list("[7]").problems == Texts{"1:2: found an integer (at /0); expected an object"});
    CHECK(read_list("{}").problems == Texts{"1:1: found an object (at ); expected an array"});
}

TEST_CASE("a fault of a run or span that never comes is refused", "[scenario_faults]") {
    CHECK(never(R"("run": 3)").empty());
    CHECK(never(R"("run": 4)") == Texts{"the fault can never fire: there are 3 runs only"});
    CHECK(never(R"("run": 4, "every": 2)").size() == 1);
    CHECK(never(R"("from": "61s", "until": "2m")").size() == 1);
    CHECK(never(R"("from": "61s", "until": "2m", "endpoint": "any")").size() == 1);
    CHECK(never(R"("from": "61s", "until": "2m")", 1s).empty());
    CHECK(never(R"("from": "2m", "until": "3m", "run": 2)").empty());
    CHECK(never(R"("from": "2m", "until": "3m", "run": 3)") ==
          Texts{"the fault can never fire: run 3 starts at 3m, not in its span"});
    CHECK(never(R"("from": "3m", "until": "4m", "run": 2)").size() == 1);
}

TEST_CASE(
    "a fault that a client of serve may meet, or chance bring about, is none that never fires",
    "[scenario_faults]") {
    CHECK(never(R"("endpoint": "update_incident", "from": "61s", "until": "2m")").empty());
    CHECK(never(R"("from": "61s", "until": "2m", "probability": 0.5)").empty());
    CHECK(never(R"("request": 1000000)").empty());
    CHECK(never(R"("every": 1000000)").empty());
}
