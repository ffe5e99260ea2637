#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "failing_disk.hpp"
#include "store_cases.hpp"

using namespace store_cases;

namespace {

xdr::Problem refusal(const fs::path& file, Mode mode) {
    return problem_of([&] { SqliteStore(file, mode); });
}

/// That both modes refuse the file for this reason and leave nothing behind.
void check_refused(const Folder& folder, const std::string& what) {
    const std::string before = bytes_of(folder.file());
    const auto names = folder.names();
    for (const Mode mode : {Mode::read, Mode::write}) {
        const xdr::Problem problem = refusal(folder.file(), mode);
        CHECK(problem.where == folder.file());
        CHECK(problem.what == what);
        CHECK_FALSE(problem.hint.empty());
        CHECK(bytes_of(folder.file()) == before);
        CHECK(folder.names() == names);
    }
}

/// A store of some runs, so that it has pages of each kind.
void fill(const fs::path& file) {
    SqliteStore store(file, Mode::write);
    for (int number = 1; number <= 6; ++number) {
        MadeRun made = run(number, 20);
        for (auto& incident : made.incidents) incident.xsoar_json += std::string(1'500, ' ');
        commit(store, made);
    }
}

void use(const fs::path& file) {
    SqliteStore store(file, Mode::write);
    store.load();
    store.history(100);
    store.incidents(1'000, 0);
    store.find(IncidentId("319"));
    commit(store, run(7, 3));
}

/// What a user without rights is told: the superuser may do everything.
std::string told_to_nobody(const fs::path& file) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::string told = "nothing";
        try {
            if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                told = "cannot change the user";
            SqliteStore store(file, Mode::write);
        } catch (const xdr::Error& error) {
            told = error.problem().what;
        }
        _exit(write(ends[1], told.data(), told.size()) < 0 ? 1 : 0);
    }
    close(ends[1]);
    char told[200];
    const ssize_t size = read(ends[0], told, sizeof told);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return {told, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace

TEST_CASE("a file that is no database is refused and left alone", "[store]") {
    const Folder folder;
    write_bytes(folder.file(), "my diary, of which there is no copy\n" + std::string(9'000, 'x'));
    check_refused(folder, "it is not a SQLite database");
}

TEST_CASE("the database of another program is refused and left alone", "[store]") {
    const Folder folder;
    SECTION("as most are") {
        sql(folder.file(), "CREATE TABLE bookmarks (url TEXT)");
        check_refused(folder, "it is a database of another program");
    }
    SECTION("with tables of our names") {
        sql(folder.file(), "CREATE TABLE incidents (id); PRAGMA user_version = 2");
        check_refused(folder, "it is a database of another program");
    }
    SECTION("with another program's mark") {
        sql(folder.file(), "PRAGMA application_id = 7; PRAGMA journal_mode = WAL");
        check_refused(folder, "it is a database of another program");
    }
}

TEST_CASE("a store with other tables than its version says is refused", "[store]") {
    const Folder folder;
    fill(folder.file());
    SECTION("one more") {
        sql(folder.file(), "CREATE TABLE notes (text)");
        check_refused(folder,
                      "expected the tables emitted, incidents, last_run, runs, got emitted, "
                      "incidents, last_run, notes, runs");
    }
    SECTION("one less") {
        sql(folder.file(), "DROP TABLE emitted");
        check_refused(folder,
                      "expected the tables emitted, incidents, last_run, runs, got incidents, "
                      "last_run, runs");
    }
    SECTION("one that lacks a column") {
        sql(folder.file(), "ALTER TABLE runs DROP COLUMN error");
        CHECK(refusal(folder.file(), Mode::read).what ==
              "table runs has 6 columns but 7 values were supplied");
    }
    SECTION("but an index or statistics of the user's own do no harm") {
        sql(folder.file(), "CREATE INDEX by_time ON incidents (creation_time); ANALYZE");
        CHECK_NOTHROW(use(folder.file()));
    }
}

TEST_CASE("a store of a newer program is refused and left alone", "[store]") {
    const Folder folder;
    fill(folder.file());
    sql(folder.file(), "PRAGMA user_version = 3");
    check_refused(folder, "its schema version is 3, this program knows 1 to 2");
    CHECK(refusal(folder.file(), Mode::write).hint == "use the newer program that wrote it");
    sql(folder.file(), "PRAGMA user_version = 0");
    check_refused(folder, "its schema version is 0, this program knows 1 to 2");
}

TEST_CASE("a last run that is missing where incidents are kept is no first run", "[store]") {
    const Folder folder;
    { SqliteStore store(folder.file(), Mode::write); }
    sql(folder.file(), "INSERT INTO incidents VALUES (NULL, '7', 0, 0, 0, 1, '{}')");
    SqliteStore store(folder.file(), Mode::write);
    CHECK(problem_of([&] { store.load(); }).what.starts_with("the last run is damaged: "));
    store.set_state({});
    CHECK(store.load() == State{});
}

TEST_CASE("what is no file cannot be a store", "[store]") {
    const Folder folder;
    for (const Mode mode : {Mode::read, Mode::write}) {
        CHECK(refusal(folder.path, mode).what == "it is not a file");
        CHECK(refusal("", mode).what == "the file has no name");
    }
    CHECK(refusal(folder.path / "none" / "a.db", Mode::write).what ==
          "cannot write the store: No such file or directory");
    CHECK(refusal(folder.path / "none" / "a.db", Mode::read).what == "there is no store yet");
    fs::create_symlink("loop.db", folder.path / "loop.db");
    CHECK(refusal(folder.path / "loop.db", Mode::read).what.starts_with("cannot be reached"));
}

TEST_CASE("an empty file becomes a store", "[store]") {
    const Folder folder;
    write_bytes(folder.file(), "");
    CHECK(refusal(folder.file(), Mode::read).what == "there is no store yet");
    use(folder.file());
    CHECK(SqliteStore(folder.file(), Mode::read).history(10).size() == 1);
}

TEST_CASE("names that mean something to SQLite are names of files", "[store]") {
    const Folder folder;
    const fs::path old = fs::current_path();
    fs::current_path(folder.path);
    for (const char* name : {":memory:", "file:a.db?mode=memory", "a%20b#c.db"}) {
        { SqliteStore(name, Mode::write).set_state(state(1)); }
        CHECK(fs::exists(folder.path / name));
        CHECK(SqliteStore(name, Mode::read).load() == state(1));
    }
    fs::current_path(old);
}

TEST_CASE("the log of a database that is gone is not played into a new one", "[store]") {
    const Folder folder;
    write_bytes(folder.file().string() + "-wal", "changes");
    const xdr::Problem problem = refusal(folder.file(), Mode::write);
    CHECK(problem.what == "there is no database, but what belongs to one: incidents.db-wal");
    CHECK(folder.names() == std::vector<std::string>{"incidents.db-wal"});
}

TEST_CASE("a store that is moved away while it is open is not written any more", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, run(1, 1));
    fs::rename(folder.file(), folder.path / "moved.db");
    CHECK(problem_of([&] { commit(store, run(2, 1)); }).what ==
          "the file was moved or replaced while it was in use");
    fs::rename(folder.path / "moved.db", folder.file());
    CHECK_NOTHROW(commit(store, run(2, 1)));
    CHECK(store.history(10).size() == 2);
}

TEST_CASE("a last run that is damaged is named and can be set by hand", "[store]") {
    const Folder folder;
    fill(folder.file());
    for (const auto& [text, what] :
         {std::pair{"{\"fron", "the last run is not JSON"},
          std::pair{"[]", "expected an object, got []"},
          std::pair{"{\"version\": 1, \"frontier\": 1}", "it is missing (at /sweep)"}}) {
        sql(folder.file(), "UPDATE last_run SET state = '" + std::string(text) + "'");
        SqliteStore store(folder.file(), Mode::write);
        const xdr::Problem problem = problem_of([&] { store.load(); });
        CHECK(problem.where == folder.file());
        CHECK(problem.what == "the last run is damaged: " + std::string(what));
        CHECK(store.history(100).size() == 6);
        store.set_state(state(6));
        CHECK(store.load() == state(6));
    }
}

TEST_CASE("damaged bytes anywhere give an error or nothing, never a crash", "[store]") {
    const Folder folder;
    const fs::path sound = folder.path / "sound.db";
    fill(sound);
    const std::string bytes = bytes_of(sound);
    FailingDisk disk;  // which does not wait for the real one
    int refused = 0;
    for (std::size_t at = 0; at < bytes.size(); at += at < 200 ? 7 : 1'021) {
        std::string damaged = bytes;
        for (std::size_t i = at; i < std::min(at + 24, bytes.size()); ++i)
            damaged[i] = static_cast<char>(damaged[i] ^ 0xA5);
        write_bytes(folder.file(), damaged);
        try {
            use(folder.file());
        } catch (const xdr::Error& error) {
            ++refused;
            REQUIRE(error.problem().where == folder.file());
            REQUIRE_FALSE(error.problem().what.empty());
        }
        for (const char* ending : {"", "-wal", "-shm", "-journal"})
            fs::remove(folder.file().string() + ending);
    }
    CHECK(refused > 20);
}

TEST_CASE("a database cut short is called damaged", "[store]") {
    const Folder folder;
    fill(folder.file());
    fs::resize_file(folder.file(), 3 * 8'192);
    CHECK(problem_of([&] { use(folder.file()); }).what.starts_with("the database is damaged: "));
}

TEST_CASE("another program's lock is an error, not a hang, and loses nothing", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, run(1, 1));
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(folder.file().c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(problem_of([&] { commit(store, run(2, 1)); }).what ==
          "another program has locked the database");
    CHECK(store.history(10).size() == 1);
    sqlite3_close(other);
    CHECK_NOTHROW(commit(store, run(2, 1)));
}

TEST_CASE("whichever write fails, a commit is whole or not there", "[store]") {
    const Folder made;
    fill(made.file());
    for (const auto& [code, what] :
         {std::pair{SQLITE_FULL, "no space left on the device; nothing was changed"},
          std::pair{SQLITE_IOERR_WRITE, "the database cannot be read or written: disk I/O error"},
          std::pair{SQLITE_IOERR_FSYNC, "the database cannot be read or written: disk I/O error"}})
        for (std::int64_t failing = 1;; ++failing) {
            const Folder folder;
            fs::copy_file(made.file(), folder.file());
            FailingDisk disk;
            disk.code = code;
            bool is_done = false;
            std::string told;
            {
                SqliteStore store(folder.file(), Mode::write);
                disk.calls = 0;
                disk.fails_from = failing;
                try {
                    commit(store, run(7, 30));
                    is_done = true;
                } catch (const xdr::Error& error) {
                    told = error.problem().what;
                    CHECK(error.blame() == xdr::Blame::surroundings);
                }
                // Room was made: the same store goes on.
                if (failing % 2 == 0) disk.fails_from = INT64_MAX;
                CHECK(store.load() == state(is_done ? 7 : 6));
                CHECK(store.incidents(1'000, 0).size() == (is_done ? 150U : 120U));
                if (failing % 2 == 0 && !is_done) CHECK_NOTHROW(commit(store, run(7, 30)));
            }
            disk.fails_from = INT64_MAX;
            SqliteStore again(folder.file(), Mode::write);
            const bool is_there = again.load() == state(7);
            CHECK(again.history(100).size() == (is_there ? 7U : 6U));
            CHECK(again.incidents(1'000, 0).size() == (is_there ? 150U : 120U));
            if (is_done) break;
            CHECK(told == what);
        }
}

TEST_CASE("whichever write fails, a new store is whole or not there", "[store]") {
    for (std::int64_t failing = 1;; ++failing) {
        const Folder folder;
        FailingDisk disk;
        disk.fails_from = failing;
        bool is_done = false;
        try {
            SqliteStore store(folder.file(), Mode::write);
            is_done = true;
        } catch (const xdr::Error& error) {
            CHECK(error.problem().where == folder.file());
            CHECK(error.problem().what.find("no space left on the device") != std::string::npos);
        }
        disk.fails_from = INT64_MAX;
        CHECK_NOTHROW(use(folder.file()));
        if (is_done) break;
    }
}

TEST_CASE("a file size limit of the system is an error, not a signal's death", "[store]") {
    const Folder folder;
    SqliteStore store(folder.file(), Mode::write);
    commit(store, run(1, 1));
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    rlimit all{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &all) == 0);
    rlimit little = all;
    little.rlim_cur = 100'000;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &little) == 0);
    MadeRun large = run(2, 1);
    large.incidents[0].xsoar_json = std::string(500'000, 'x');
    const xdr::Problem problem = problem_of([&] { commit(store, large); });
    REQUIRE(setrlimit(RLIMIT_FSIZE, &all) == 0);
    std::signal(SIGXFSZ, old);
    CHECK(problem.what.starts_with("the database cannot be read or written: disk I/O error"));
    CHECK(store.load() == state(1));
    CHECK_NOTHROW(commit(store, large));
}

TEST_CASE("what may not be written is named before a run begins", "[store]") {
    const Folder folder;
    fs::permissions(folder.path, fs::perms::all);
    { SqliteStore(folder.file(), Mode::write).set_state(state(1)); }
    CHECK(told_to_nobody(folder.path / "new.db") == "nothing");
    SECTION("the folder") {
        fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec |
                                         fs::perms::others_read | fs::perms::others_exec);
        CHECK(told_to_nobody(folder.file()) == "cannot write the store: Permission denied");
    }
    SECTION("the file may be read") {
        fs::permissions(folder.file(), fs::perms::owner_read | fs::perms::others_read);
        CHECK(told_to_nobody(folder.file()).starts_with("the database cannot be written: "));
    }
    SECTION("nor read") {
        fs::permissions(folder.file(), fs::perms::none);
        CHECK(told_to_nobody(folder.file()).starts_with("the database cannot be opened: "));
    }
    fs::permissions(folder.path, fs::perms::owner_all);
    CHECK(SqliteStore(folder.file(), Mode::read).load() == state(1));
}
