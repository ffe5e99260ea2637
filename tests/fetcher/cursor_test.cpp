#include "fetcher/cursor.hpp"

#include "print.hpp"
#include "rows.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const Parameters parameters{.limit = 2, .look_back = 15min, .first_fetch = "1h"};

PageRequest request_of(const Step& step) { return std::get<PageRequest>(step); }

}  // namespace

TEST_CASE("cursor-latest goes on after the newest incident, and loses its ties", "[cursor]") {
    const auto first = policy("cursor-latest").start(parameters, {}, noon);
    const PageRequest asked = request_of(first->begin());
    CHECK(asked.gte == noon - 1h);
    CHECK_FALSE(asked.lte);
    CHECK(asked.search_to == 2);
    const Step end = first->on_page(page({row("1", noon - 2min), row("2", noon - 1min)}));
    const auto& batch = std::get<Batch>(end);
    CHECK(batch.incidents.size() == 2);
    CHECK(std::get<CursorState>(batch.state).last_fetch == noon - 1min);

    const auto second = policy("cursor-latest").start(parameters, batch.state, noon + 1min);
    CHECK(request_of(second->begin()).gte == noon - 1min);
    const Step next = second->on_page(page({row("2", noon - 1min), row("3", noon - 1min)}));
    CHECK(std::get<Batch>(next).incidents.empty());
}

TEST_CASE("cursor-now asks for what was created since the last run", "[cursor]") {
    const auto first = policy("cursor-now").start(parameters, {}, noon);
    const PageRequest asked = request_of(first->begin());
    CHECK(asked.gte == noon - 1h);
    CHECK(asked.lte == noon);
    const Step end = first->on_page(page({row("1", noon - 1min)}));
    CHECK(std::get<CursorState>(std::get<Batch>(end).state).last_fetch == noon);
    const auto second =
        policy("cursor-now").start(parameters, std::get<Batch>(end).state, noon + 1min);
    CHECK(request_of(second->begin()).gte == noon);
}

TEST_CASE("a cursor refuses another policy's last run", "[cursor]") {
    CHECK(problem_of([] { policy("cursor-now").start(parameters, CompleteState{}, noon); }).what ==
          "it was written by another policy than cursor-now");
}
