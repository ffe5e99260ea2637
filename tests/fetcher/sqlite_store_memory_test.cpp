#include "fetcher/complete.hpp"
#include "runner.hpp"
#include "store_cases.hpp"

using namespace store_cases;
using namespace std::chrono_literals;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// All rows at or after the bound, oldest first by modification, a page of 100.
class Rows final : public Source {
   public:
    std::variant<Page, RequestFailed> fetch(const PageRequest& request) override {
        Page page;
        for (const Row& row : rows)
            if (row.modification_time >= request.gte) page.rows.push_back(row);
        page.total_count = static_cast<std::int64_t>(page.rows.size());
        page.rows.resize(std::min<std::size_t>(page.rows.size(), 100));
        return page;
    }

    void modify(std::size_t index, TimePoint at) {
        Row row = rows[index];
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(index));
        row.modification_time = at;
        rows.push_back(row);
    }

    std::vector<Row> rows;
};

Row made(int number) {
    const TimePoint at = noon + number * 1s;
    return {.incident_id = IncidentId(std::to_string(number)),
            .creation_time = at,
            .modification_time = at,
            .description = {},
            .raw_json = "{}"};
}

const Complete by_modification(TimeField::modification_time);

std::vector<IncidentId> run_on(Store& store, Rows& rows, const Policy& policy = by_modification) {
    const RunResult result = run_once({.policy = policy,
                                       .parameters = {.limit = 100, .first_fetch = "1970-01-02"},
                                       .source = rows,
                                       .store = store,
                                       .now = [] { return noon; },
                                       .steady = [] { return Millis{0}; }});
    REQUIRE(result.record.error.empty());
    return result.record.emitted;
}

std::vector<IncidentId> ids(std::initializer_list<const char*> texts) {
    return {texts.begin(), texts.end()};
}

const CompleteState& complete(const State& state) { return std::get<CompleteState>(state); }

std::string saved(const Folder& folder) {
    return answer(folder.file(), "SELECT state FROM last_run");
}

}  // namespace

TEST_CASE("what a store holds needs no place in the last run of a sweep by modification",
          "[store]") {
    const Folder folder;
    Rows rows;
    for (int i = 1; i <= 50; ++i) rows.rows.push_back(made(i));
    {
        SqliteStore store(folder.file(), Mode::write);
        CHECK(run_on(store, rows).size() == 50);
    }
    for (int i = 51; i <= 100; ++i) rows.rows.push_back(made(i));
    rows.modify(3, noon + 1h);
    SqliteStore store(folder.file(), Mode::write);
    CHECK(complete(store.load()).seen.empty());
    CHECK(run_on(store, rows).size() == 50);  // and not the modified one
    CHECK(saved(folder).find(R"("seen":{})") != std::string::npos);
}

TEST_CASE("the whole last run of a sweep by modification names every id of the store", "[store]") {
    const Folder folder;
    Rows rows;
    for (const int number : {10, 9, 1}) rows.rows.push_back(made(number));
    std::sort(rows.rows.begin(), rows.rows.end(),
              [](const Row& a, const Row& b) { return a.modification_time < b.modification_time; });
    SqliteStore store(folder.file(), Mode::write);
    CHECK(run_on(store, rows) == ids({"1", "9", "10"}));
    const State whole = store.whole_last_run();
    REQUIRE(complete(whole).seen.size() == 3);
    CHECK(complete(whole).seen[1] == SeenOf<Whole>{IncidentId("9"), noon + 9s});
    // It works where there is no store: nothing comes again.
    const auto run = by_modification.start({.limit = 9}, whole, noon);
    Outcome outcome = drive(*run, rows);
    CHECK(std::get<Batch>(outcome).incidents.empty());
}

TEST_CASE("ids that were set by hand are kept, those that the store has are not", "[store]") {
    const Folder folder;
    Rows rows;
    rows.rows = {made(1), made(2), made(3)};
    SqliteStore store(folder.file(), Mode::write);
    run_on(store, rows);
    CompleteState set = complete(store.whole_last_run());
    set.seen.push_back({IncidentId("4"), noon + 4s});
    store.set_state(set);
    REQUIRE(complete(store.load()).seen.size() == 1);
    CHECK(complete(store.load()).seen[0].id == IncidentId("4"));
    rows.rows.push_back(made(4));
    rows.rows.push_back(made(5));
    CHECK(run_on(store, rows) == ids({"5"}));
    CHECK(complete(store.load()).seen.size() == 1);
}

TEST_CASE("an older last run brings nothing again that the store has", "[store]") {
    const Complete by_creation(TimeField::creation_time);
    for (const Policy* policy :
         std::initializer_list<const Policy*>{&by_creation, &by_modification}) {
        const Folder folder;
        Rows rows;
        rows.rows = {made(1), made(2)};
        SqliteStore store(folder.file(), Mode::write);
        run_on(store, rows, *policy);
        store.set_state(State{});
        rows.rows.push_back(made(3));
        CHECK(run_on(store, rows, *policy) == ids({"3"}));
    }
}
