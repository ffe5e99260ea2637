#include "fetcher/policy.hpp"

#include "print.hpp"

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
