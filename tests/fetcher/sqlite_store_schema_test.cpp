#include "failing_disk.hpp"
#include "store_cases.hpp"

using namespace store_cases;

namespace {

/// A store as version 1 wrote it.
void make_version_1(const fs::path& file) {
    sql(file, R"(
PRAGMA journal_mode = WAL;
CREATE TABLE incidents (
  incident_id TEXT PRIMARY KEY, creation_time INTEGER, fetched INTEGER, run INTEGER,
  xsoar_json TEXT);
CREATE TABLE last_run (only INTEGER PRIMARY KEY CHECK (only = 1), state TEXT);
CREATE TABLE history (number INTEGER PRIMARY KEY, started INTEGER, error TEXT);
INSERT INTO history VALUES (1, 1000, ''), (2, 2000, 'status 500'), (3, 3000, '');
INSERT INTO incidents VALUES
  ('9', 100, 300, 1, '{"name": "9"}'), ('10', 101, 300, 1, '{"name": "10"}'),
  ('8', 102, 301, 3, '{"name": "8"}');
INSERT INTO last_run VALUES (1, '{"last_fetch": 12}');
PRAGMA application_id = 1480872553;
PRAGMA user_version = 1;
)");
}

const std::string tables =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";

std::vector<IncidentId> ids(std::vector<std::string> texts) {
    std::vector<IncidentId> made;
    for (std::string& text : texts) made.emplace_back(std::move(text));
    return made;
}

}  // namespace

TEST_CASE("a store of version 1 keeps all it holds and goes on", "[store]") {
    const Folder folder;
    make_version_1(folder.file());
    {
        SqliteStore store(folder.file(), Mode::write);
        CHECK(store.load() == State{CursorState{.last_fetch = at(12)}});
        const auto history = store.history(10);
        REQUIRE(history.size() == 3);
        CHECK(history[2].emitted == ids({"9", "10"}));
        CHECK(history[1].error == "status 500");
        CHECK(history[0].emitted == ids({"8"}));
        CHECK(history[0].started == at(3'000));
        const auto incidents = store.incidents(10, 0);
        REQUIRE(incidents.size() == 3);
        CHECK(incidents[0] == StoredIncident{.id = IncidentId("8"),
                                             .creation_time = at(102),
                                             .modification_time = at(102),
                                             .fetched = at(301),
                                             .run = 3,
                                             .xsoar_json = "{\"name\": \"8\"}"});
        CHECK(incidents[1].id == IncidentId("10"));
        CHECK(incidents[2].id == IncidentId("9"));
        commit(store, run(4, 2));
        CHECK(store.history(1) == std::vector{run(4, 2).record});
    }
    CHECK(answer(folder.file(), "PRAGMA user_version") == "2 ");
    CHECK(answer(folder.file(), "PRAGMA foreign_key_check").empty());
}

TEST_CASE("a migrated store has the tables of a new one", "[store]") {
    const Folder old, fresh;
    make_version_1(old.file());
    { SqliteStore store(old.file(), Mode::write); }
    { SqliteStore store(fresh.file(), Mode::write); }
    CHECK(answer(old.file(), tables) == answer(fresh.file(), tables));
}

TEST_CASE("a reader leaves the migration to a writer", "[store]") {
    const Folder folder;
    make_version_1(folder.file());
    const std::string before = bytes_of(folder.file());
    CHECK(problem_of([&] { SqliteStore(folder.file(), Mode::read); }).what ==
          "its schema version is 1, older than 2");
    CHECK(bytes_of(folder.file()) == before);
}

TEST_CASE("a migration that fails leaves the store as it was", "[store]") {
    const Folder folder;
    make_version_1(folder.file());
    sql(folder.file(), "UPDATE incidents SET creation_time = NULL WHERE incident_id = '10'");
    const std::string before = bytes_of(folder.file());
    for (int i = 0; i < 2; ++i) {
        CHECK(problem_of([&] { SqliteStore(folder.file(), Mode::write); }).what ==
              "cannot bring it from schema version 1 to 2, it stays as it was: NOT NULL constraint "
              "failed: incidents.creation_time");
        CHECK(bytes_of(folder.file()) == before);
    }
    sql(folder.file(), "UPDATE incidents SET creation_time = 5 WHERE incident_id = '10'");
    CHECK(SqliteStore(folder.file(), Mode::write).incidents(10, 0).size() == 3);
}

TEST_CASE("whichever write fails, a migration is whole or not there", "[store]") {
    const Folder made;
    make_version_1(made.file());
    for (std::int64_t failing = 1;; ++failing) {
        const Folder folder;
        fs::copy_file(made.file(), folder.file());
        bool is_done = false;
        {
            FailingDisk disk;
            disk.fails_from = failing;
            try {
                SqliteStore store(folder.file(), Mode::write);
                is_done = true;
            } catch (const xdr::Error& error) {
                CHECK(error.problem().where == folder.file());
            }
        }
        SqliteStore store(folder.file(), Mode::write);
        CHECK(store.incidents(10, 0).size() == 3);
        CHECK(store.history(10).size() == 3);
        CHECK(store.load() == State{CursorState{.last_fetch = at(12)}});
        if (is_done) break;
    }
}
