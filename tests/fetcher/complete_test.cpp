#include "fetcher/complete.hpp"

#include "fetcher/source.hpp"
#include "print.hpp"
#include "rows.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// Answers with the pages it is given, in order, and remembers what was asked.
class Script final : public Source {
   public:
    explicit Script(std::vector<Page> pages) : pages_(std::move(pages)) {}

    std::variant<Page, RequestFailed> fetch(const PageRequest& request) override {
        asked.push_back(request);
        if (asked.size() > pages_.size()) return RequestFailed{"the script is over"};
        return pages_[asked.size() - 1];
    }

    std::vector<PageRequest> asked;

   private:
    std::vector<Page> pages_;
};

struct Fixture {
    Parameters parameters{.limit = 50,
                          .look_back = 15min,
                          .first_fetch = "1h",
                          .page_cap = 3,
                          .paging = Paging::offset};
    State state;
    std::vector<PageRequest> asked;
    std::string failure;

    std::vector<std::string> run(std::vector<Page> pages, TimePoint now = noon) {
        Script script(std::move(pages));
        const auto one = policy("complete").start(parameters, state, now);
        Outcome outcome = drive(*one, script);
        asked = script.asked;
        failure.clear();
        if (const auto* failed = std::get_if<Failed>(&outcome)) {
            failure = failed->why;
            return {};
        }
        const auto& batch = std::get<Batch>(outcome);
        state = batch.state;
        std::vector<std::string> ids;
        for (const Row& incident : batch.incidents) ids.push_back(incident.incident_id.text());
        return ids;
    }

    const CompleteState& saved() const { return std::get<CompleteState>(state); }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "the first run starts at first fetch", "[complete]") {
    CHECK(run({page({row("1", noon - 30min), row("2", noon)})}) == Ids{"1", "2"});
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].gte == noon - 1h);
    CHECK_FALSE(asked[0].lte);
    CHECK(asked[0].sort == SortField::creation_time);
    CHECK(asked[0].search_from == 0);
    CHECK(asked[0].search_to == 3);
    CHECK(saved().frontier == noon - 1h);
    CHECK(saved().newest == noon);
    CHECK(saved().batch == 1);
}

TEST_CASE_METHOD(Fixture, "an empty run emits nothing and is fine", "[complete]") {
    CHECK(run({page({})}).empty());
    CHECK(failure.empty());
    CHECK(saved().frontier == noon - 1h);
    CHECK_FALSE(saved().newest);
}

TEST_CASE_METHOD(Fixture,
                 "the frontier follows the newest incident of the run before, by look_back",
                 "[complete]") {
    run({page({row("1", noon)})});
    CHECK(run({page({row("1", noon)})}, noon + 1h).empty());
    CHECK(saved().frontier == noon - 15min);
    run({page({})}, noon + 2h);
    CHECK(asked[0].gte == noon - 15min);
}

TEST_CASE_METHOD(Fixture, "what was emitted is remembered while it can be read again",
                 "[complete]") {
    run({page({row("1", noon - 20min), row("2", noon)})});
    CHECK(saved().seen.size() == 2);
    CHECK(run({page({row("1", noon - 20min), row("3", noon - 1min)})}) == Ids{"3"});
    CHECK(saved().seen.size() == 2);
    CHECK(saved().seen[0].id == IncidentId("2"));
    CHECK(saved().seen[1].id == IncidentId("3"));
}

TEST_CASE_METHOD(Fixture, "full pages are read on from their last time", "[complete]") {
    const auto at = [](int minute) { return noon - 30min + minute * 1min; };
    CHECK(run({page({row("1", at(1)), row("2", at(2)), row("3", at(3))}, 5),
               page({row("3", at(3)), row("4", at(4)), row("5", at(5))}, 3),
               page({row("5", at(5))})}) == Ids{"1", "2", "3", "4", "5"});
    REQUIRE(asked.size() == 3);
    CHECK(asked[1].gte == at(3));
    CHECK(asked[2].gte == at(5));
    for (const PageRequest& request : asked) CHECK(request.search_from == 0);
}

