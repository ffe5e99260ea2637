#include "harness/explain.hpp"

#include "harness/play.hpp"
#include "harness/zoo.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace harness;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

struct Explained {
    Explained(const std::string& keys, std::string_view policy)
        : spec(scenario(keys)),
          result(played(spec, policy)),
          world(world_after(spec, result.trace)) {}

    static Result played(const mockxdr::Scenario& spec, std::string_view policy) {
        const auto& [fetcher, contract] = find_fetcher(policy);
        return replay({.scenario = spec, .policy = fetcher, .contract = contract}, direct_link());
    }

    Evidence evidence() const { return {.world = world, .scenario = spec, .trace = result.trace}; }

    /// The texts of one incident's findings.
    std::vector<std::string> texts(const std::string& id, std::size_t most) const {
        std::vector<std::string> out;
        for (const Finding& finding : explain(evidence(), *world.find(IncidentId(id))))
            if (out.size() < most) out.push_back(finding.text);
        return out;
    }

    mockxdr::Scenario spec;
    Result result;
    mockxdr::World world;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a lost incident is explained request by request", "[explain]") {
    const Explained played(R"(
        "fetch": {"every": "20s", "runs": 6, "limit": 1, "look_back": "1m", "first_fetch": "1h"},
        "incidents": [{"id": "A", "created": "0s"},
                      {"id": "B", "created": "10s", "indexed_after": "40s"}])",
                           "documented");
    CHECK(played.texts("B", 6) == Texts{"not indexed yet, by 30s", "not indexed yet, by 10s",
                                        "beyond the page: rank 2 of 2, page ends at 1",
                                        "before the window by 10s", "before the window by 30s",
                                        "before the window by 50s"});
    const auto lost = played.result.verdict.incidents[1];
    CHECK(explanation(played.evidence(), lost) ==
          R"(lost B: created 2024-01-01T12:00:10Z, indexed 40s later
  run   at             window                          rows       what became of it
  1     12:00:20Z      11:00:20Z .. 12:00:20Z          0..1       not indexed yet, by 30s
  2     12:00:40Z      11:00:20Z .. 12:00:40Z          0..2       not indexed yet, by 10s
  3     12:01:00Z      12:00:00Z .. 12:01:00Z          0..1       beyond the page: rank 2 of 2, page ends at 1
  4     12:01:20Z      12:00:20Z .. 12:01:20Z          0..1       before the window by 10s
  ...                                                             5 more like these
  10    12:03:20Z      12:02:20Z .. 12:03:20Z          0..1       before the window by 2m10s
)");
}

TEST_CASE("the first repetition is shown beside what it repeats", "[explain]") {
    const Explained played(R"(
        "fetch": {"runs": 1, "limit": 1, "look_back": "0s", "first_fetch": "1h"},
        "incidents": [{"id": "1", "created": "0s"}])",
                           "documented");
    CHECK(explanation(played.evidence(), played.result.verdict.incidents[0]) ==
          R"(duplicated 1: created 2024-01-01T12:00:00Z, indexed at once
  run   at             window                          rows       what became of it
  1     12:01:00Z      11:01:00Z .. 12:01:00Z          0..1       EMITTED
  2     12:02:00Z      12:00:00Z .. 12:02:00Z          0..1       EMITTED AGAIN
  3     12:03:00Z      12:00:00Z .. 12:03:00Z          0..1       EMITTED AGAIN
  4     12:04:00Z      12:00:00Z .. 12:04:00Z          0..1       EMITTED AGAIN
)");
}

TEST_CASE("emissions and known ones are told apart", "[explain]") {
    const Explained played(R"(
        "fetch": {"runs": 3, "limit": 1, "look_back": "5m", "first_fetch": "1h"},
        "incidents": [{"id": "1", "created": "10s"}, {"id": "2", "created": "10s"}])",
                           "complete");
    CHECK(played.texts("1", 3) == Texts{"EMITTED", "read, dropped as known since run 1",
                                        "read, dropped as known since run 1"});
    CHECK(played.texts("2", 2) == Texts{"read, over the limit of 1", "EMITTED"});
}

TEST_CASE("a fetcher that emits an incident again later has not dropped it as known", "[explain]") {
    const Explained played(R"(
        "server": {"page_cap": 2, "ties": "shuffled"},
        "fetch": {"runs": 1, "limit": 1, "look_back": "0s", "first_fetch": "1 hour"},
        "incidents": [{"id": "1", "created": "0s"}, {"id": "2", "created": "0s"}])",
                           "no-dedup");
    const auto texts = played.texts("2", 20);
    const auto has = [&](const std::string& text) {
        return std::find(texts.begin(), texts.end(), text) != texts.end();
    };
    CHECK(has("EMITTED AGAIN"));
    CHECK(has("read, over the limit of 1"));
    CHECK_FALSE(has("read, dropped as known since run 1"));
}

