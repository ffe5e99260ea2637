#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "print.hpp"
#include "sqlite_store.hpp"

/// What the tests of the store share.
namespace store_cases {

namespace fs = std::filesystem;
using namespace fetcher;

/// A folder of a test's own.
class Folder {
   public:
    Folder() : path(fs::temp_directory_path() / name()) { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path file() const { return path / "incidents.db"; }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(path))
            found.push_back(entry.path().filename());
        std::sort(found.begin(), found.end());
        return found;
    }

    fs::path path;

   private:
    static std::string name() {
        static int counter = 0;
        return "sqlite_store_test_" + std::to_string(::getpid()) + "_" + std::to_string(++counter);
    }
};

inline std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// Runs SQL past the store, as another program would.
inline void sql(const fs::path& file, const std::string& text) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    char* error = nullptr;
    sqlite3_exec(database, text.c_str(), nullptr, nullptr, &error);
    const std::string message = error != nullptr ? error : "";
    sqlite3_free(error);
    sqlite3_close(database);
    REQUIRE(message.empty());
}

/// All values that a query gives, row after row, each with a blank behind it.
inline std::string answer(const fs::path& file, const std::string& query) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    std::string found;
    const auto add = [](void* out, int count, char** values, char**) {
        for (int i = 0; i < count; ++i)
            *static_cast<std::string*>(out) += std::string(values[i] ? values[i] : "NULL") + " ";
        return 0;
    };
    const int code = sqlite3_exec(database, query.c_str(), add, &found, nullptr);
    sqlite3_close(database);
    REQUIRE(code == SQLITE_OK);
    return found;
}

inline TimePoint at(std::int64_t ms) { return TimePoint{Millis{ms}}; }

inline State state(std::int64_t batch) {
    return CompleteState{.field = TimeField::creation_time,
                         .frontier = at(1'000 + batch),
                         .newest = at(2'000 + batch),
                         .seen = {},
                         .batch = batch};
}

inline StoredIncident incident(const std::string& id, std::int64_t run) {
    return {.id = IncidentId(id),
            .creation_time = at(100),
            .modification_time = at(200),
            .fetched = at(300),
            .run = run,
            .xsoar_json = "{\"name\": \"" + id + "\"}"};
}

/// What the n-th run hands over: ids n01, n02, ...
struct MadeRun {
    Batch batch;
    std::vector<StoredIncident> incidents;
    RunRecord record;
};

inline MadeRun run(std::int64_t number, int count) {
    MadeRun made;
    made.batch.state = state(number);
    made.record = {.number = number,
                   .started = at(1'000 * number),
                   .duration = Millis{25},
                   .policy = "complete",
                   .window = "from 2024-01-01T00:00:00Z",
                   .requests = 2,
                   .emitted = {},
                   .error = {}};
    for (int i = 1; i <= count; ++i) {
        const std::string id = std::to_string(number * 100 + i);
        made.incidents.push_back(incident(id, number));
        made.record.emitted.emplace_back(id);
    }
    return made;
}

inline void commit(Store& store, const MadeRun& made) {
    store.commit(made.batch, made.incidents, made.record);
}

}  // namespace store_cases

namespace Catch {

template <>
struct StringMaker<fetcher::StoredIncident> {
    static std::string convert(const fetcher::StoredIncident& incident) {
        return incident.id.text() + " of run " + std::to_string(incident.run) + ", created " +
               xdr::iso8601(incident.creation_time) + " " + incident.xsoar_json;
    }
};

template <>
struct StringMaker<fetcher::RunRecord> {
    static std::string convert(const fetcher::RunRecord& run) {
        return "run " + std::to_string(run.number) + " by " + run.policy + ", " +
               std::to_string(run.emitted.size()) + " emitted " + run.error;
    }
};

template <>
struct StringMaker<fetcher::State> {
    static std::string convert(const fetcher::State& state) {
        const auto* found = std::get_if<fetcher::CompleteState>(&state);
        return found == nullptr ? "another state" : "batch " + std::to_string(found->batch);
    }
};

}  // namespace Catch
