#include "ndjson_store.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "fetcher/pending.hpp"
#include "fetcher/wire.hpp"
#include "print.hpp"
#include "runner.hpp"

using namespace fetcher;
namespace fs = std::filesystem;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

struct Folder {
    fs::path path = fs::temp_directory_path() / ("ndjson_store_test_" + std::to_string(::getpid()) +
                                                 "_" + std::to_string(++counter));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }

    fs::path file() const { return path / "last-run.json"; }

    static inline int counter = 0;
};

State state_of(std::int64_t batch) {
    return CompleteState{.field = {}, .frontier = noon, .newest = noon, .seen = {}, .batch = batch};
}

Batch batch_of(const std::vector<std::string>& ids, std::int64_t number) {
    Batch batch;
    for (const std::string& id : ids)
        batch.incidents.push_back({.incident_id = IncidentId(id),
                                   .creation_time = noon,
                                   .modification_time = noon,
                                   .description = "",
                                   .raw_json = "{}"});
    batch.state = state_of(number);
    return batch;
}

void commit(NdjsonStore& store, const Batch& batch) {
    store.commit(batch, stored_incidents(batch.incidents, noon), {});
}

constexpr const char* line_1 =
    R"({"batch":1,"index":1,"of":1,"name":"XDR Incident 7","occurred":"2024-01-01T12:00:00Z",)"
    R"("details":"","severity":0,"dbotMirrorId":"7","rawJSON":"{}"})"
    "\n";

using Form = NdjsonStore::Form;
using AfterCrash = NdjsonStore::AfterCrash;

/// A stream that fails: nobody reads it.
struct Broken : std::ostream {
    Broken() : std::ostream(nullptr) {}
};

/// Leaves a batch behind that did not get out.
void fail_to_emit(const Folder& folder) {
    Broken out;
    NdjsonStore store(folder.file(), out, Form::lines);
    CHECK(problem_of([&] { commit(store, batch_of({"7"}, 1)); }).where == "stdout");
}

}  // namespace

TEST_CASE("one that finds the last run taken touches nothing beside it", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    const NdjsonStore first(folder.file(), out, Form::lines, "watch");
    std::ofstream(folder.file().string() + ".new") << "half of a last run";
    const xdr::Problem problem =
        problem_of([&] { NdjsonStore(folder.file(), out, Form::lines, "run"); });
    CHECK(problem.what == "process " + std::to_string(getpid()) + " (watch) holds this last run");
    CHECK(fs::exists(folder.file().string() + ".new"));
    CHECK(problem_of([&] {
              fs::create_hard_link(folder.file().string() + ".new", folder.path / "twin.json");
              NdjsonStore(folder.path / "twin.json", out, Form::lines);
          }).what == "the file has more than one name");
}

TEST_CASE("lines go out before the last run is saved", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    CHECK(store.load() == State{});
    commit(store, batch_of({"7"}, 1));
    CHECK(out.str() == line_1);
    CHECK(store.load() == state_of(1));
    CHECK(pending_from_json(read_file(folder.file())) == std::nullopt);
}

TEST_CASE("an empty batch moves the last run and prints nothing", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    commit(store, batch_of({}, 1));
    CHECK(out.str().empty());
    CHECK(store.load() == state_of(1));
}

TEST_CASE("a batch is saved as pending before its first line leaves", "[ndjson_store]") {
    /// Looks at the file when the first byte comes.
    struct Looking : std::stringbuf {
        explicit Looking(fs::path name) : file(std::move(name)) {}
        std::streamsize xsputn(const char* text, std::streamsize size) override {
            if (!seen) seen = pending_from_json(read_file(file));
            return std::stringbuf::xsputn(text, size);
        }
        fs::path file;
        std::optional<Pending> seen;
    };
    const Folder folder;
    Looking looking(folder.file());
    std::ostream out(&looking);
    NdjsonStore store(folder.file(), out, Form::lines);
    commit(store, batch_of({"7"}, 1));
    REQUIRE(looking.seen);
    CHECK(looking.seen->batch == 1);
    CHECK(looking.seen->ids == std::vector{IncidentId("7")});
    CHECK(looking.seen->lines.at(0) + "\n" == line_1);
    CHECK(looking.seen->next == state_of(1));
}

TEST_CASE("what may not have got out comes again, the same", "[ndjson_store]") {
    const Folder folder;
    fail_to_emit(folder);
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    store.recover(AfterCrash::emit_again);
    CHECK(out.str() == line_1);
    CHECK(store.load() == state_of(1));
    store.recover(AfterCrash::emit_again);
    CHECK(out.str() == line_1);
}

TEST_CASE("a batch that the reader has can be skipped", "[ndjson_store]") {
    const Folder folder;
    fail_to_emit(folder);
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    store.recover(AfterCrash::assume_emitted);
    CHECK(out.str().empty());
    CHECK(store.load() == state_of(1));
}

