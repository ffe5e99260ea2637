/// What the fetcher costs: empty runs over loopback HTTP, incidents from a reply's text to a commit
/// in SQLite, and the size of its state.
///
/// usage: bench_fetcher FOLDER RUNS INCIDENTS
///
/// FOLDER is for the store. Prints one JSON object. Seconds are CPU time of this process, which is
/// both the server and the client of the runs, and wall time where the disk is waited for.
#include <chrono>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <string>

#include "fetcher/wire.hpp"
#include "http_link.hpp"
#include "runner.hpp"
#include "sqlite_store.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double since_s(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

struct Spent {
    double cpu_s = 0, wall_s = 0;
};

template <class Act>
Spent spent(Act act) {
    const double cpu = cpu_s();
    const auto wall = Clock::now();
    act();
    return {.cpu_s = cpu_s() - cpu, .wall_s = since_s(wall)};
}

/// Runs that find nothing new: one request each, through JSON and HTTP both ways.
Spent empty_runs(std::int64_t runs) {
    mockxdr::Scenario scenario;
    scenario.title = "bench";
    scenario.start = xdr::parse_iso8601("2024-01-01T12:00:00Z");
    scenario.fetch.every = 1s;
    scenario.fetch.runs = runs;
    scenario.incidents.push_back({.id = xdr::IncidentId("1"), .created = 1ms});
    const harness::Game game{.scenario = scenario,
                             .policy = fetcher::policy("complete"),
                             .contract = harness::Contract::reach};
    std::size_t emitted = 0;
    const Spent out = spent([&] {
        for (const harness::RunRecord& run : harness::play(game, harness::http_link()).runs)
            emitted += run.emitted.size();
    });
    if (emitted != 1) throw std::runtime_error("the runs did not find the one incident once");
    return out;
}

/// One incident of the mock's own replies, 1.5 kB, with an id and times that are to be replaced.
std::string sample_row() {
    mockxdr::Scenario scenario;
    scenario.start = xdr::parse_iso8601("2024-01-01T12:00:00Z");
    scenario.incidents.push_back({.id = xdr::IncidentId("7777777"), .created = 0ms});
    mockxdr::Service service(scenario, scenario.start, harness::test_keys());
    const auto reply = service.answer(
        {.method = "POST",
         .path = "/public_api/v1/incidents/get_incidents",
         .credentials = {.authorization = harness::test_key, .auth_id = harness::test_key_id},
         .body = R"({"request_data": {}})"},
        scenario.start);
    const std::size_t first = reply.body.find('[') + 1;
    return reply.body.substr(first, reply.body.rfind("}]") + 1 - first);
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

std::string row_text(const std::string& sample, std::int64_t index) {
    const std::string time = std::to_string(1'700'000'000'000 + 10 * index);
    return with(with(sample, "7777777", std::to_string(index + 1)), "1704110400000", time);
}

/// Replies as texts, put together from rows that are ready.
class Replies final : public fetcher::Source {
   public:
    explicit Replies(std::int64_t incidents) {
        const std::string sample = sample_row();
        for (std::int64_t i = 0; i < incidents; ++i) rows_.push_back(row_text(sample, i));
    }

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        const auto size = static_cast<std::int64_t>(rows_.size());
        if (request.direction == fetcher::Direction::desc) return page(size - 1, size);
        const std::int64_t from = request.gte->time_since_epoch().count() - 1'700'000'000'000;
        const std::int64_t first = std::max<std::int64_t>(0, from / 10);
        return page(first, std::min(size, first + request.size()));
    }

   private:
    fetcher::Page page(std::int64_t first, std::int64_t last) const {
        std::string text = R"({"reply": {"total_count": )" +
                           std::to_string(static_cast<std::int64_t>(rows_.size()) - first) +
                           R"(, "result_count": )" + std::to_string(last - first) +
                           R"(, "incidents": [)";
        for (std::int64_t i = first; i < last; ++i) {
            if (i != first) text += ", ";
            text += rows_[static_cast<std::size_t>(i)];
        }
        return fetcher::read_page(text + "]}}");
    }

    std::vector<std::string> rows_;
};

/// All that a run does but HTTP: parse, sweep, write the incidents' JSON, commit.
Spent commit(const std::filesystem::path& folder, std::int64_t incidents) {
    Replies replies(incidents);
    fetcher::SqliteStore store(folder / "bench.db", fetcher::Mode::write);
    std::size_t emitted = 0;
    const Spent out = spent([&] {
        for (bool more = true; more;) {
            const auto result = fetcher::run_once(
                {.policy = fetcher::policy("complete"),
                 .parameters = {.limit = 198, .look_back = 1s, .first_fetch = "2020-01-01"},
                 .source = replies,
                 .store = store,
                 .now = [] { return xdr::parse_iso8601("2024-01-01T00:00:00Z"); },
                 .steady = [] { return xdr::Millis{0}; }});
            if (!result.record.error.empty()) throw std::runtime_error(result.record.error);
            emitted += result.record.emitted.size();
            more = result.more;
        }
    });
    if (emitted != static_cast<std::size_t>(incidents))
        throw std::runtime_error("committed " + std::to_string(emitted));
    return out;
}

double state_bytes_per_id() {
    fetcher::CompleteState state;
    const std::size_t before = fetcher::to_json(state).size();
    for (int i = 0; i < 1000; ++i)
        state.seen.push_back({.id = xdr::IncidentId(std::to_string(100'000 + i)),
                              .at = fetcher::TimePoint{xdr::Millis{1'700'000'000'000 + i}}});
    return static_cast<double>(fetcher::to_json(state).size() - before) / 1000;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: bench_fetcher FOLDER RUNS INCIDENTS\n";
        return 2;
    }
    try {
        const std::int64_t runs = std::stoll(argv[2]), incidents = std::stoll(argv[3]);
        const Spent empty = empty_runs(runs);
        const Spent stored = commit(argv[1], incidents);
        std::cout << R"({"runs": )" << runs << R"(, "runs_cpu_s": )" << empty.cpu_s
                  << R"(, "incidents": )" << incidents << R"(, "store_cpu_s": )" << stored.cpu_s
                  << R"(, "store_wall_s": )" << stored.wall_s << R"(, "state_bytes": )"
                  << state_bytes_per_id() << "}\n";
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_fetcher: " << error.what() << "\n";
        return 1;
    }
}
