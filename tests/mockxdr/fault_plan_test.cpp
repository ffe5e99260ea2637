#include "mockxdr/fault_plan.hpp"

#include "print.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Fault in_span(Millis from, Millis until, ReplyFault reply) {
    Fault fault;
    fault.from = from;
    fault.until = until;
    fault.effect = std::move(reply);
    return fault;
}

Fault at_request(std::int64_t request) {
    Fault fault;
    fault.request = request;
    fault.effect = ReplyFault(Reset{});
    return fault;
}

Fault crash_in(std::int64_t run, Crash crash) {
    Fault fault;
    fault.run = run;
    fault.effect = crash;
    return fault;
}

}  // namespace

TEST_CASE("a span holds its beginning and not its end", "[fault_plan]") {
    FaultPlan plan({in_span(4min, 6min, Reset{})}, noon);
    CHECK(plan.reply_fault(1, noon + 4min - 1ms) == nullptr);
    CHECK(plan.unfired() == std::vector<std::size_t>{0});
    CHECK(plan.reply_fault(2, noon + 4min) != nullptr);
    CHECK(plan.reply_fault(3, noon + 6min - 1ms) != nullptr);
    CHECK(plan.reply_fault(4, noon + 6min) == nullptr);
    CHECK(plan.unfired().empty());
}

TEST_CASE("a fault at a request hits that one only", "[fault_plan]") {
    FaultPlan plan({at_request(7)}, noon);
    CHECK(plan.reply_fault(6, noon) == nullptr);
    CHECK(plan.reply_fault(7, noon) != nullptr);
    CHECK(plan.reply_fault(8, noon) == nullptr);
}

TEST_CASE("a fault of a run hits all its requests", "[fault_plan]") {
    Fault fault = at_request(1);
    fault.request.reset();
    fault.run = 2;
    FaultPlan plan({fault}, noon);
    CHECK(plan.reply_fault(1, noon) == nullptr);
    plan.enter_run(2);
    CHECK(plan.reply_fault(2, noon) != nullptr);
    CHECK(plan.reply_fault(3, noon) != nullptr);
    plan.enter_run(3);
    CHECK(plan.reply_fault(4, noon) == nullptr);
}

TEST_CASE("the first fault of the file wins", "[fault_plan]") {
    FaultPlan plan({in_span(0s, 1h, StatusReply{.status = 503, .body = std::nullopt}),
                    in_span(0s, 1h, Reset{})},
                   noon);
    const ReplyFault* fault = plan.reply_fault(1, noon);
    REQUIRE(fault != nullptr);
    CHECK(std::get<StatusReply>(*fault).status == 503);
    CHECK(plan.unfired() == std::vector<std::size_t>{1});
}

TEST_CASE("crashes belong to runs, not to requests", "[fault_plan]") {
    FaultPlan plan({crash_in(9, Crash::after_emit)}, noon);
    plan.enter_run(9);
    CHECK(plan.reply_fault(1, noon) == nullptr);
    CHECK_FALSE(plan.crash(8));
    CHECK(plan.unfired().size() == 1);
    CHECK(plan.crash(9) == Crash::after_emit);
    CHECK(plan.unfired().empty());
}

TEST_CASE("nothing fires once faults are off", "[fault_plan]") {
    FaultPlan plan({in_span(0s, 1h, Reset{}), crash_in(1, Crash::before_emit)}, noon);
    plan.switch_off();
    CHECK(plan.reply_fault(1, noon) == nullptr);
    CHECK_FALSE(plan.crash(1));
    CHECK(plan.unfired().size() == 2);
}
