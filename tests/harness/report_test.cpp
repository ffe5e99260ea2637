#include "harness/report.hpp"

#include "fetcher/policy.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace harness;

namespace {

const mockxdr::Scenario& world() {
    static const mockxdr::Scenario spec = scenario(R"(
        "fetch": {"every": "20s", "runs": 6, "limit": 1, "look_back": "1m", "first_fetch": "1h"},
        "incidents": [{"id": "A", "created": "0s"},
                      {"id": "B", "created": "10s", "indexed_after": "40s"}],
        "expect": {"documented": {"lost": ["B"]}, "current": "clean"})");
    return spec;
}

Played played(const std::string& policy) {
    Played one;
    one.file = "a.json";
    one.policy = policy;
    one.contract = contract_of(policy);
    one.scenario = &world();
    one.result =
        replay({.scenario = world(), .policy = fetcher::policy(policy), .contract = one.contract},
               direct_link());
    one.judgement = compare(world(), policy, one.result);
    return one;
}

}  // namespace

TEST_CASE("the verdict table has a row for each replay and a sum", "[report]") {
    CHECK(
        verdict_table(
            {played("complete"), played("documented"), played("current"), played("cursor-now")}) ==
        R"(scenario  policy             owed  once  lost  duplicated  late  excused  unexpected  verdict
a.json    complete              2     2     0           0     0        0           0  clean
a.json    documented            2     1     1           0     0        0           0  as expected
a.json    current               2     1     1           0     0        0           0  NOT AS EXPECTED
a.json    cursor-now            2     1     1           0     0        0           0  not judged
4 replays: 1 not as expected, 1 not judged
)");
    CHECK(verdict_table({played("complete")}).ends_with("1 replay: all as expected\n"));
}

TEST_CASE("explanations name the file, the policy and the contract", "[report]") {
    CHECK(explanations(played("complete"), 3).empty());
    const std::string text = explanations(played("documented"), 3);
    CHECK(text.starts_with("\na.json, policy documented, contract window\nlost B: created "));
    CHECK(explanations(played("documented"), 0) ==
          "\na.json, policy documented, contract window\n"
          "1 more; --explain shows all\n");
}

TEST_CASE("a report for programs has all of it", "[report]") {
    CHECK(to_json({played("documented")}) ==
          R"([{"scenario": "a.json", "title": "a test", "policy": "documented", )"
          R"("contract": "window", "runs": 10, "requests": 10, "owed": 2, "lost": ["B"], )"
          R"("duplicated": [], "late": [], "excused": [], "unexpected": [], "judged": true, )"
          R"("as_expected": true, "differences": [], "exit": 0, "incidents": [)"
          R"({"id": "A", "class": "once", "owed": true, "runs": [1]}, )"
          R"({"id": "B", "class": "lost", "owed": true, "runs": []}]}])");
    CHECK(to_json({played("cursor-now")})
              .find(R"("judged": false, "as_expected": null, "differences": [], "exit": 0)") !=
          std::string::npos);
}
