#include "mockxdr/fault_plan.hpp"

#include "faults/fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// A fault that resets connections, without a condition but its endpoint.
Fault fault_of(ReplyFault reply = Reset{}) {
    Fault fault;
    fault.effect = std::move(reply);
    return fault;
}

Fault in_span(Millis from, Millis until, ReplyFault reply = Reset{}) {
    Fault fault = fault_of(std::move(reply));
    fault.from = from;
    fault.until = until;
    return fault;
}

Fault at_request(std::int64_t request, ReplyFault reply = Reset{}) {
    Fault fault = fault_of(std::move(reply));
    fault.request = request;
    return fault;
}

Fault likely(double probability, ReplyFault reply = Reset{}) {
    Fault fault = fault_of(std::move(reply));
    fault.probability = probability;
    return fault;
}

Fault crash_in(std::int64_t run, Crash crash) {
    Fault fault;
    fault.run = run;
    fault.effect = crash;
    return fault;
}

FaultPlan plan_of(std::vector<Fault> faults, std::uint64_t seed = 1) {
    return {std::move(faults), noon, seed};
}

bool hits(FaultPlan& plan, const Incoming& incoming) {
    return plan.reply_fault(incoming).has_value();
}

/// The requests from 1 to `last` to get_incidents that the plan hits.
std::vector<std::uint64_t> hit_requests(FaultPlan& plan, std::uint64_t last) {
    std::vector<std::uint64_t> out;
    for (std::uint64_t i = 1; i <= last; ++i)
        if (hits(plan, {.request = i, .number = i, .now = noon})) out.push_back(i);
    return out;
}

using Requests = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a span holds its beginning and not its end", "[fault_plan]") {
    FaultPlan plan = plan_of({in_span(4min, 6min)});
    CHECK_FALSE(hits(plan, {.now = noon + 4min - 1ms}));
    CHECK(plan.unfired() == std::vector<std::size_t>{0});
    CHECK(hits(plan, {.now = noon + 4min}));
    CHECK(hits(plan, {.now = noon + 6min - 1ms}));
    CHECK_FALSE(hits(plan, {.now = noon + 6min}));
    CHECK(plan.unfired().empty());
    CHECK(plan.fired() == std::vector<std::uint64_t>{2});
}

TEST_CASE("a fault at a request hits that one only", "[fault_plan]") {
    FaultPlan plan = plan_of({at_request(7)});
    CHECK(hit_requests(plan, 20) == Requests{7});
}

TEST_CASE("a fault of every n-th request hits the multiples of n", "[fault_plan]") {
    Fault third = fault_of();
    third.every = 3;
    FaultPlan plan = plan_of({third});
    CHECK(hit_requests(plan, 10) == Requests{3, 6, 9});
    Fault each = fault_of();
    each.every = 1;
    FaultPlan all = plan_of({each});
    CHECK(hit_requests(all, 3) == Requests{1, 2, 3});
}

TEST_CASE("a fault of a run hits all its requests", "[fault_plan]") {
    Fault fault = fault_of();
    fault.run = 2;
    FaultPlan plan = plan_of({fault});
    CHECK_FALSE(hits(plan, {.request = 1}));
    plan.enter_run(2);
    CHECK(hits(plan, {.request = 2}));
    CHECK(hits(plan, {.request = 3}));
    plan.enter_run(3);
    CHECK_FALSE(hits(plan, {.request = 4}));
}

TEST_CASE("a fault of a page hits the requests that begin there", "[fault_plan]") {
    Fault fault = fault_of();
    fault.search_from = 100;
    FaultPlan plan = plan_of({fault});
    CHECK_FALSE(hits(plan, {.search_from = 0}));
    CHECK_FALSE(hits(plan, {.search_from = std::nullopt}));
    CHECK(hits(plan, {.search_from = 100}));
}