TEST_CASE_METHOD(Fixture, "a full batch moves the frontier no further than its last incident",
                 "[complete]") {
    parameters.limit = 2;
    parameters.look_back = 0min;
    state =
        CompleteState{.field = {}, .frontier = noon - 1h, .newest = noon, .seen = {}, .batch = 3};
    CHECK(run({page({row("1", noon - 3min), row("2", noon - 2min), row("3", noon - 1min)})}) ==
          Ids{"1", "2"});
    CHECK(saved().frontier == noon - 2min);
    CHECK(saved().batch == 4);
    CHECK(run({page({row("2", noon - 2min), row("3", noon - 1min)})}) == Ids{"3"});
}

TEST_CASE_METHOD(Fixture, "a row that comes twice in one run is emitted once", "[complete]") {
    CHECK(run({page({row("1", noon), row("2", noon + 1min), row("2", noon + 1min)}, 4),
               page({row("2", noon + 1min), row("3", noon + 2min)}, 2)}) == Ids{"1", "2", "3"});
}

TEST_CASE_METHOD(Fixture, "a full page of one millisecond is read by id, pages overlapping",
                 "[complete]") {
    CHECK(run({page({row("5", noon - 1h), row("1", noon - 1h), row("3", noon - 1h)}, 4),
               page({row("1", noon - 1h), row("2", noon - 1h), row("3", noon - 1h)}, 4),
               page({row("3", noon - 1h), row("5", noon - 1h)}, 4), page({row("9", noon)})}) ==
          Ids{"5", "1", "3", "2", "9"});
    REQUIRE(asked.size() == 4);
    CHECK(asked[1].gte == noon - 1h);
    CHECK(asked[1].lte == noon - 1h);
    CHECK(asked[1].sort == SortField::incident_id);
    CHECK(asked[1].search_from == 0);
    CHECK(asked[2].search_from == 2);
    CHECK(asked[2].search_to == 5);
    CHECK(asked[3].gte == noon - 1h + 1ms);
}

TEST_CASE_METHOD(Fixture, "a millisecond whose rows moved is stepped back in until pages join",
                 "[complete]") {
    const auto at = noon - 1h;
    CHECK(run({page({row("2", at), row("3", at), row("4", at)}, 7),
               page({row("2", at), row("3", at), row("4", at)}, 7),
               page({row("6", at), row("7", at)}, 5),  // 2 and 3 are gone: nothing read before
               page({row("4", at), row("5", at), row("6", at)}, 5),
               page({row("6", at), row("7", at)}, 4), page({})}) ==
          Ids{"2", "3", "4", "5", "6", "7"});
    CHECK(asked[2].search_from == 2);
    CHECK(asked[3].search_from == 0);
    CHECK(asked[4].search_from == 2);
}

TEST_CASE_METHOD(Fixture, "a full page with nothing new goes on behind it", "[complete]") {
    const auto at = noon - 1h;
    const auto full = page({row("1", at), row("2", at), row("3", at)}, 9);
    CHECK(run({full, full, full, page({row("3", at), row("4", at)}, 4), page({})}) ==
          Ids{"1", "2", "3", "4"});
    CHECK(asked[3].search_from == 4);
}

TEST_CASE_METHOD(Fixture, "a millisecond that never holds still ends with what was read",
                 "[complete]") {
    const auto at = noon - 1h;
    std::vector<Page> pages{page({row("1", at), row("2", at), row("3", at)}, 9)};
    const Page nowhere = page({}, 9);
    for (int i = 0; i < 1100; ++i) {
        pages.push_back(page({row("1", at), row("2", at), row("3", at)}, 9));
        pages.push_back(nowhere);
    }
    state = CompleteState{.field = {}, .frontier = at, .newest = noon, .seen = {}, .batch = 1};
    CHECK(run(pages) == Ids{"1", "2", "3"});
    CHECK(saved().frontier == at);
    // Nothing new to show for it: better a failed run that somebody sees.
    CHECK(run(pages).empty());
    CHECK(failure == "the incidents of 2024-01-01T11:00:00Z kept moving while they were read");
}

