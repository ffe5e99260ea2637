#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include "fetcher/policy.hpp"
#include "fetcher/source.hpp"
#include "harness/play.hpp"
#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

const TimePoint start = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// So many incidents at each of these times.
mockxdr::Scenario world_of(const std::vector<std::pair<Millis, int>>& created) {
    mockxdr::Scenario scenario;
    scenario.title = "backlog";
    scenario.start = start;
    int id = 0;
    for (const auto& [at, count] : created)
        for (int i = 0; i < count; ++i) {
            mockxdr::IncidentSpec spec;
            spec.id = IncidentId(std::to_string(++id));
            spec.created = at;
            scenario.incidents.push_back(std::move(spec));
        }
    return scenario;
}

/// What draining a backlog took, run by run.
struct Drained {
    struct OneRun {
        std::size_t requests = 0, read_again = 0, emitted = 0;
    };

    std::vector<OneRun> runs;
    std::set<IncidentId> emitted;
    std::size_t repeated = 0, most_seen = 0, requests = 0;
};

/// Counts what a link is asked and what it shows again.
class Counted final : public fetcher::Source {
   public:
    Counted(fetcher::Source& source, const std::set<IncidentId>& known)
        : source_(source), known_(known) {}

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        auto answer = source_.fetch(request);
        ++run.requests;
        if (request.direction == fetcher::Direction::asc)
            for (const fetcher::Row& row : std::get<fetcher::Page>(answer).rows)
                run.read_again += known_.contains(row.incident_id) ? 1 : 0;
        return answer;
    }

    Drained::OneRun run;

   private:
    fetcher::Source& source_;
    const std::set<IncidentId>& known_;
};

/// Runs until one that read to the end emits nothing.
Drained drain(const mockxdr::Scenario& scenario, const fetcher::Parameters& parameters,
              std::string_view name = "complete") {
    mockxdr::Service service(scenario, scenario.start, test_keys());
    const VirtualClock clock(start + 24h);
    const auto link = direct_link().connect(service, clock, {});
    fetcher::State state;
    Drained out;
    for (bool done = false; !done && out.runs.size() < 10'000;) {
        Counted source(*link, out.emitted);
        const auto run = fetcher::policy(name).start(parameters, state, clock.now());
        auto batch = std::get<fetcher::Batch>(fetcher::drive(*run, source));
        state = std::move(batch.state);
        done = batch.incidents.empty() && batch.end == fetcher::End::data;
        source.run.emitted = batch.incidents.size();
        for (const fetcher::Row& row : batch.incidents)
            out.repeated += out.emitted.insert(row.incident_id).second ? 0 : 1;
        out.most_seen =
            std::max(out.most_seen, std::get<fetcher::CompleteState>(state).seen.size());
        out.requests += source.run.requests;
        out.runs.push_back(source.run);
    }
    return out;
}

fetcher::Parameters limits(std::int64_t limit, std::int64_t page_cap, Millis look_back) {
    fetcher::Parameters out;
    out.limit = limit;
    out.page_cap = page_cap;
    out.look_back = look_back;
    out.first_fetch = "3 days";
    return out;
}

}  // namespace