TEST_CASE("a fault looks at get_incidents, at another endpoint, or at all", "[fault_plan]") {
    Fault update = fault_of(), any = fault_of();
    update.endpoint = Endpoint::update_incident;
    any.endpoint = std::nullopt;
    FaultPlan usual = plan_of({fault_of()}), other = plan_of({update}), all = plan_of({any});
    CHECK(hits(usual, {.endpoint = Endpoint::get_incidents}));
    CHECK_FALSE(hits(usual, {.endpoint = Endpoint::update_incident}));
    CHECK_FALSE(hits(usual, {.endpoint = std::nullopt}));
    CHECK(hits(other, {.endpoint = Endpoint::update_incident}));
    CHECK_FALSE(hits(other, {.endpoint = Endpoint::get_incidents}));
    CHECK(hits(all, {.endpoint = Endpoint::healthcheck}));
    CHECK(hits(all, {.endpoint = std::nullopt}));
}

TEST_CASE("requests are counted per endpoint, and together for a fault of any", "[fault_plan]") {
    Fault any = at_request(5);
    any.endpoint = std::nullopt;
    FaultPlan usual = plan_of({at_request(2)}), all = plan_of({any});
    const Incoming second{.request = 2, .number = 5}, fifth{.request = 5, .number = 9};
    CHECK(hits(usual, second));
    CHECK_FALSE(hits(usual, fifth));
    CHECK(hits(all, second));
    CHECK_FALSE(hits(all, fifth));
}

TEST_CASE("conditions that stand together must all be met", "[fault_plan]") {
    Fault fault = in_span(1min, 2min);
    fault.every = 2;
    fault.run = 3;
    fault.search_from = 50;
    fault.probability = 1;
    FaultPlan plan = plan_of({fault});
    const Incoming all{.request = 4, .now = noon + 1min, .search_from = 50};
    plan.enter_run(2);
    CHECK_FALSE(hits(plan, all));
    plan.enter_run(3);
    CHECK(hits(plan, all));
    Incoming one = all;
    one.request = 5;
    CHECK_FALSE(hits(plan, one));
    one = all;
    one.now = noon + 2min;
    CHECK_FALSE(hits(plan, one));
    one = all;
    one.search_from = 0;
    CHECK_FALSE(hits(plan, one));
    one = all;
    one.endpoint = Endpoint::get_versions;
    CHECK_FALSE(hits(plan, one));
    CHECK(plan.fired() == std::vector<std::uint64_t>{1});
}

TEST_CASE("a probability hits its share of the requests", "[fault_plan]") {
    FaultPlan sure = plan_of({likely(1)}), even = plan_of({likely(0.5)}),
              never = plan_of({likely(1e-300)});
    CHECK(hit_requests(sure, 1000).size() == 1000);
    const std::size_t half = hit_requests(even, 1000).size();
    CHECK(half > 450);
    CHECK(half < 550);
    CHECK(hit_requests(never, 1000).empty());
}

TEST_CASE("a draw depends on the seed, the request and the fault, and on nothing before",
          "[fault_plan]") {
    FaultPlan forwards = plan_of({likely(0.5)}), backwards = plan_of({likely(0.5)});
    const Requests hit = hit_requests(forwards, 100);
    Requests found;
    for (std::uint64_t i = 100; i > 0; --i)
        if (hits(backwards, {.request = i})) found.insert(found.begin(), i);
    CHECK(found == hit);
    FaultPlan other_seed = plan_of({likely(0.5)}, 2);
    CHECK(hit_requests(other_seed, 100) != hit);
    FaultPlan second = plan_of({at_request(1000), likely(0.5)});
    CHECK(hit_requests(second, 100) != hit);
}

TEST_CASE("two faults with one probability hit different requests", "[fault_plan]") {
    FaultPlan plan = plan_of({likely(0.5), likely(0.5)});
    // The second one sees the half that the first one leaves, and hits half of that.
    const std::size_t hit = hit_requests(plan, 1000).size();
    CHECK(hit > 700);
    CHECK(hit < 800);
    CHECK(plan.unfired().empty());
}

TEST_CASE("a delay comes with its draw made, both ends included", "[fault_plan]") {
    Fault fault = fault_of(Delay{.least = 1ms, .most = 3ms});
    fault.every = 1;
    FaultPlan plan = plan_of({fault}), again = plan_of({fault});
    std::vector<int> counts(4, 0);
    for (std::uint64_t i = 1; i <= 300; ++i) {
        const auto hit = plan.reply_fault({.request = i});
        REQUIRE(hit);
        const Delay delay = std::get<Delay>(*hit);
        CHECK(delay.least == delay.most);
        REQUIRE(delay.most >= 1ms);
        REQUIRE(delay.most <= 3ms);
        ++counts[static_cast<std::size_t>(delay.most.count())];
        CHECK(again.reply_fault({.request = i}) == hit);
    }
    for (std::size_t ms = 1; ms <= 3; ++ms) CHECK(counts[ms] > 70);
}