TEST_CASE_METHOD(Fixture, "total_count alone neither ends nor prolongs the reading", "[complete]") {
    // Too small: the page is full, so there is more.
    CHECK(run({page({row("1", noon), row("2", noon + 1min), row("3", noon + 2min)}, 0),
               page({row("3", noon + 2min), row("4", noon + 3min)}, 0)}) ==
          Ids{"1", "2", "3", "4"});
    // Too large: the reading ends at the page that brings nothing.
    state = {};
    CHECK(run({page({row("1", noon)}, 99), page({row("1", noon)}, 99), page({row("1", noon)}, 99),
               page({row("1", noon)}, 99), page({}, 99)}) == Ids{"1"});
    CHECK(failure.empty());
}

TEST_CASE_METHOD(Fixture, "a page of restricted rows is passed by asking for less time",
                 "[complete]") {
    const auto hidden = [](int count) {
        Page out;
        for (int i = 0; i < count; ++i)
            out.restricted.emplace_back(std::string("r") + std::to_string(i));
        out.total_count = 50;
        return out;
    };
    Page end_of_span = hidden(2);
    end_of_span.total_count = 2;
    CHECK(run({hidden(3), hidden(3), end_of_span, page({row("1", noon)})}) == Ids{"1"});
    REQUIRE(asked.size() == 4);
    CHECK_FALSE(asked[0].lte);
    CHECK(asked[1].lte == noon);
    CHECK(asked[2].lte == noon - 30min);
    CHECK(asked[3].gte == noon - 30min + 1ms);
    CHECK_FALSE(asked[3].lte);
}

TEST_CASE_METHOD(Fixture, "a millisecond of restricted rows only is passed by offset",
                 "[complete]") {
    parameters.page_cap = 2;
    const auto hidden = [](std::vector<std::string> ids, std::int64_t total) {
        Page out;
        for (std::string& id : ids) out.restricted.emplace_back(std::move(id));
        out.total_count = total;
        return out;
    };
    std::vector<Page> pages{hidden({"a", "b"}, 3)};
    // Halving an hour down to nothing: every narrower sweep is full as well.
    for (auto span = Millis{1h}; span > 0ms; span /= 2) pages.push_back(hidden({"a", "b"}, 3));
    pages.push_back(hidden({"a", "b"}, 3));  // the narrowest: one millisecond
    pages.push_back(hidden({"a", "b"}, 3));  // read by id
    pages.push_back(hidden({"b", "c"}, 3));
    pages.push_back(hidden({"c"}, 3));
    pages.push_back(page({row("1", noon)}));
    CHECK(run(pages) == Ids{"1"});
    CHECK(failure.empty());
}

TEST_CASE_METHOD(Fixture, "rows out of order or outside of the filter fail the run", "[complete]") {
    CHECK(run({page({row("2", noon), row("1", noon - 1min)})}).empty());
    CHECK(failure == "the server sent incident 1 out of order");
    CHECK(run({page({row("1", noon - 2h)})}).empty());
    CHECK(failure == "the server sent incident 1, which the filter excludes");
    CHECK(std::holds_alternative<std::monostate>(state));
}

