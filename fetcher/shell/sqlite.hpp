#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace fetcher::sqlite {

enum class Access {
    write,
    read,
    frozen,  ///< read what nobody writes meanwhile: no locks, and no files beside the database
};

/// One connection to a database file that exists. All calls throw xdr::Error, whose `where` is the
/// file. One thread at a time.
class Database {
   public:
    /// `file` is absolute: SQLite takes some relative names for something else than a file.
    Database(const std::filesystem::path& file, Access access);

    /// Runs statements that need no values.
    void run(const std::string& sql);

    /// The first column of the only row; 0 or empty without one.
    std::int64_t number(const std::string& sql);
    std::string text(const std::string& sql);

    /// The number that the last INSERT gave to a row.
    std::int64_t last_rowid() const;

    bool in_transaction() const;
    sqlite3* handle() const { return handle_.get(); }

    /// Throws what the last call on this connection complained about, with this code.
    [[noreturn]] void refuse(int code) const;

   private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };

    std::filesystem::path file_;
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Its database outlives it.
class Statement {
   public:
    Statement(const Database& database, std::string_view sql);

    /// Runs it to its end with these values for its `?`s, integers and texts.
    template <class... Values>
    void run(const Values&... values) {
        each([] {}, values...);
    }

    /// Calls `row` for each row; the columns are read with number() and text() meanwhile.
    template <class Row, class... Values>
    void each(Row&& row, const Values&... values) {
        const Rewind rewind{*this};
        int index = 0;
        (bind(++index, values), ...);
        while (step()) row();
    }

    std::int64_t number(int column) const;  ///< columns count from 0
    std::string text(int column) const;

   private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const;
    };

    /// Makes the statement ready for its next use, whatever happened.
    struct Rewind {
        Statement& statement;
        ~Rewind() { statement.rewind(); }
    };

    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view value);
    bool step();
    void rewind();

    const Database* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// All or nothing: undone unless commit() returns.
class Transaction {
   public:
    enum class Kind { read, write };

    Transaction(Database& database, Kind kind);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

   private:
    Database& database_;
};

}  // namespace fetcher::sqlite
