#include "alarm.hpp"

#include "harness/zoo.hpp"
#include "print.hpp"

using namespace harness;

TEST_CASE("a simulator that catches nothing is told to be broken", "[alarm]") {
    const sim::Subject sound = sim::subject("complete");
    const xdr::Problem problem = problem_of([&] { check_alarm(sound, 1); });
    CHECK(problem.where == "canary");
    CHECK(problem.what == "the fetcher 'complete' was not caught");
    for (const std::uint64_t seed : {1U, 2U, 3U})
        CHECK_NOTHROW(check_alarm(sim::subject(canary().policy->name()), seed));
}