TEST_CASE("an old backlog costs 1.1 requests per 100 incidents and two a run", "[backlog]") {
    std::vector<std::pair<Millis, int>> created;
    for (int i = 0; i < 20'000; ++i) created.emplace_back(i * 2s, 1);
    const Drained drained = drain(world_of(created), limits(200, 100, 15min));
    CHECK(drained.emitted.size() == 20'000);
    CHECK(drained.repeated == 0);
    const auto runs = static_cast<double>(drained.runs.size());
    CHECK(static_cast<double>(drained.requests) <= 1.1 * 20'000 / 100 + 2 * runs);
    // What look_back holds, and what one batch adds to it.
    CHECK(drained.most_seen <= 450 + 200 + 1);
}

TEST_CASE("a full millisecond is read on from where the last run stopped", "[backlog]") {
    const auto policy = GENERATE(as<std::string>{}, "complete", "complete-modified");
    const Drained drained = drain(world_of({{0s, 3000}, {1h, 1}}), limits(200, 100, 15min), policy);
    CHECK(drained.emitted.size() == 3001);
    CHECK(drained.repeated == 0);
    for (std::size_t i = 3; i + 2 < drained.runs.size(); ++i) {
        CHECK(drained.runs[i].requests <= 4);
        CHECK(drained.runs[i].read_again <= 4);
    }
}

TEST_CASE("a burst within look_back is read on, and once more in the end", "[backlog]") {
    std::vector<std::pair<Millis, int>> created;
    for (int i = 0; i < 3000; ++i) created.emplace_back(i * 100ms, 1);
    const Drained drained = drain(world_of(created), limits(200, 100, 15min));
    CHECK(drained.emitted.size() == 3000);
    CHECK(drained.repeated == 0);
    // 15 full runs, and one that reads all of look_back again.
    CHECK(drained.requests <= 15 * 4 + 3000 / 99 + 4);
}

TEST_CASE("a backlog drains whatever the budget of a run", "[backlog]") {
    const std::int64_t budget = GENERATE(1, 2, 3, 5);
    auto parameters = limits(50, 10, 5min);
    parameters.max_requests = budget;
    const Drained drained =
        drain(world_of({{0s, 40}, {1s, 1}, {2s, 9}, {10min, 11}, {1h, 60}, {2h, 1}}), parameters);
    CHECK(drained.emitted.size() == 122);
    CHECK(drained.repeated == 0);
    for (const Drained::OneRun& run : drained.runs)
        CHECK(run.requests <= static_cast<std::size_t>(budget));
}

TEST_CASE("what is old is read once, whatever the backlog's shape", "[backlog][property]") {
    for (const std::string_view name : {"complete", "complete-modified"})
        require_property(std::string(name) + " drains at the cost of its pages", [&] {
            const int cap = *rc::gen::inRange(4, 12);
            const int most_ties = cap / 2;
            const int limit = *rc::gen::inRange(1, 40);
            const auto look_back = *rc::gen::inRange(0, 20) * 1s;
            const auto groups = *rc::gen::container<std::vector<std::pair<int, int>>>(
                rc::gen::pair(rc::gen::inRange(0, 500), rc::gen::inRange(1, most_ties + 1)));
            std::map<int, int> ties;
            for (const auto& [at, count] : groups) ties[at] = std::min(most_ties, ties[at] + count);
            std::vector<std::pair<Millis, int>> created;
            std::size_t total = 1;
            for (const auto& [at, count] : ties) {
                created.emplace_back(at * 1s, count);
                total += static_cast<std::size_t>(count);
            }
            created.emplace_back(1h, 1);
            const Drained drained = drain(world_of(created), limits(limit, cap, look_back), name);
            RC_ASSERT(drained.emitted.size() == total);
            RC_ASSERT(drained.repeated == 0u);
            // Until a sweep is resumed nothing asks how far the data reaches. From then on each
            // request may show one group of ties again, and each run one page that was not resumed.
            std::size_t first = 0;
            while (first < drained.runs.size() && drained.runs[first].requests < 2) ++first;
            const std::size_t ties_again = static_cast<std::size_t>(most_ties);
            for (std::size_t i = first + 2; i < drained.runs.size(); ++i) {
                const auto& run = drained.runs[i];
                RC_LOG() << "run " << i << " requests " << run.requests << " again "
                         << run.read_again << "\n";
                RC_ASSERT(run.read_again <=
                          (run.requests + 1) * ties_again + static_cast<std::size_t>(cap));
                RC_ASSERT(run.requests <=
                          2 + run.emitted / (static_cast<std::size_t>(cap) - ties_again) + 1);
            }
        });
}
