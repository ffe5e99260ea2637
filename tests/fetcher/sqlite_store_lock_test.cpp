#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "run_lock.hpp"
#include "store_cases.hpp"

using namespace store_cases;

namespace {

/// A child process that runs until it is killed, and tells of what it did byte by byte.
class Child {
   public:
    template <class Work>
    explicit Child(Work work) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        pid_ = fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);  // not even if this test crashes may it stay
            close(ends[0]);
            try {
                work([&] {
                    if (write(ends[1], ".", 1) != 1) _exit(1);
                });
            } catch (...) {
            }
            _exit(1);
        }
        close(ends[1]);
        news_ = ends[0];
    }
    ~Child() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        close(news_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Waits until it has told `count` times.
    void wait_for(int count) const {
        char byte = 0;
        for (int i = 0; i < count; ++i) REQUIRE(read(news_, &byte, 1) == 1);
    }
    pid_t pid() const { return pid_; }

   private:
    pid_t pid_ = -1;
    int news_ = -1;
};

/// A place in the middle of whatever runs meanwhile: nothing is asserted on how long it takes.
void spin(int rounds) {
    for (volatile int i = 0; i < rounds;) i = i + 1;
}

}  // namespace

TEST_CASE("a second writer is told who holds the store, and changes nothing", "[store]") {
    const Folder folder;
    const Child child([&](auto tell) {
        SqliteStore store(folder.file(), Mode::write, {.command = "watch"});
        commit(store, run(1, 1));
        tell();
        pause();
    });
    child.wait_for(1);
    const xdr::Problem problem =
        problem_of([&] { SqliteStore(folder.file(), Mode::write, {.command = "run"}); });
    CHECK(problem.where == folder.file());
    CHECK(problem.what == "process " + std::to_string(child.pid()) + " (watch) holds this store");
    CHECK(SqliteStore(folder.file(), Mode::read).load() == state(1));
}

TEST_CASE("a store is one, whatever name it is called by", "[store]") {
    const Folder folder;
    const SqliteStore store(folder.file(), Mode::write);
    fs::create_symlink("incidents.db", folder.path / "link.db");
    fs::create_directory(folder.path / "in");
    for (const fs::path& name :
         {folder.path / "link.db", folder.path / "in" / ".." / "incidents.db"})
        CHECK(
            problem_of([&] { SqliteStore(name, Mode::write); }).what.ends_with("holds this store"));
    fs::create_hard_link(folder.file(), folder.path / "twin.db");
    CHECK(problem_of([&] { SqliteStore(folder.path / "twin.db", Mode::write); }).what ==
          "the file has more than one name");
}

TEST_CASE("a lock whose holder died holds nobody up", "[store]") {
    const Folder folder;
    write_bytes(folder.file().string() + ".lock", "4711 watch\n");
    SqliteStore store(folder.file(), Mode::write, {.command = "run"});
    CHECK(bytes_of(folder.file().string() + ".lock") == std::to_string(getpid()) + " run\n");
}

TEST_CASE("a lock without a record of its holder still says that it is taken", "[store]") {
    const Folder folder;
    const RunLock lock(folder.file());
    for (const char* record : {"", "4711", "nothing\nof use "}) {
        write_bytes(folder.file().string() + ".lock", record);
        CHECK(problem_of([&] { SqliteStore(folder.file(), Mode::write); }).what ==
              "another run is using this store");
    }
}

TEST_CASE("a reader sees whole runs while a writer commits", "[store]") {
    const Folder folder;
    SqliteStore writer(folder.file(), Mode::write);
    commit(writer, run(1, 2));
    SqliteStore reader(folder.file(), Mode::read);
    CHECK(reader.history(1)[0].number == 1);
    commit(writer, run(2, 2));
    CHECK(reader.history(1) == std::vector{run(2, 2).record});
    CHECK(reader.load() == state(2));
    CHECK(reader.incidents(10, 0).size() == 4);
}

TEST_CASE("a reader that was first sees what a writer commits later", "[store]") {
    const Folder folder;
    { SqliteStore(folder.file(), Mode::write).set_state(state(1)); }
    SqliteStore reader(folder.file(), Mode::read);
    CHECK(reader.load() == state(1));
    {
        SqliteStore writer(folder.file(), Mode::write);
        commit(writer, run(2, 50));
    }
    CHECK(reader.load() == state(2));
    CHECK(reader.incidents(100, 0).size() == 50);
}

TEST_CASE("reading makes no file", "[store]") {
    const Folder folder;
    const xdr::Problem problem = problem_of([&] { SqliteStore(folder.file(), Mode::read); });
    CHECK(problem.what == "there is no store yet");
    CHECK(folder.names().empty());
    { SqliteStore(folder.file(), Mode::write).set_state(state(1)); }
    {
        SqliteStore reader(folder.file(), Mode::read);
        CHECK(reader.load() == state(1));
        CHECK(folder.names() == std::vector<std::string>{"incidents.db"});
    }
    CHECK(folder.names() == std::vector<std::string>{"incidents.db"});
}

TEST_CASE("a store for reading refuses to be written", "[store]") {
    const Folder folder;
    { SqliteStore(folder.file(), Mode::write).set_state(state(1)); }
    SqliteStore reader(folder.file(), Mode::read);
    CHECK(problem_of([&] {
              reader.set_state(state(2));
          }).what.starts_with("the database cannot be written"));
    CHECK(reader.load() == state(1));
}

TEST_CASE("a writer killed at any instant leaves whole runs only", "[store]") {
    const Folder folder;
    std::int64_t told = 0;
    for (int round = 0; round < 50; ++round) {
        {
            const Child child([&](auto tell) {
                SqliteStore store(folder.file(), Mode::write);
                const auto last = store.history(1);
                for (std::int64_t next = last.empty() ? 1 : last[0].number + 1;; ++next) {
                    commit(store, run(next, 7));
                    tell();
                }
            });
            const int commits = 1 + round % 4;
            child.wait_for(commits);
            told += commits;
            spin(round * 20'011);
        }
        SqliteStore store(folder.file(), Mode::read);
        const auto history = store.history(1'000'000);
        const auto runs = static_cast<std::int64_t>(history.size());
        REQUIRE(runs >= told);
        told = runs;
        REQUIRE(history[0] == run(runs, 7).record);
        REQUIRE(store.load() == state(runs));
        REQUIRE(store.incidents(1'000'000, 0).size() == static_cast<std::size_t>(7 * runs));
        REQUIRE(store.incidents(1, 0)[0] == run(runs, 7).incidents[6]);
    }
    CHECK(answer(folder.file(), "PRAGMA integrity_check") == "ok ");
    CHECK(answer(folder.file(), "PRAGMA foreign_key_check").empty());
}
