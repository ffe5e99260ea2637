#include "store_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "file_name.hpp"
#include "schema.hpp"
#include "xdr/error.hpp"

namespace fetcher::sqlite {

namespace {

namespace fs = std::filesystem;

/// What SQLite keeps beside a database that is open, or was when its program died.
constexpr const char* log_ending = "-wal";
constexpr const char* journal_ending = "-journal";

constexpr const char* rights_hint = "check the path, its rights and the free space";

[[noreturn]] void refuse(const fs::path& file, std::string what, std::string hint,
                         xdr::Blame blame = xdr::Blame::surroundings) {
    throw xdr::Error({.where = file.string(), .what = std::move(what), .hint = std::move(hint)},
                     blame);
}

[[noreturn]] void refuse_making(const fs::path& file, int error) {
    refuse(file, std::string("cannot make the store: ") + std::strerror(error), rights_hint);
}

fs::path beside(const fs::path& file, const char* ending) { return file.string() + ending; }

bool has(const fs::path& file, const char* ending) {
    std::error_code ignored;
    return fs::exists(beside(file, ending), ignored);
}

/// No program has it open, and none died with it open.
bool is_idle(const fs::path& file) { return !has(file, log_ending) && !has(file, journal_ending); }

/// A schema's problem has no file of its own.
template <class Call>
auto naming(const fs::path& file, Call&& call) {
    try {
        return call();
    } catch (const xdr::Error& error) {
        if (!error.problem().where.empty()) throw;
        refuse(file, error.problem().what, error.problem().hint, error.blame());
    }
}

/// An empty file is what a shell's `>` or mktemp leaves.
bool is_missing(const fs::path& file) {
    const std::optional<FileStamp> found = stamp(file);
    return !found || found->size == 0;
}

void sync_folder(const fs::path& folder) {
    const int number = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) return;
    fsync(number);
    close(number);
}

/// A log of a database that is gone would be played into the new one.
void refuse_orphans(const fs::path& file) {
    for (const char* ending : {log_ending, journal_ending})
        if (has(file, ending))
            refuse(file,
                   "there is no database, but what belongs to one: " +
                       beside(file, ending).filename().string(),
                   "bring the database back, or move that file away to start afresh",
                   xdr::Blame::input);
}

/// Made under another name, so that under its own the store is whole or not there.
void make(const fs::path& file) {
    refuse_orphans(file);
    const fs::path draft = beside(file, ".new");
    for (const char* ending : {"", log_ending, journal_ending})
        unlink((draft.string() + ending).c_str());
    const int number = open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (number < 0) refuse_making(file, errno);
    close(number);
    try {
        Database database(draft, Access::write);
        // Rows are a kilobyte or more: pages of 8 KiB halve the time of a commit.
        database.run("PRAGMA page_size = 8192; PRAGMA synchronous = FULL");
        create_schema(database);
    } catch (const xdr::Error& error) {
        unlink(draft.c_str());
        refuse(file, "cannot make the store: " + error.problem().what, error.problem().hint,
               error.blame());
    }
    if (std::rename(draft.c_str(), file.c_str()) != 0) refuse_making(file, errno);
    sync_folder(file.parent_path());
}

void prepare_writing(Database& database, const fs::path& file) {
    const std::string mode = database.text("PRAGMA journal_mode = WAL");
    if (mode != "wal")
        refuse(file, "its journal mode stays " + mode + ", expected wal",
               "put the store on a local file system");
    // FULL: the log is on the disk when a commit returns. It is played into the database every 16
    // MiB: more often costs a burst half its speed. No mapped reading: a failing disk would be a
    // signal instead of an error.
    database.run(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
        "PRAGMA mmap_size = 0; PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 2048;"
        "PRAGMA journal_size_limit = 16777216");
}

/// Looks at a file without a trace on it: SQLite must not tidy up what may be another program's.
/// An unfinished change, left by a crash, can only be looked behind by undoing it, as each program
/// that opens the file does.
std::int64_t look_at(const fs::path& file) {
    const Access access = is_idle(file)               ? Access::frozen
                          : has(file, journal_ending) ? Access::write
                                                      : Access::read;
    Database database(file, access);
    return check_schema(database);
}

}  // namespace

std::optional<FileStamp> stamp(const fs::path& file) {
    struct stat found {};
    if (stat(file.c_str(), &found) != 0) {
        if (errno == ENOENT) return std::nullopt;
        refuse(file, std::string("cannot be read: ") + std::strerror(errno), rights_hint);
    }
    if (!S_ISREG(found.st_mode))
        refuse(file, "it is not a file", "name a file for the store", xdr::Blame::input);
    return FileStamp{
        .device = found.st_dev,
        .inode = found.st_ino,
        .size = found.st_size,
        .modified_ns = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
}

Database open_for_writing(const fs::path& file) {
    if (is_missing(file)) make(file);
    refuse_second_name(file);
    const std::int64_t version = naming(file, [&] { return look_at(file); });
    Database database(file, Access::write);
    prepare_writing(database, file);
    migrate(database, version);
    return database;
}

Reading open_for_reading(const fs::path& file) {
    const std::optional<FileStamp> found = stamp(file);
    if (!found || found->size == 0)
        refuse(file, "there is no store yet", "run fetch-incidents once, or name another file",
               xdr::Blame::input);
    const bool is_frozen = is_idle(file);
    Reading reading{Database(file, is_frozen ? Access::frozen : Access::read), {}};
    if (is_frozen) reading.frozen_at = found;
    const std::int64_t version = naming(file, [&] { return check_schema(reading.database); });
    if (version != schema_version)
        refuse(file,
               "its schema version is " + std::to_string(version) + ", older than " +
                   std::to_string(schema_version),
               "open it once for writing, with run or watch, to bring it up to date",
               xdr::Blame::input);
    return reading;
}

}  // namespace fetcher::sqlite