TEST_CASE("a batch stays pending while nobody reads it", "[ndjson_store]") {
    const Folder folder;
    fail_to_emit(folder);
    const std::string before = read_file(folder.file());
    Broken out;
    NdjsonStore store(folder.file(), out, Form::lines);
    CHECK(problem_of([&] { store.recover(AfterCrash::emit_again); }).where == "stdout");
    CHECK(read_file(folder.file()) == before);
    CHECK(read_saved_run(folder.file()).pending.value().size() == 1);
    CHECK(read_saved_run(folder.file()).state == state_of(1));
}

TEST_CASE("a pending batch does not go into an array", "[ndjson_store]") {
    const Folder folder;
    fail_to_emit(folder);
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::array);
    CHECK(problem_of([&] { store.recover(AfterCrash::emit_again); }).where ==
          folder.file().string());
    CHECK(out.str().empty());
}

TEST_CASE("an array that did not get out leaves the last run", "[ndjson_store]") {
    const Folder folder;
    Broken broken;
    {
        NdjsonStore store(folder.file(), broken, Form::array);
        CHECK(problem_of([&] { commit(store, batch_of({"7"}, 1)); }).where == "stdout");
    }
    CHECK_FALSE(fs::exists(folder.file()));
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::array);
    commit(store, batch_of({}, 1));
    CHECK(out.str() == "[]\n");
    CHECK(store.load() == state_of(1));
}

TEST_CASE("a policy that does not number its batches has no lines", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    Batch batch = batch_of({"7"}, 1);
    batch.state = CursorState{.last_fetch = noon};
    CHECK(problem_of([&] { commit(store, batch); }).where == "--out");
    CHECK(out.str().empty());
    CHECK_FALSE(fs::exists(folder.file()));
}

TEST_CASE("a last run file is locked while it is in use", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    const NdjsonStore store(folder.file(), out, Form::lines);
    CHECK_THROWS_AS(NdjsonStore(folder.file(), out, Form::lines), xdr::Error);
}

TEST_CASE("a pending batch that is broken is refused with its file", "[ndjson_store]") {
    const Folder folder;
    replace_file(folder.file(), R"({"pending": 1})");
    const xdr::Problem problem = problem_of([&] { read_saved_run(folder.file()); });
    CHECK(problem.where == folder.file().string());
    CHECK(problem.what == "expected an object (at /pending)");
    replace_file(folder.file(), R"({"pending": {"batch": 1, "ids": [], "lines": [], "next": 5}})");
    CHECK(problem_of([&] { read_saved_run(folder.file()); }).what ==
          "expected an object, got 5 (at /pending/next)");
}

TEST_CASE("what is out but could not be saved does not come again", "[ndjson_store]") {
    const Form form = GENERATE(Form::lines, Form::array);
    const Folder folder;
    const fs::path in_the_way = folder.file().string() + ".new";
    /// From the first byte on, nothing can be saved.
    struct Blocking : std::stringbuf {
        explicit Blocking(fs::path name) : way(std::move(name)) {}
        std::streamsize xsputn(const char* text, std::streamsize size) override {
            fs::create_directory(way);
            return std::stringbuf::xsputn(text, size);
        }
        fs::path way;
    };
    Blocking blocking(in_the_way);
    std::ostream out(&blocking);
    NdjsonStore store(folder.file(), out, form);
    CHECK_THROWS_AS(commit(store, batch_of({"7"}, 1)), HalfDone);
    CHECK_FALSE(blocking.str().empty());
    CHECK_THROWS_AS(store.load(), xdr::Error);
    fs::remove(in_the_way);
    CHECK(store.load() == state_of(1));
    CHECK(read_saved_run(folder.file()).state == state_of(1));
    CHECK_FALSE(read_saved_run(folder.file()).pending);
}

TEST_CASE("a last run that cannot be read any more is no bad input", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    fs::create_directory(folder.file());
    const auto blame_of = [](auto act) {
        try {
            act();
        } catch (const xdr::Error& error) {
            return error.blame();
        }
        return xdr::Blame::input;
    };
    CHECK(blame_of([&] { store.load(); }) == xdr::Blame::surroundings);
    CHECK(blame_of([&] { commit(store, batch_of({"7"}, 1)); }) == xdr::Blame::surroundings);
    CHECK(out.str().empty());
}

TEST_CASE("a file cannot tell what it does not keep", "[ndjson_store]") {
    const Folder folder;
    std::ostringstream out;
    NdjsonStore store(folder.file(), out, Form::lines);
    CHECK(problem_of([&] { store.history(1); }).what == "a last run file keeps no history");
    CHECK(problem_of([&] { store.incidents(1, 0); }).what == "a last run file keeps no incidents");
    CHECK(problem_of([&] { store.find(IncidentId("7")); }).what ==
          "a last run file keeps no incidents");
    store.set_state(state_of(5));
    CHECK(store.load() == state_of(5));
}
