#include "fetcher/complete.hpp"
#include "fetcher/source.hpp"
#include "print.hpp"
#include "rows.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// Plays runs by hand: each request is answered by the next page.
struct Fixture {
    Parameters parameters{.limit = 4,
                          .look_back = 15min,
                          .first_fetch = "1h",
                          .page_cap = 3,
                          .paging = Paging::offset,
                          .max_requests = std::nullopt};
    CompleteState state{.field = TimeField::creation_time,
                        .frontier = noon - 1h,
                        .newest = noon - 1h,
                        .seen = {},
                        .batch = 1,
                        .resume = std::nullopt};
    std::vector<PageRequest> asked;
    std::string failure;
    End end = End::data;

    std::vector<std::string> run(const std::vector<Page>& pages) {
        const auto one = policy("complete").start(parameters, state, noon);
        asked.clear();
        failure.clear();
        Step step = one->begin();
        while (const auto* request = std::get_if<PageRequest>(&step)) {
            asked.push_back(*request);
            REQUIRE(asked.size() <= pages.size());
            step = one->on_page(pages[asked.size() - 1]);
        }
        CHECK(asked.size() == pages.size());
        if (const auto* failed = std::get_if<Failed>(&step)) {
            failure = failed->why;
            return {};
        }
        const Batch& batch = std::get<Batch>(step);
        state = std::get<CompleteState>(batch.state);
        end = batch.end;
        std::vector<std::string> ids;
        for (const Row& row : batch.incidents) ids.push_back(row.incident_id.text());
        return ids;
    }

    /// A run that leaves a sweep behind: 1 to 4 were emitted, a minute apart, 5 waits.
    void run_two_pages() {
        CHECK(run({page({row("1", at(1)), row("2", at(2)), row("3", at(3))}, 9),
                   page({row("3", at(3)), row("4", at(4)), row("5", at(5))}, 9)}) ==
              Ids{"1", "2", "3", "4"});
        REQUIRE(state.resume);
    }

    using Ids = std::vector<std::string>;
    static TimePoint at(int minute) { return noon - 1h + minute * 1min; }
};

bool is_probe(const PageRequest& request) {
    return request.direction == Direction::desc && request.search_from == 0 &&
           request.search_to == 1;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a full batch of more than one page leaves the place to go on from",
                 "[resume]") {
    run_two_pages();
    CHECK(end == End::limit);
    CHECK(state.frontier == noon - 1h);
    CHECK(state.resume == Resume{.position = {.at = at(4)}, .settled = noon - 1h});
}

TEST_CASE_METHOD(Fixture, "a batch that one page fills leaves none", "[resume]") {
    parameters.limit = 2;
    CHECK(run({page({row("1", at(1)), row("2", at(2)), row("3", at(3))}, 9)}) == Ids{"1", "2"});
    CHECK(end == End::limit);
    CHECK_FALSE(state.resume);
}

TEST_CASE_METHOD(Fixture, "a run that goes on asks first how far the data reaches", "[resume]") {
    run_two_pages();
    SECTION("data within look_back is read on, and what hid behind it in the end") {
        CHECK(run({page({row("9", at(14))}), page({row("4", at(4)), row("5", at(5))}, 2),
                   page({row("2", at(2)), row("8", at(2)), row("3", at(3))}, 6),
                   page({row("3", at(3)), row("4", at(4)), row("5", at(5))}, 3),
                   page({row("5", at(5))}, 1)}) == Ids{"8", "5"});
        REQUIRE(asked.size() == 5);
        CHECK(is_probe(asked[0]));
        CHECK(asked[0].gte == noon - 1h);
        CHECK(asked[0].sort == SortField::creation_time);
        CHECK(asked[1].gte == at(4));
        CHECK(asked[2].gte == noon - 1h);
        CHECK(end == End::data);
        CHECK_FALSE(state.resume);
        CHECK(state.newest == at(14));
    }
    SECTION("a backlog that is older than look_back is read from the frontier, and moves it") {
        CHECK(run({page({row("9", noon)}),
                   page({row("1", at(1)), row("2", at(2)), row("3", at(3))}, 9),
                   page({row("3", at(3)), row("4", at(4)), row("5", at(5))}, 9),
                   page({row("5", at(5)), row("6", at(6)), row("7", at(7))}, 9),
                   page({row("7", at(7)), row("8", at(8))}, 9)}) == Ids{"5", "6", "7", "8"});
        CHECK(asked[1].gte == noon - 1h);
        CHECK(state.frontier == at(8));
        CHECK(state.seen.size() == 1);
        CHECK_FALSE(state.resume);
        // The next one knows how far the data reaches, and reads nothing again.
        CHECK(run({page({row("8", at(8)), row("9", noon)}, 2)}) == Ids{"9"});
        CHECK(asked[0].gte == at(8));
        CHECK_FALSE(is_probe(asked[0]));
    }
    SECTION("a probe that says nothing changes nothing") {
        CHECK(run({page({}), page({row("4", at(4)), row("5", at(5))}, 2),
                   page({row("1", at(1))}, 1)}) == Ids{"5"});
        CHECK(asked[1].gte == at(4));
        CHECK(asked[2].gte == noon - 1h);
    }
    SECTION("a newest time that the server's clock has not reached counts as the clock") {
        Page probe = page({row("9", noon + 240h)});
        probe.server_time = at(10);
        CHECK(run({probe, page({row("4", at(4))}, 1), page({row("1", at(1))}, 1)}).empty());
        CHECK(asked[1].gte == at(4));
        CHECK(state.newest == at(10));
    }
}