TEST_CASE_METHOD(Fixture, "a time that the server's clock has not reached is no newest time",
                 "[complete]") {
    const auto at = [](std::vector<Row> rows, TimePoint server_time) {
        Page out = page(std::move(rows));
        out.server_time = server_time;
        return out;
    };
    SECTION("the first row of a run is no exception") {
        run({at({row("1", noon + 240h)}, noon + 5s)});
        CHECK(saved().newest == noon + 5s);
    }
    SECTION("Date is in whole seconds, so a time of its second counts as reached") {
        run({at({row("1", noon + 5s + 999ms), row("2", noon + 6s)}, noon + 5s)});
        CHECK(saved().newest == noon + 5s + 999ms);
    }
    SECTION("rows of the past are as old as they are") {
        run({at({row("1", noon - 1min)}, noon + 5s)});
        CHECK(saved().newest == noon - 1min);
    }
    SECTION("a server clock that was set back moves the frontier by what it says now") {
        run({at({row("1", noon + 23h)}, noon + 24h)});
        CHECK(saved().newest == noon + 23h);
        run({at({}, noon + 1min)}, noon + 1min);
        CHECK(saved().frontier == noon + 1min - 15min);
        // Whoever goes on from here without a reply knows no better than that.
        CHECK(saved().newest == noon + 1min + 999ms);
    }
}

TEST_CASE_METHOD(Fixture, "a short page ends nothing while the total says that there is more",
                 "[complete]") {
    // The server shows fewer rows than were asked for and names no restricted ones.
    CHECK(run({page({row("1", noon)}, 3), page({row("1", noon), row("2", noon + 1s)}, 2)}) ==
          Ids{"1", "2"});
    // It names them: the next rows are read all the same.
    state = {};
    Page named = page({}, 5);
    named.restricted = {IncidentId("r")};
    Page rest = page({row("9", noon)});
    CHECK(run({named, named, page({}, 0), rest}) == Ids{"9"});
}

TEST_CASE_METHOD(Fixture, "a failed request fails the run", "[complete]") {
    CHECK(run({}).empty());
    CHECK(failure == "the script is over");
}

TEST_CASE_METHOD(Fixture, "parameters and states that cannot work are refused", "[complete]") {
    const Policy& complete = policy("complete");
    const auto refusal = [&] {
        return problem_of([&] { complete.start(parameters, state, noon); }).what;
    };
    parameters.limit = 0;
    CHECK(refusal() == "limit is 0");
    parameters.limit = 1;
    parameters.page_cap = 0;
    CHECK(refusal() == "page_cap is 0");
    parameters.page_cap = 1;
    parameters.look_back = -1s;
    CHECK(refusal() == "look_back is -1s");
    parameters.look_back = 0s;
    parameters.first_fetch = "soon";
    CHECK(refusal() == "first_fetch 'soon' names no time");
    parameters.first_fetch = "1h";
    state = CursorState{};
    CHECK(refusal() == "it was written by another policy than complete");
    CompleteState modified;
    modified.field = TimeField::modification_time;
    state = modified;
    CHECK(refusal() == "it was written by another policy than complete");
}

TEST_CASE("complete-modified sweeps by modification time and forgets nothing", "[complete]") {
    const Parameters parameters{.limit = 5, .look_back = 0s, .first_fetch = "1h"};
    Row changed = row("1", noon - 240h);
    changed.modification_time = noon;
    Script script({page({changed})});
    const auto run = policy("complete-modified").start(parameters, {}, noon);
    const Outcome outcome = drive(*run, script);
    REQUIRE(std::holds_alternative<Batch>(outcome));
    CHECK(script.asked[0].field == TimeField::modification_time);
    CHECK(script.asked[0].sort == SortField::modification_time);
    const State& first = std::get<Batch>(outcome).state;
    // Modified again much later: still known.
    changed.modification_time = noon + 240h;
    Script later({page({changed}), page({changed})});
    const auto second = policy("complete-modified").start(parameters, first, noon + 240h);
    const Outcome next = drive(*second, later);
    CHECK(std::get<Batch>(next).incidents.empty());
    CHECK(std::get<CompleteState>(std::get<Batch>(next).state).seen.size() == 1);
}
