#include "schema.hpp"

#include <array>

#include "xdr/error.hpp"

namespace fetcher::sqlite {

namespace {

/// Times are milliseconds since 1970, UTC. `position` is the order of emission; the UNIQUE index is
/// how an id that is there already is known, however old the store is. `emitted` outlives nothing:
/// a run that leaves the history takes its ids along.
constexpr const char* version_2 = R"(
CREATE TABLE incidents (
  position INTEGER PRIMARY KEY,
  incident_id TEXT NOT NULL UNIQUE,
  creation_time INTEGER NOT NULL,
  modification_time INTEGER NOT NULL,
  fetched INTEGER NOT NULL,
  run INTEGER NOT NULL,
  xsoar_json TEXT NOT NULL
) STRICT;
CREATE TABLE last_run (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  state TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  started INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  policy TEXT NOT NULL,
  fetch_window TEXT NOT NULL,
  requests INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT;
CREATE TABLE emitted (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  incident_id TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
)";

/// Version 1 had no ids in the history, as each incident named its run, and less about both.
constexpr const char* from_1_before = R"(
ALTER TABLE incidents RENAME TO old_incidents;
ALTER TABLE last_run RENAME TO old_last_run;
)";
constexpr const char* from_1_after = R"(
INSERT INTO incidents
  SELECT rowid, incident_id, creation_time, creation_time, fetched, run, xsoar_json
  FROM old_incidents;
INSERT INTO last_run SELECT only, state FROM old_last_run;
INSERT INTO runs SELECT number, started, 0, '', '', 0, error FROM history;
INSERT INTO emitted
  SELECT run, row_number() OVER (PARTITION BY run ORDER BY position), incident_id
  FROM incidents WHERE run IN (SELECT number FROM runs);
DROP TABLE old_incidents;
DROP TABLE old_last_run;
DROP TABLE history;
)";

/// By version, from 1; sorted.
constexpr std::array<const char*, schema_version> tables = {
    "history, incidents, last_run",
    "emitted, incidents, last_run, runs",
};

std::string versions() { return "1 to " + std::to_string(schema_version); }

[[noreturn]] void refuse(std::string what, std::string hint, xdr::Blame blame) {
    throw xdr::Error({.where = {}, .what = std::move(what), .hint = std::move(hint)}, blame);
}

std::string set_version() { return "PRAGMA user_version = " + std::to_string(schema_version); }

}  // namespace

void create_schema(Database& database) {
    Transaction transaction(database, Transaction::Kind::write);
    database.run(version_2);
    database.run("PRAGMA application_id = " + std::to_string(application_id));
    database.run(set_version());
    transaction.commit();
}

std::int64_t check_schema(Database& database) {
    if (database.number("PRAGMA application_id") != application_id)
        refuse("it is a database of another program", "name another file for the store",
               xdr::Blame::input);
    const std::int64_t version = database.number("PRAGMA user_version");
    if (version < 1 || version > schema_version)
        refuse("its schema version is " + std::to_string(version) + ", this program knows " +
                   versions(),
               version > schema_version ? "use the newer program that wrote it"
                                        : "restore a copy of the store",
               xdr::Blame::input);
    const std::string found = database.text(
        "SELECT group_concat(name, ', ') FROM (SELECT name FROM sqlite_schema "
        "WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name)");
    const char* const expected = tables.at(static_cast<std::size_t>(version - 1));
    if (found != expected)
        refuse("expected the tables " + std::string(expected) + ", got " +
                   (found.empty() ? "none" : found),
               "restore a copy of the store", xdr::Blame::input);
    return version;
}

void migrate(Database& database, std::int64_t from) {
    if (from == schema_version) return;
    try {
        Transaction transaction(database, Transaction::Kind::write);
        database.run(from_1_before);
        database.run(version_2);
        database.run(from_1_after);
        database.run(set_version());
        transaction.commit();
    } catch (const xdr::Error& error) {
        const xdr::Problem& problem = error.problem();
        throw xdr::Error(
            {.where = problem.where,
             .what = "cannot bring it from schema version " + std::to_string(from) + " to " +
                     std::to_string(schema_version) + ", it stays as it was: " + problem.what,
             .hint = problem.hint},
            error.blame());
    }
}

}  // namespace fetcher::sqlite
