#include "runner.hpp"

#include <deque>
#include <sstream>

#include "output.hpp"
#include "print.hpp"
#include "progress.hpp"
#include "wire_record.hpp"

using namespace fetcher;
using namespace std::chrono_literals;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// Answers with what it was given, and fails when that is used up.
struct FakeSource final : Source {
    std::deque<Page> pages;

    std::variant<Page, RequestFailed> fetch(const PageRequest&) override {
        if (pages.empty()) return RequestFailed{"POST somewhere: status 500"};
        Page page = pages.front();
        pages.pop_front();
        return page;
    }
};

/// Keeps what it was told in memory.
struct FakeStore final : Store {
    State state{};
    std::vector<StoredIncident> kept;
    std::vector<RunRecord> records;
    std::optional<xdr::Error> broken;      ///< thrown by what changes the store
    std::optional<xdr::Error> unreadable;  ///< thrown by what reads it
    bool half_done = false;                ///< incidents are out when it breaks
    bool lost = false;                     ///< even a failure cannot be noted

    State load() override {
        if (unreadable) throw *unreadable;
        return state;
    }
    void commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                const RunRecord& record) override {
        if (broken && half_done) throw HalfDone(*broken);
        if (broken) throw *broken;
        state = batch.state;
        kept.insert(kept.end(), incidents.begin(), incidents.end());
        records.push_back(record);
    }
    void add_failure(const RunRecord& record) override {
        if (lost) throw *broken;
        records.push_back(record);
    }
    void set_state(const State& next) override { state = next; }
    std::vector<RunRecord> history(std::int64_t) override { return records; }
    std::vector<StoredIncident> incidents(std::int64_t, std::int64_t) override { return kept; }
    std::optional<StoredIncident> find(const IncidentId&) override { return std::nullopt; }
};

Page page_of(const std::vector<std::string>& ids) {
    Page page;
    for (std::size_t i = 0; i < ids.size(); ++i)
        page.rows.push_back({.incident_id = IncidentId(ids[i]),
                             .creation_time = noon + std::chrono::minutes{i},
                             .modification_time = noon + 1h,
                             .description = "",
                             .severity = "low",
                             .raw_json = "{}"});
    page.total_count = static_cast<std::int64_t>(ids.size());
    return page;
}

struct Bench {
    FakeSource source;
    FakeStore store;
    Millis steady{0};

    RunSetup setup(std::int64_t limit = 50) {
        Parameters parameters;
        parameters.limit = limit;
        parameters.look_back = 5min;
        parameters.first_fetch = "3 hours";
        return {.policy = policy("complete"),
                .parameters = parameters,
                .source = source,
                .store = store,
                .now = [] { return noon + 2h; },
                .steady = [this] { return steady += 250ms; }};
    }
};

xdr::Error disk_full() {
    return xdr::Error({.where = "incidents.db", .what = "the disk is full", .hint = ""},
                      xdr::Blame::surroundings);
}

}  // namespace

TEST_CASE("a good run is committed with its record", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1", "2"})};
    const RunResult result = run_once(bench.setup());
    CHECK(result.record == RunRecord{.number = 0,
                                     .started = noon + 2h,
                                     .duration = 250ms,
                                     .policy = "complete",
                                     .window = "2024-01-01T11:00:00Z ..",
                                     .requests = 1,
                                     .emitted = {IncidentId("1"), IncidentId("2")},
                                     .error = ""});
    CHECK_FALSE(result.more);
    CHECK(bench.store.records == std::vector{result.record});
    REQUIRE(bench.store.kept.size() == 2);
    CHECK(bench.store.kept[1].id == IncidentId("2"));
    CHECK(bench.store.kept[1].creation_time == noon + 1min);
    CHECK(bench.store.kept[1].modification_time == noon + 1h);
    CHECK(bench.store.kept[1].fetched == noon + 2h);
    CHECK(name_of(bench.store.kept[1]) == "XDR Incident 2");
    CHECK(std::holds_alternative<CompleteState>(bench.store.state));
}

TEST_CASE("a full batch says that there may be more", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1", "2"})};
    CHECK(run_once(bench.setup(2)).more);
}

TEST_CASE("a run that a budget ended says where it goes on if it found nothing", "[runner]") {
    Bench bench;
    RunSetup setup = bench.setup();
    setup.parameters.page_cap = 2;
    setup.parameters.max_requests = 1;
    bench.source.pages = {page_of({"1", "2"})};
    bench.source.pages.front().total_count = 3;
    const RunResult found = run_once(setup);
    CHECK(found.more);
    CHECK(found.place.empty());
    const State before = bench.store.state;
    std::vector<std::string> places;
    for (int i = 0; i < 2; ++i) {
        bench.store.state = before;
        bench.source.pages = {page_of({"1", "2"})};
        bench.source.pages.front().total_count = 3;
        const RunResult again = run_once(setup);
        CHECK(again.more);
        places.push_back(again.place);
    }
    CHECK(places[0] == places[1]);
    CHECK_FALSE(places[0].empty());
}

