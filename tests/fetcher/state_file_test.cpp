#include "state_file.hpp"

#include <filesystem>
#include <fstream>

#include "fetcher/wire.hpp"
#include "file_name.hpp"
#include "print.hpp"

using namespace fetcher;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("state_file_test_" + std::to_string(::getpid()) +
                                                 "_" + std::to_string(++counter));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }

    fs::path file(const std::string& text) const {
        std::ofstream(path / "last-run.json") << text;
        return path / "last-run.json";
    }

    static inline int counter = 0;
};

const State state = CompleteState{
    .field = {}, .frontier = TimePoint{Millis{5}}, .newest = std::nullopt, .seen = {}, .batch = 1};

}  // namespace

TEST_CASE("a last run is saved and loaded", "[state_file]") {
    const Folder folder;
    const fs::path file = folder.path / "last-run.json";
    CHECK(load_state(file) == State{});
    save_state(file, state);
    CHECK(load_state(file) == state);
    CHECK_FALSE(fs::exists(file.string() + ".new"));
    CHECK((fs::status(file).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("a last run that is none is refused with its file, and left alone", "[state_file]") {
    const Folder folder;
    const fs::path file =
        folder.file("{\"frontier\": \"soon\", \"version\": 1, \"sweep\": \"creation_time\"}");
    const xdr::Problem problem = problem_of([&] { load_state(file); });
    CHECK(problem.where == file.string());
    CHECK(problem.what == "expected milliseconds since 1970, got \"soon\" (at /frontier)");
    CHECK(read_file(file) ==
          "{\"frontier\": \"soon\", \"version\": 1, \"sweep\": \"creation_time\"}");
    CHECK(problem_of([&] { load_state(folder.file("")); }).what == "the last run is not JSON");
    CHECK(problem_of([&] { load_state(folder.path); }).what.starts_with("cannot be read"));
}

TEST_CASE("only one run at a time gets hold of a last run", "[state_file]") {
    const Folder folder;
    const fs::path file = folder.path / "last-run.json";
    {
        const RunLock first(file);
        const xdr::Problem problem = problem_of([&] { RunLock second(file); });
        CHECK(problem.what == "another run is using this last run");
        CHECK(problem.where == file.string());
        CHECK_NOTHROW(RunLock(folder.path / "other.json"));
    }
    CHECK_NOTHROW(RunLock(file));
    CHECK(fs::is_empty(folder.path));
    CHECK(problem_of([&] {
              RunLock none(folder.path / "none" / "x.json");
          }).what.starts_with("cannot write the last run"));
}

TEST_CASE("a file that never ends is not read to its end", "[state_file]") {
    CHECK(problem_of([] { read_file("/dev/zero"); }).what == "cannot be read: File too large");
}

TEST_CASE("a file has one name, whatever links lead to it", "[file_name]") {
    const Folder folder;
    const fs::path file = fs::weakly_canonical(folder.path) / "x.json";
    fs::create_symlink("x.json", folder.path / "link.json");
    fs::create_symlink(folder.path / "link.json", folder.path / "far.json");
    fs::create_directory(folder.path / "in");
    for (const char* name : {"x.json", "link.json", "far.json", "in/../link.json"})
        CHECK(resolved(folder.path / name, "--last-run") == file);
    CHECK(problem_of([] { resolved("", "--last-run"); }).where == "--last-run");
    fs::create_symlink("loop.json", folder.path / "loop.json");
    CHECK(problem_of([&] {
              resolved(folder.path / "loop.json", "--last-run");
          }).what.starts_with("cannot be reached"));
}

TEST_CASE("a last run that cannot be looked at is no first run", "[state_file]") {
    const Folder folder;
    fs::create_symlink("loop.json", folder.path / "loop.json");
    CHECK(problem_of([&] {
              load_state(folder.path / "loop.json");
          }).what.starts_with("cannot be read"));
}

TEST_CASE("a place that cannot be written is refused before anything is emitted", "[state_file]") {
    const Folder folder;
    CHECK_NOTHROW(check_writable(folder.path / "last-run.json"));
    CHECK(fs::is_empty(folder.path));
    CHECK(problem_of([&] {
              check_writable(folder.path / "none" / "x.json");
          }).what.starts_with("cannot write the last run"));
    CHECK(problem_of([&] {
              check_writable(folder.path);
          }).what.starts_with("cannot write the last run"));
    CHECK(problem_of([&] {
              save_state(folder.path / "none" / "x.json", state);
          }).what.starts_with("cannot write the last run"));
}

TEST_CASE("saving over a full disk leaves the old last run", "[state_file]") {
    const Folder folder;
    const fs::path file = folder.file("{}");
    fs::create_symlink("/dev/full", file.string() + ".new");
    CHECK(problem_of([&] { save_state(file, state); }).what ==
          "cannot write the last run: No space left on device");
    CHECK(read_file(file) == "{}");
}
