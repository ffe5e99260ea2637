#include "sqlite.hpp"

#include <sqlite3.h>

#include <cstring>

#include "xdr/error.hpp"

namespace fetcher::sqlite {

namespace {

/// A reader or a backup may hold the file for a moment; who holds it longer is worth an error.
constexpr int busy_timeout_ms = 500;

constexpr const char* rights_hint = "check the path, its rights and the free space";

/// What to tell about a result code of SQLite. Source: sqlite.org, "Result and Error Codes".
xdr::Problem problem(int code, const std::string& message, int system_error) {
    const std::string reason =
        system_error == 0 ? message : message + ": " + std::strerror(system_error);
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return {{},
                    "no space left on the device; nothing was changed",
                    "make room; the next run does again what was not saved"};
        case SQLITE_NOTADB:
            return {{}, "it is not a SQLite database", "name another file for the store"};
        case SQLITE_CORRUPT:
            return {{},
                    "the database is damaged: " + message,
                    "restore a copy; docs/store.md says what can be rescued from this one"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {
                {}, "another program has locked the database", "end it, or wait until it is done"};
        case SQLITE_READONLY:
            return {{}, "the database cannot be written: " + reason, rights_hint};
        case SQLITE_CANTOPEN:
            return {{}, "the database cannot be opened: " + reason, rights_hint};
        case SQLITE_IOERR:
            return {{},
                    "the database cannot be read or written: " + reason,
                    "check the device and its free space"};
        default:
            return {{}, reason, "see docs/store.md"};
    }
}

bool is_blamed_on_input(int code) { return (code & 0xFF) == SQLITE_NOTADB; }

/// A URI, because only a URI can say that nobody writes.
std::string frozen_uri(const std::filesystem::path& file) {
    constexpr const char* digits = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char c : file.string()) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '%' || c == '?' || c == '#')
            uri += {'%', digits[byte >> 4], digits[byte & 15]};
        else
            uri += c;
    }
    return uri + "?immutable=1";
}

}  // namespace

Database::Database(const std::filesystem::path& file, Access access) : file_(file) {
    const int flags = access == Access::write    ? SQLITE_OPEN_READWRITE
                      : access == Access::frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                                 : SQLITE_OPEN_READONLY;
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(access == Access::frozen ? frozen_uri(file).c_str() : file.c_str(), &handle,
                        flags | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) refuse(code);
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    // A file that somebody prepared must not do more than hold data.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // Without write permission SQLite opens for reading and says nothing.
    if (access == Access::write && sqlite3_db_readonly(handle, "main") != 0)
        refuse(SQLITE_READONLY);
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

void Database::run(const std::string& sql) {
    const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) refuse(code);
}

std::int64_t Database::number(const std::string& sql) {
    std::int64_t found = 0;
    Statement statement(*this, sql);
    statement.each([&] { found = statement.number(0); });
    return found;
}

std::string Database::text(const std::string& sql) {
    std::string found;
    Statement statement(*this, sql);
    statement.each([&] { found = statement.text(0); });
    return found;
}

std::int64_t Database::last_rowid() const { return sqlite3_last_insert_rowid(handle()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

void Database::refuse(int code) const {
    // The connection's own message fits the code only if that code is what it returned last.
    const bool is_last = handle() != nullptr && sqlite3_extended_errcode(handle()) == code;
    const int kind = code & 0xFF;
    const bool is_of_system =
        kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY;
    xdr::Problem found = problem(code, is_last ? sqlite3_errmsg(handle()) : sqlite3_errstr(code),
                                 is_last && is_of_system ? sqlite3_system_errno(handle()) : 0);
    found.where = file_.string();
    throw xdr::Error(std::move(found),
                     is_blamed_on_input(code) ? xdr::Blame::input : xdr::Blame::surroundings);
}

Statement::Statement(const Database& database, std::string_view sql) : database_(&database) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) database.refuse(code);
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

void Statement::bind(int index, std::int64_t value) {
    const int code = sqlite3_bind_int64(handle_.get(), index, value);
    if (code != SQLITE_OK) database_->refuse(code);
}

void Statement::bind(int index, std::string_view value) {
    // Not copied: the values of run() and each() live until the statement has ended. A null pointer
    // would be NULL instead of an empty text.
    const int code = sqlite3_bind_text64(handle_.get(), index, value.data() ? value.data() : "",
                                         value.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) database_->refuse(code);
}

bool Statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    database_->refuse(code);
}

void Statement::rewind() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    const int size = sqlite3_column_bytes(handle_.get(), column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
    database_.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
    // Some errors have undone it already. What fails here leaves an open transaction, which is
    // undone when the connection closes or the next one opens the file.
    if (database_.in_transaction())
        sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() { database_.run("COMMIT"); }

}  // namespace fetcher::sqlite