TEST_CASE("a run that fails part way keeps nothing but its error", "[runner]") {
    Bench bench;
    std::vector<std::string> ids;
    for (int i = 1; i <= 100; ++i) ids.push_back(std::to_string(i));
    bench.source.pages = {page_of(ids)};
    const RunResult result = run_once(bench.setup(200));
    CHECK(result.record.error == "POST somewhere: status 500");
    CHECK(result.record.emitted.empty());
    CHECK(result.record.requests == 2);
    CHECK_FALSE(result.more);
    CHECK(bench.store.kept.empty());
    CHECK(bench.store.state == State{});
    CHECK(bench.store.records == std::vector{result.record});
}

TEST_CASE("a store that cannot commit fails the run", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1"})};
    bench.store.broken = disk_full();
    const RunResult result = run_once(bench.setup());
    CHECK(result.record.error == "incidents.db: the disk is full");
    CHECK(result.record.emitted.empty());
    CHECK(bench.store.records == std::vector{result.record});
}

TEST_CASE("a store that cannot be read just now fails the run", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1"})};
    bench.store.unreadable = disk_full();
    const RunResult result = run_once(bench.setup());
    CHECK(result.record.error == "incidents.db: the disk is full");
    CHECK(bench.store.records == std::vector{result.record});
    CHECK(bench.source.pages.size() == 1);
}

TEST_CASE("a last run that is damaged is bad input and no failed run", "[runner]") {
    Bench bench;
    bench.store.unreadable = xdr::Error({.where = "last-run.json", .what = "no", .hint = ""});
    CHECK(problem_of([&] { run_once(bench.setup()); }).what == "no");
    CHECK(bench.store.records.empty());
}

TEST_CASE("a run whose incidents may be out says so", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1"}), page_of({"1"})};
    bench.store.broken = disk_full();
    CHECK_FALSE(run_once(bench.setup()).half_done);
    bench.store.half_done = true;
    const RunResult result = run_once(bench.setup());
    CHECK(result.half_done);
    CHECK(result.record.error == "incidents.db: the disk is full");
}

TEST_CASE("a failure that cannot be noted is still told", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1"})};
    bench.store.broken = disk_full();
    bench.store.lost = true;
    CHECK(run_once(bench.setup()).record.error == "incidents.db: the disk is full");
}

TEST_CASE("a last run of another policy is bad input and no failed run", "[runner]") {
    Bench bench;
    bench.store.state = CursorState{.last_fetch = noon};
    CHECK(problem_of([&] { run_once(bench.setup()); }).where == "last run");
    CHECK(bench.store.records.empty());
}

TEST_CASE("extra data is asked for each incident that is emitted", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1", "2"})};
    RunSetup setup = bench.setup(1);
    std::vector<std::string> asked;
    setup.extra_data = [&](const IncidentId& id) -> std::variant<std::string, RequestFailed> {
        asked.push_back(id.text());
        return R"({"alerts": {"data": ["an alert"]}})";
    };
    run_once(setup);
    CHECK(asked == std::vector<std::string>{"1"});
    CHECK(bench.store.kept.at(0).xsoar_json.find("an alert") != std::string::npos);
}

TEST_CASE("extra data that cannot be had fails the run", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1"})};
    RunSetup setup = bench.setup();
    setup.extra_data = [](const IncidentId&) { return RequestFailed{"POST extra: status 429"}; };
    CHECK(run_once(setup).record.error == "POST extra: status 429");
    CHECK(bench.store.kept.empty());
    CHECK(bench.store.state == State{});
}

TEST_CASE("an incident that never has extra data comes without", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1", "2"})};
    RunSetup setup = bench.setup();
    setup.extra_data = [](const IncidentId& id) -> std::variant<std::string, RequestFailed> {
        if (id == IncidentId("1")) return RequestFailed{"POST extra: status 404", true};
        return R"({"alerts":[7]})";
    };
    CHECK(run_once(setup).record.error.empty());
    REQUIRE(bench.store.kept.size() == 2);
    CHECK(bench.store.kept[0].xsoar_json.find("POST extra: status 404") != std::string::npos);
    CHECK(bench.store.kept[1].xsoar_json.find("[7]") != std::string::npos);
}