TEST_CASE("what a full run read before what it emitted was known to it", "[explain]") {
    const Explained played(R"(
        "server": {"page_cap": 2},
        "fetch": {"runs": 4, "limit": 1, "look_back": "1m", "first_fetch": "1h"},
        "incidents": [{"id": "1", "created": "10s"}, {"id": "2", "created": "11s"},
                      {"id": "3", "created": "12s", "indexed_after": "2m"}])",
                           "documented");
    const std::string earlier = "on an earlier page by now: rank 1 of 3";
    CHECK(played.texts("1", 5) == Texts{"EMITTED", "read, dropped as known since run 1",
                                        "read, dropped as known since run 1", earlier,
                                        "EMITTED AGAIN"});
}

TEST_CASE("what waited for a request is there once it has come", "[explain]") {
    const Explained played(R"(
        "fetch": {"runs": 3, "limit": 5, "look_back": "0s", "first_fetch": "1h"},
        "incidents": [{"id": "1", "created": "10s",
                       "on": {"page": 1}},
                      {"id": "2", "created": "20s"}])",
                           "cursor-latest");
    CHECK(played.texts("1", 2) == Texts{"not indexed yet, by 0s", "before the window by 10s"});
}

TEST_CASE("faults, crashes and restricted rows have causes of their own", "[explain]") {
    const Explained played(R"(
        "server": {"restricted": ["3"]},
        "fetch": {"runs": 5, "limit": 5, "look_back": "5m", "first_fetch": "1h",
                  "query": {"status": ["new"]}},
        "incidents": [{"id": "1", "created": "10s"},
                      {"id": "2", "created": "3m30s", "removed_at": "4m30s",
                       "fields": {"status": "resolved_auto"}},
                      {"id": "3", "created": "10s"}],
        "faults": [{"run": 1, "reply": {"status": 500}}, {"run": 2, "crash": "before_emit"},
                   {"run": 3, "crash": "after_emit"}])",
                           "complete");
    CHECK(played.texts("1", 4) ==
          Texts{"request failed: status 500", "read, but the run failed: crashed before it emitted",
                "EMITTED, but the run crashed after it emitted, before it saved", "EMITTED AGAIN"});
    CHECK(played.texts("2", 5) == Texts{"request failed: status 500", "not created yet, by 1m30s",
                                        "not created yet, by 30s", "query did not match: status",
                                        "removed"});
    CHECK(played.texts("3", 2)[1] == "restricted: the key may not read it");
}

TEST_CASE("a window that ends too early and an earlier page are named", "[explain]") {
    const Explained early(R"(
        "fetch": {"runs": 1, "limit": 5, "first_fetch": "1h",
                  "client_clock": [{"from": "0s", "offset": "-30s"}]},
        "incidents": [{"id": "1", "created": "50s"}])",
                          "cursor-now");
    CHECK(early.texts("1", 1) == Texts{"after the window by 20s"});
    const Explained paged(R"("server": {"page_cap": 2},
        "fetch": {"runs": 1, "limit": 5, "first_fetch": "1h"},
        "incidents": [{"repeat": 3, "id": "{n}", "created": "10s", "spacing": "1s"}])",
                          "documented");
    CHECK(paged.texts("1", 2) == Texts{"EMITTED", "on an earlier page by now: rank 1 of 3"});
}

TEST_CASE("a duplicate shows each time that it was emitted", "[explain]") {
    const Explained played(R"("fetch": {"runs": 2, "limit": 5, "first_fetch": "1h"},
        "incidents": [{"id": "1", "created": "10s"}])",
                           "documented");
    CHECK(played.texts("1", 3) == Texts{"EMITTED", "EMITTED AGAIN", "EMITTED AGAIN"});
}

TEST_CASE("a run that failed before it asked has a line too", "[explain]") {
    const Explained played(R"("fetch": {"runs": 1, "look_back": "30s"},
        "incidents": [{"id": "1", "created": "10s"}])",
                           "documented");
    CHECK(played.texts("1", 1)[0].starts_with("run failed before it asked: "));
}

TEST_CASE("an id of nowhere is explained as such", "[explain]") {
    const Explained played(R"("incidents": [{"id": "1", "created": "10s"}])", "complete");
    IncidentVerdict unknown;
    unknown.id = IncidentId("99");
    unknown.verdict = Class::unexpected;
    CHECK(explanation(played.evidence(), unknown) ==
          "unexpected 99: no incident of the world has this id\n");
}