TEST_CASE("how long a delay is does not follow from whether it hits", "[fault_plan]") {
    FaultPlan plan = plan_of({likely(0.1, Delay{.least = 0ms, .most = 999ms})});
    int late = 0, all = 0;
    for (std::uint64_t i = 1; i <= 5000; ++i)
        if (const auto hit = plan.reply_fault({.request = i})) {
            ++all;
            if (std::get<Delay>(*hit).most >= 500ms) ++late;
        }
    CHECK(all > 400);
    CHECK(late > all / 3);
    CHECK(late < all * 2 / 3);
}

TEST_CASE("a request that was never seen does not lend its fault to the next one", "[fault_plan]") {
    const Reset unseen{.seen = Reset::Seen::no};
    Fault every = fault_of(unseen);
    every.every = 2;
    for (const Fault& fault : {at_request(2, unseen), every, likely(1, unseen)}) {
        FaultPlan plan = plan_of({fault});
        CHECK(hits(plan, {.request = 2}));
        CHECK_FALSE(hits(plan, {.request = 2}));
        CHECK(plan.fired() == std::vector<std::uint64_t>{1});
    }
    FaultPlan again = plan_of({every});
    CHECK(hits(again, {.request = 2}));
    CHECK_FALSE(hits(again, {.request = 2}));
    CHECK(hits(again, {.request = 4}));
}

TEST_CASE("a span of requests that are never seen holds as long as it says", "[fault_plan]") {
    FaultPlan plan = plan_of({in_span(0s, 1min, Reset{.seen = Reset::Seen::no})});
    CHECK(hits(plan, {.request = 1, .now = noon}));
    CHECK(hits(plan, {.request = 1, .now = noon}));
    CHECK_FALSE(hits(plan, {.request = 1, .now = noon + 1min}));
}

TEST_CASE("a truncated gzip body hits only who accepts gzip", "[fault_plan]") {
    FaultPlan plan = plan_of({at_request(1, TruncatedGzip{}), at_request(1, Cut{})});
    CHECK(plan.reply_fault({.accepts_gzip = true}) == ReplyFault(TruncatedGzip{}));
    CHECK(plan.reply_fault({.accepts_gzip = false}) == ReplyFault(Cut{}));
}

TEST_CASE("the first fault of the file wins", "[fault_plan]") {
    FaultPlan plan = plan_of({in_span(0s, 1h, StatusReply{.status = 503}), in_span(0s, 1h)});
    CHECK(plan.reply_fault({.now = noon}) == ReplyFault(StatusReply{.status = 503}));
    CHECK(plan.unfired() == std::vector<std::size_t>{1});
}

TEST_CASE("crashes belong to runs, not to requests", "[fault_plan]") {
    FaultPlan plan = plan_of({crash_in(9, Crash::after_emit)});
    plan.enter_run(9);
    CHECK_FALSE(hits(plan, {}));
    CHECK_FALSE(plan.crash(8));
    CHECK(plan.unfired().size() == 1);
    CHECK(plan.crash(9) == Crash::after_emit);
    CHECK(plan.unfired().empty());
}

TEST_CASE("a restore needs a last run that is old enough", "[fault_plan]") {
    FaultPlan plan = plan_of({Fault{.run = 3, .effect = Restore{.saves = 2}}});
    CHECK_FALSE(plan.restore(3, 2));
    CHECK_FALSE(plan.restore(2, 9));
    CHECK(plan.unfired().size() == 1);
    CHECK(plan.restore(3, 3) == Restore{.saves = 2});
    CHECK(plan.unfired().empty());
}

TEST_CASE("nothing fires once faults are off", "[fault_plan]") {
    FaultPlan plan = plan_of({in_span(0s, 1h), crash_in(1, Crash::before_emit)});
    plan.switch_off();
    CHECK_FALSE(hits(plan, {.now = noon}));
    CHECK_FALSE(plan.crash(1));
    CHECK(plan.unfired().size() == 2);
}
