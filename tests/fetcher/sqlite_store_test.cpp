#include "sqlite_store.hpp"

#include "failing_disk.hpp"
#include "store_cases.hpp"

using namespace store_cases;

TEST_CASE("a store that is new knows nothing", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    CHECK(store.load() == State{});
    CHECK(store.history(10).empty());
    CHECK(store.incidents(10, 0).empty());
    CHECK(store.find(IncidentId("101")) == std::nullopt);
    CHECK((fs::status(folder.file()).permissions() &
           (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
}

TEST_CASE("a store that is opened again knows what was committed", "[store]") {
    const Folder folder;
    const MadeRun first = run(1, 2), second = run(2, 1);
    {
        SqliteStore store(folder.file(), Mode::write);
        commit(store, first);
        commit(store, second);
    }
    CHECK(folder.names() == std::vector<std::string>{"incidents.db"});
    for (const Mode mode : {Mode::read, Mode::write}) {
        SqliteStore store(folder.file(), mode);
        CHECK(store.load() == state(2));
        CHECK(store.history(10) == std::vector{second.record, first.record});
        CHECK(store.incidents(10, 0) ==
              std::vector{second.incidents[0], first.incidents[1], first.incidents[0]});
        CHECK(store.find(IncidentId("102")) == first.incidents[1]);
        CHECK(store.find(IncidentId("103")) == std::nullopt);
    }
}

TEST_CASE("incidents and runs come in parts, the newest first", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    for (int number = 1; number <= 3; ++number) commit(store, run(number, 2));
    const auto all = store.incidents(100, 0);
    REQUIRE(all.size() == 6);
    CHECK(store.incidents(2, 0) == std::vector{all[0], all[1]});
    CHECK(store.incidents(2, 3) == std::vector{all[3], all[4]});
    CHECK(store.incidents(2, 5) == std::vector{all[5]});
    CHECK(store.incidents(2, 6).empty());
    CHECK(store.incidents(0, 0).empty());
    CHECK(store.incidents(-1, 0).empty());
    CHECK(store.incidents(1, -1) == std::vector{all[0]});
    CHECK(store.history(2) == std::vector{run(3, 2).record, run(2, 2).record});
    CHECK(store.history(0).empty());
    CHECK(store.history(-1).empty());
}

TEST_CASE("an incident that is there already stays as it was", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, run(1, 2));
    MadeRun again = run(2, 1);
    again.incidents.push_back(incident("101", 2));
    again.incidents.back().xsoar_json = "{\"name\": \"changed\"}";
    commit(store, again);
    CHECK(store.incidents(10, 0).size() == 3);
    CHECK(store.find(IncidentId("101")) == incident("101", 1));
}

TEST_CASE("texts of any bytes come back as they were", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    const std::string odd("\0'\"\xff\xc3; DROP TABLE runs; --", 26);
    MadeRun made = run(1, 0);
    made.incidents.push_back(incident(odd, 1));
    made.incidents.push_back(incident("", 1));
    made.incidents[1].xsoar_json = std::string(3'000'000, 'x');
    made.record.emitted = {IncidentId(odd), IncidentId("")};
    made.record.window = odd;
    commit(store, made);
    CHECK(store.find(IncidentId(odd)) == made.incidents[0]);
    CHECK(store.find(IncidentId("")) == made.incidents[1]);
    CHECK(store.history(1) == std::vector{made.record});
    CHECK(store.find(IncidentId("'")) == std::nullopt);
}

TEST_CASE("a failed run enters the history and leaves the last run", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, run(1, 1));
    RunRecord failed = run(2, 0).record;
    failed.error = "request 2 failed: status 500";
    store.add_failure(failed);
    CHECK(store.load() == state(1));
    CHECK(store.history(1) == std::vector{failed});
    CHECK(store.incidents(10, 0).size() == 1);
}

TEST_CASE("runs are counted by the store", "[store]") {
    const Folder folder;
    MadeRun made = run(1, 1);
    made.record.number = 77;
    made.incidents[0].run = 77;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, made);
    CHECK(store.history(1)[0].number == 1);
    CHECK(store.incidents(1, 0)[0].run == 1);
}

TEST_CASE("a last run set by hand replaces the old one", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, run(1, 1));
    store.set_state(state(9));
    CHECK(store.load() == state(9));
    store.set_state(CursorState{.last_fetch = at(5)});
    CHECK(store.load() == State{CursorState{.last_fetch = at(5)}});
    store.set_state({});
    CHECK(store.load() == State{});
    CHECK(store.history(10).size() == 1);
}

TEST_CASE("the history keeps as many runs as it is told, the incidents stay", "[store]") {
    const Folder folder;
    {
        SqliteStore store(folder.file(), Mode::write, {.command = "run", .most_runs = 3});
        for (int number = 1; number <= 5; ++number) commit(store, run(number, 2));
        CHECK(store.history(100) ==
              std::vector{run(5, 2).record, run(4, 2).record, run(3, 2).record});
        CHECK(store.incidents(100, 0).size() == 10);
    }
    CHECK(answer(folder.file(), "SELECT DISTINCT run FROM emitted") == "3 4 5 ");
    {
        SqliteStore store(folder.file(), Mode::write, {.command = "run", .most_runs = 1});
        store.add_failure(run(6, 0).record);
        CHECK(store.history(100) == std::vector{run(6, 0).record});
    }
    CHECK(problem_of([&] {
              SqliteStore(folder.file(), Mode::write, {.command = "run", .most_runs = 0});
          }).what == "expected to keep 1 run or more, got 0");
}

TEST_CASE("no query of a commit or of find reads a whole table", "[store]") {
    const Folder folder;
    { SqliteStore store(folder.file(), Mode::write); }
    const std::string plans =
        answer(folder.file(),
               "EXPLAIN QUERY PLAN SELECT * FROM incidents WHERE incident_id = '1'") +
        answer(folder.file(), "EXPLAIN QUERY PLAN DELETE FROM runs WHERE number <= 3") +
        answer(folder.file(), "EXPLAIN QUERY PLAN DELETE FROM emitted WHERE run = 3") +
        answer(folder.file(), "EXPLAIN QUERY PLAN SELECT * FROM runs ORDER BY number DESC LIMIT 5");
    INFO(plans);
    CHECK(plans.find("SEARCH incidents USING INDEX") != std::string::npos);
    CHECK(plans.find("SEARCH runs USING INTEGER PRIMARY KEY") != std::string::npos);
    CHECK(plans.find("SEARCH emitted USING PRIMARY KEY") != std::string::npos);
    CHECK(plans.find("TEMP B-TREE") == std::string::npos);
}

TEST_CASE("a commit is on the disk when it returns", "[store]") {
    const Folder folder;
    FailingDisk disk;
    SqliteStore store(folder.file(), Mode::write);
    for (int number = 1; number <= 5; ++number) {
        const auto before = disk.syncs;
        commit(store, run(number, 1));
        CHECK(disk.syncs > before);
    }
}
