#include "harness/judgement.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace harness;

namespace {

struct Fixture {
    mockxdr::Scenario spec = scenario(R"(
        "incidents": [{"id": "1", "created": "0s"}, {"id": "2", "created": "0s"}],
        "expect": {"documented": {"lost": ["1"]}, "current": {"excused": ["2"]}})");
    Result result;

    Judgement judged(const std::string& policy, Class first, Class second = Class::once) {
        result.verdict.owed = 2;
        result.verdict.incidents = {{.id = IncidentId("1"),
                                     .verdict = first,
                                     .excuse = {},
                                     .owed = true,
                                     .owed_since = {},
                                     .runs = {}},
                                    {.id = IncidentId("2"),
                                     .verdict = second,
                                     .excuse = {},
                                     .owed = true,
                                     .owed_since = {},
                                     .runs = {}}};
        return compare(spec, policy, result);
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "complete is expected to be clean without saying so", "[judgement]") {
    CHECK(judged("complete", Class::once).exit == Exit::ok);
    CHECK(judged("complete", Class::excused).exit == Exit::ok);
    const Judgement lost = judged("complete", Class::lost);
    CHECK(lost.exit == Exit::lost);
    CHECK(lost.differences == std::vector<std::string>{"lost, and not expected to be: 1"});
    CHECK(judged("complete", Class::duplicated).exit == Exit::duplicated);
    CHECK(judged("complete", Class::unexpected).exit == Exit::duplicated);
    CHECK(judged("complete", Class::late).exit == Exit::late);
}

TEST_CASE_METHOD(Fixture, "other policies are judged only where the file says something",
                 "[judgement]") {
    const Judgement free = judged("cursor-now", Class::lost);
    CHECK_FALSE(free.judged);
    CHECK(free.exit == Exit::ok);
}

TEST_CASE_METHOD(Fixture, "an expected loss is as expected, no more and no less", "[judgement]") {
    CHECK(judged("documented", Class::lost).exit == Exit::ok);
    const Judgement none = judged("documented", Class::once);
    CHECK(none.exit == Exit::lost);
    CHECK(none.differences == std::vector<std::string>{"expected to be lost, and is not: 1"});
    const Judgement both = judged("documented", Class::lost, Class::lost);
    CHECK(both.exit == Exit::lost);
    CHECK(both.differences == std::vector<std::string>{"lost, and not expected to be: 2"});
    CHECK(judged("documented", Class::lost, Class::duplicated).exit == Exit::duplicated);
}

TEST_CASE_METHOD(Fixture, "excuses are judged only where the file names them", "[judgement]") {
    CHECK(judged("current", Class::once, Class::excused).exit == Exit::ok);
    CHECK(judged("current", Class::once, Class::once).exit == Exit::late);
}

TEST_CASE_METHOD(Fixture, "a scenario that owes nothing or whose fault never fired is vacuous",
                 "[judgement]") {
    judged("complete", Class::once);
    result.verdict.owed = 0;
    CHECK(compare(spec, "complete", result).exit == Exit::vacuous);
    spec.vacuous = true;
    CHECK(compare(spec, "complete", result).exit == Exit::ok);
    result.verdict.owed = 1;
    CHECK(compare(spec, "complete", result).differences ==
          std::vector<std::string>{"the file says that nothing is owed, and 1 incidents are"});
    spec.vacuous = false;
    result.trace.unfired = {1};
    const Judgement unfired = compare(spec, "complete", result);
    CHECK(unfired.exit == Exit::vacuous);
    CHECK(unfired.differences == std::vector<std::string>{"fault 1 (at /faults/1) never fired"});
}

TEST_CASE("differences name ids as expect takes them", "[judgement]") {
    const mockxdr::Scenario spec =
        scenario(R"("incidents": [{"repeat": 12, "id": "{n:02}", "created": "0s"}])");
    Result result;
    result.verdict.owed = 1;
    for (const std::string id : {"01", "02", "03", "05", "06", "09", "x", "x1", "x2"})
        result.verdict.incidents.push_back({.id = IncidentId(id),
                                            .verdict = Class::lost,
                                            .excuse = {},
                                            .owed = true,
                                            .owed_since = {},
                                            .runs = {}});
    CHECK(
        compare(spec, "complete", result).differences ==
        std::vector<std::string>{"lost, and not expected to be: 01..03, 05, 06, 09, x and 2 more"});
}

TEST_CASE("the worst exit code wins", "[judgement]") {
    using enum Exit;
    const std::vector order{failed, usage, lost, duplicated, late, vacuous, ok};
    for (std::size_t i = 0; i < order.size(); ++i)
        for (std::size_t k = i; k < order.size(); ++k) {
            CHECK(worst(order[i], order[k]) == order[i]);
            CHECK(worst(order[k], order[i]) == order[i]);
        }
}
