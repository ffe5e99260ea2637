#pragma once

#include "sqlite.hpp"

namespace fetcher::sqlite {

/// Marks a file as a store of this program: `XDRi`. Source: sqlite.org, "Database File Format",
/// Application ID.
constexpr std::int64_t application_id = 0x58445269;

/// Grows with each change of the tables; kept in SQLite's user_version.
constexpr std::int64_t schema_version = 2;

/// Makes the tables in an empty database, in one transaction.
void create_schema(Database& database);

/// Throws xdr::Error for a database that is not a store, or whose schema this program does not
/// know: a newer one, or other tables than its version says. Reads only. Returns its version.
std::int64_t check_schema(Database& database);

/// Brings an older schema to the current one, in one transaction; on xdr::Error it is as it was.
void migrate(Database& database, std::int64_t from);

}  // namespace fetcher::sqlite
