#include "fetcher/policy.hpp"

#include "print.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

TEST_CASE("six policies can be chosen by name", "[policy]") {
    CHECK(policy_names() == std::vector<std::string_view>{"complete", "complete-modified",
                                                          "documented", "current", "cursor-latest",
                                                          "cursor-now"});
    for (const std::string_view name : policy_names()) {
        CHECK(policy(name).name() == name);
        CHECK(policy(name).commit_order() == CommitOrder::emit_then_save);
    }
}

TEST_CASE("an unknown policy is refused with those that exist", "[policy]") {
    const xdr::Problem problem = problem_of([] { policy("documentd"); });
    CHECK(problem.what == "there is no policy 'documentd'");
    CHECK(problem.hint ==
          "choose one of complete, complete-modified, documented, current, cursor-latest, "
          "cursor-now");
}

TEST_CASE("a budget of no requests is refused", "[policy]") {
    Parameters parameters;
    parameters.max_requests = 0;
    for (const std::string_view name : {"complete", "complete-modified"}) {
        const xdr::Problem problem =
            problem_of([&] { policy(name).start(parameters, {}, TimePoint{}); });
        CHECK(problem.what == "max_requests is 0");
        CHECK(problem.hint == "set it to 1 or more, or leave it out");
    }
}

TEST_CASE("times that end before they begin are refused", "[policy]") {
    const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
    Query query;
    query.created_after = noon;
    query.modified_before = noon;
    check_query(query);
    query.created_before = noon;
    query.modified_after = noon;
    check_query(query);
    SECTION("of a status that nobody knows") {
        query.status = {"new", "new,resolved_auto"};
        const xdr::Problem problem = problem_of([&] { check_query(query); });
        CHECK(problem.where == "status");
        CHECK(problem.what == "'new,resolved_auto' is no status of an incident");
        CHECK(problem.hint.starts_with("use one of new, under_investigation, "));
    }
    SECTION("of an empty source") {
        query.alert_sources = {"XDR Agent", ""};
        CHECK(problem_of([&] { check_query(query); }).where == "alert_source");
    }
    SECTION("of an empty id") {
        query.incident_ids = {""};
        CHECK(problem_of([&] { check_query(query); }).what == "it is empty");
    }
    SECTION("of creation") {
        query.created_before = noon - 1ms;
        CHECK(problem_of([&] { check_query(query); }).what ==
              "created_after 2024-01-01T12:00:00Z is later than created_before "
              "2024-01-01T11:59:59.999Z");
    }
    SECTION("of modification") {
        query.modified_after = noon + 1ms;
        const xdr::Problem problem = problem_of([&] { check_query(query); });
        CHECK(problem.where == "modified_after");
        CHECK(problem.what ==
              "modified_after 2024-01-01T12:00:00.001Z is later than modified_before "
              "2024-01-01T12:00:00Z");
        CHECK(problem.hint == "swap them, or leave one out");
    }
}