TEST_CASE_METHOD(Fixture, "a sweep that look_back has passed starts over", "[resume]") {
    parameters.look_back = 2min;
    state.newest = at(0);
    run_two_pages();
    // By now what is older than minute 3 is settled; 4, where the sweep stopped, is not.
    run({page({row("5", at(5))}), page({row("1", at(1))}, 1)});
    CHECK(asked[1].gte == noon - 1h);
    CHECK(state.frontier == at(3));
}

TEST_CASE_METHOD(Fixture, "a run that spends its budget ends well and goes on later", "[resume]") {
    parameters.limit = 50;
    parameters.max_requests = 1;
    CHECK(run({page({row("1", at(1)), row("2", at(2)), row("3", at(3))}, 9)}) ==
          Ids{"1", "2", "3"});
    CHECK(end == End::budget);
    CHECK(state.resume->position.at == at(3));
    // One request is for reading, not for probing.
    CHECK(run({page({row("3", at(3)), row("4", at(4)), row("5", at(5))}, 9)}) == Ids{"4", "5"});
    CHECK(asked[0].gte == at(3));
    CHECK(run({page({row("5", at(5))}, 1)}).empty());
    CHECK(end == End::budget);
    CHECK_FALSE(state.resume);
    // Nothing was lost behind it: the next sweep begins at the frontier.
    CHECK(run({page({row("7", at(2))}, 1)}) == Ids{"7"});
    CHECK(asked[0].gte == noon - 1h);
    CHECK(end == End::data);
}

TEST_CASE_METHOD(Fixture, "a budget counts the probe", "[resume]") {
    run_two_pages();
    parameters.max_requests = 2;
    CHECK(run({page({row("9", at(9))}), page({row("4", at(4)), row("5", at(5))}, 2)}) == Ids{"5"});
    CHECK(end == End::budget);
}

TEST_CASE_METHOD(Fixture, "a millisecond is read on at the row where the last run stopped",
                 "[resume]") {
    const TimePoint x = noon - 1h;
    parameters.limit = 5;
    CHECK(run({page({row("1", x), row("2", x), row("3", x)}, 9),
               page({row("1", x), row("2", x), row("3", x)}, 9),
               page({row("3", x), row("4", x), row("5", x)}, 9)}) == Ids{"1", "2", "3", "4", "5"});
    REQUIRE(state.resume);
    CHECK(state.resume->position.millisecond ==
          MillisecondPosition{.offset = 4,
                              .overlap = {IncidentId("3"), IncidentId("4"), IncidentId("5")}});
    state.newest = noon - 2h;
    SECTION("where nothing moved") {
        CHECK(run({page({}), page({row("5", x), row("6", x)}, 6), page({}),
                   page({row("1", x), row("2", x)}, 2)}) == Ids{"6"});
        CHECK(asked[1].sort == SortField::incident_id);
        CHECK(asked[1].search_from == 4);
        CHECK(asked[2].gte == x + 1ms);
        CHECK(asked[3].gte == x);
    }
    SECTION("where rows below were removed, from further below") {
        CHECK(run({page({}), page({row("7", x), row("8", x)}, 6),
                   page({row("5", x), row("6", x), row("7", x)}, 6),
                   page({row("7", x), row("8", x)}, 6), page({}), page({}, 0)}) ==
              Ids{"6", "7", "8"});
        CHECK(asked[2].search_from == 2);
    }
}

TEST_CASE_METHOD(Fixture, "a narrowed sweep is read on as narrow", "[resume]") {
    parameters.max_requests = 1;
    Page hidden = page({}, 9);
    hidden.restricted = {IncidentId("a"), IncidentId("b"), IncidentId("c")};
    run({hidden});
    CHECK(state.resume->position.until == noon);
    run({hidden});
    CHECK(asked[0].lte == noon);
    CHECK(state.resume->position.until == noon - 30min);
    run({page({}, 0)});
    CHECK(asked[0].lte == noon - 30min);
    CHECK(state.resume->position ==
          SweepPosition{.at = noon - 30min + 1ms, .until = {}, .span = 1h + 1ms});
    run({hidden});
    CHECK_FALSE(asked[0].lte);
    CHECK(state.resume->position.until == noon - 30min + 1ms + 1h + 1ms);
}