TEST_CASE("what the server sent amiss is told with its request", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"2", "1"})};
    std::swap(bench.source.pages[0].rows[0], bench.source.pages[0].rows[1]);
    const std::string error = run_once(bench.setup()).record.error;
    CAPTURE(error);
    CHECK(error.starts_with("request 1 (rows 0 to 100, creation_time from "));
    CHECK(error.find("): the server sent incident 2 out of order; check") != std::string::npos);
}

TEST_CASE("requests are counted with those that were tried again", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1"})};
    RunSetup setup = bench.setup();
    setup.attempts = [] { return 7; };
    CHECK(run_once(setup).record.requests == 7);
}

TEST_CASE("whoever watches a run hears of each page", "[runner]") {
    Bench bench;
    bench.source.pages = {page_of({"1", "2"})};
    RunSetup setup = bench.setup();
    std::vector<RunProgress> heard;
    setup.watch = [&](const RunProgress& progress) { heard.push_back(progress); };
    run_once(setup);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].requests == 1);
    CHECK(heard[0].read == 2);
    CHECK(heard[0].remaining == 2);
    CHECK(heard[0].newest == noon + 1min);
}

TEST_CASE("a progress line has a bar where the end is known", "[progress]") {
    CHECK(progress_line(
              {.incidents = 50, .expected = 200, .requests = 2, .newest = noon, .passed = 500ms}) ==
          "[#####...............]  25%  50 incidents  2 requests  2024-01-01T12:00:00Z  100/s");
    CHECK(progress_line({.incidents = 1, .requests = 1}) == "1 incident  1 request");
    CHECK(
        progress_line({.incidents = 9, .expected = 3}).starts_with("[####################] 100%"));
}

TEST_CASE("progress rewrites one line, not too often, and clears it", "[progress]") {
    std::ostringstream terminal;
    Millis now{1000};
    Progress progress(
        terminal, [&] { return now; }, 10);
    progress.clear();
    CHECK(terminal.str().empty());
    progress.page({.requests = 1, .read = 99, .remaining = 20});
    CHECK(terminal.str() == "\r[##########..........]  50%  10 incidents  1 request\x1b[K");
    now += 99ms;
    progress.page({.requests = 2, .read = 99, .remaining = 20});
    CHECK(terminal.str().find("2 requests") == std::string::npos);
    RunRecord record;
    record.emitted.resize(10);
    record.requests = 3;
    progress.finished(record);
    now += 1ms;
    progress.page({.requests = 1, .read = 5, .remaining = 5});
    CHECK(
        terminal.str().ends_with("\r[####################] 100%  15 incidents  4 requests  "
                                 "150/s\x1b[K"));
    progress.clear();
    CHECK(terminal.str().ends_with("\x1b[K\r\x1b[K"));
}

TEST_CASE("progress has no bar where the server counts no further", "[progress]") {
    std::ostringstream terminal;
    Millis now{1000};
    Progress progress(
        terminal, [&] { return now; }, 10);
    RunRecord record;
    record.emitted.resize(1);
    progress.finished(record);
    progress.page({.requests = 1, .read = 5, .remaining = INT64_MAX});
    CHECK(terminal.str() == "\r6 incidents  1 request\x1b[K");
}

TEST_CASE("the history is a table of the documented columns", "[output]") {
    const RunRecord good{.number = 12,
                         .started = noon,
                         .duration = 1250ms,
                         .policy = "complete",
                         .window = "a ..",
                         .requests = 2,
                         .emitted = {IncidentId("123"), IncidentId("124")}};
    const RunRecord bad{.number = 11,
                        .started = noon,
                        .duration = 3ms,
                        .policy = "",
                        .window = "",
                        .requests = 1,
                        .error = "POST x:\nno"};
    CHECK(
        history_table({good, bad}) ==
        "run  pulled at             duration  window  requests  incidents  message    source ids\n"
        "12   2024-01-01T12:00:00Z  1s250ms   a ..    2         2          Completed  123, 124\n"
        "11   2024-01-01T12:00:00Z  3ms               1         0          Error: POST x: no\n");
    CHECK(summary(good) == "2 incidents, 2 requests, 1s250ms");
}

TEST_CASE("a record is one line of JSON whatever a server said", "[output]") {
    RunRecord record{
        .number = 3, .started = noon, .duration = 5ms, .policy = "complete", .window = ""};
    CHECK(to_json(record) ==
          R"({"run":3,"started":"2024-01-01T12:00:00Z","duration_ms":5,"policy":"complete",)"
          R"("window":"","requests":0,"emitted":[],"message":"Completed"})");
    record.error = "odd \xff byte";
    CHECK(to_json(record).find("Error: odd") != std::string::npos);
}
