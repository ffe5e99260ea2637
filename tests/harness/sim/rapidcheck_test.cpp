// RapidCheck as one more driver of the one generator, and as a user of the interface: a life of
// runs, crashes, saves, settings and clocks, with a model that knows what must come out.
#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <catch2/catch.hpp>
#include <map>

#include "fetcher/complete.hpp"
#include "fetcher/source.hpp"
#include "fetcher/wire.hpp"
#include "harness/sim/explore.hpp"
#include "property.hpp"
#include "rows.hpp"

using namespace harness;
using namespace harness::sim;
using namespace std::chrono_literals;

namespace {

/// Chooses what RapidCheck draws: it shrinks towards 0, as tapes do.
class Drawn {
   public:
    int choose(int n, Feature, int least = 0) {
        return n <= least + 1 ? least : *rc::gen::inRange(least, n);
    }
};

Schedule drawn_schedule(const Subject& subject) {
    Drawn choices;
    return draw(choices, menu_for(subject));
}

using xdr::TimePoint;
const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// The world as the model knows it. Seconds count from noon.
struct Model {
    struct Incident {
        int created = 0, seen = 0;
    };
    int now = 0;
    std::vector<Incident> incidents;
};

/// The system under test: the policy, its last run as text, and what came out of it.
struct Client {
    int limit = 2, look_back = 120;
    std::string last_run = "{}";
    std::map<std::string, int> emitted;  ///< in runs that were saved
};

/// Rows that are seen at a moment, in the order and the pages that the API gives.
class WorldSource final : public fetcher::Source {
   public:
    explicit WorldSource(const Model& model) : model_(model) {}

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        std::vector<fetcher::Row> found;
        for (std::size_t i = 0; i < model_.incidents.size(); ++i) {
            const auto& incident = model_.incidents[i];
            const TimePoint created = noon + incident.created * 1s;
            if (incident.seen > model_.now || (request.gte && created < *request.gte) ||
                (request.lte && created > *request.lte))
                continue;
            found.push_back(row(std::to_string(i + 1), created));
        }
        const bool descending = request.direction == fetcher::Direction::desc;
        const bool by_id = request.sort == fetcher::SortField::incident_id;
        std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
            if (by_id) return a.incident_id < b.incident_id;
            return descending ? a.creation_time > b.creation_time
                              : a.creation_time < b.creation_time;
        });
        const auto size = static_cast<std::int64_t>(found.size());
        const auto at = [&](std::int64_t rank) { return found.begin() + std::min(rank, size); };
        fetcher::Page out = page({at(request.search_from), at(request.search_to)}, size);
        out.server_time = noon + model_.now * 1s;
        return out;
    }

   private:
    const Model& model_;
};

/// One run up to its batch; the state goes through JSON both ways.
fetcher::Batch fetched(const Model& model, const Client& client) {
    static const fetcher::Complete complete(fetcher::TimeField::creation_time);
    WorldSource source(model);
    const auto run =
        complete.start({.limit = client.limit,
                        .look_back = client.look_back * 1s,
                        .first_fetch = "2024-01-01T11:00:00Z",
                        .page_cap = 3},
                       fetcher::state_from_json(client.last_run), noon + model.now * 1s);
    fetcher::Outcome outcome = fetcher::drive(*run, source);
    RC_ASSERT(std::holds_alternative<fetcher::Batch>(outcome));
    return std::get<fetcher::Batch>(std::move(outcome));
}

using Command = rc::state::Command<Model, Client>;

struct Wait : Command {
    int seconds = *rc::gen::inRange(1, 90);
    void apply(Model& model) const override { model.now += seconds; }
    void run(const Model&, Client&) const override {}
    void show(std::ostream& out) const override { out << "Wait " << seconds << "s"; }
};

struct Create : Command {
    int before = *rc::gen::inRange(0, 60);  ///< now
    int delay = *rc::gen::inRange(0, 100);  ///< until it is seen; less than any look_back
    void apply(Model& model) const override {
        const int created = model.now - std::min(before, delay);
        model.incidents.push_back({.created = created, .seen = created + delay});
    }
    void run(const Model&, Client&) const override {}
    void show(std::ostream& out) const override {
        out << "Create " << std::min(before, delay) << "s ago, seen " << delay << "s later";
    }
};

struct Fetch : Command {
    void apply(Model&) const override {}
    void run(const Model& model, Client& client) const override {
        const fetcher::Batch batch = fetched(model, client);
        RC_ASSERT(batch.incidents.size() <= static_cast<std::size_t>(client.limit));
        for (const auto& incident : batch.incidents) {
            const std::string& id = incident.incident_id.text();
            RC_ASSERT(++client.emitted[id] == 1);
        }
        client.last_run = fetcher::to_json(batch.state);
    }
    void show(std::ostream& out) const override { out << "Fetch"; }
};

/// Emits and dies before it saves: the batch comes again, and holds nothing that was on record.
struct Crash : Command {
    void apply(Model&) const override {}
    void run(const Model& model, Client& client) const override {
        for (const auto& incident : fetched(model, client).incidents)
            RC_ASSERT(client.emitted[incident.incident_id.text()] == 0);
    }
    void show(std::ostream& out) const override { out << "Crash"; }
};

struct ChangeSettings : Command {
    int limit = *rc::gen::inRange(1, 5);
    int look_back = *rc::gen::inRange(120, 300);  ///< raised and lowered, never below any delay
    void apply(Model&) const override {}
    void run(const Model&, Client& client) const override {
        client.limit = limit;
        client.look_back = look_back;
    }
    void show(std::ostream& out) const override {
        out << "ChangeSettings limit " << limit << ", look_back " << look_back << "s";
    }
};

/// Quiet runs until all that was created must have come out.
void drain(Model model, Client& client) {
    model.now += 300;
    for (std::size_t run = 0; run < model.incidents.size() + 2; ++run, model.now += 60)
        Fetch().run(model, client);
    for (std::size_t i = 0; i < model.incidents.size(); ++i)
        RC_ASSERT(client.emitted[std::to_string(i + 1)] == 1);
}

}  // namespace

TEST_CASE("RapidCheck draws schedules in which the product's sweeps fail no more than with seeds",
          "[sim][property]") {
    for (const std::string_view name : {"complete", "complete-modified"}) {
        const Subject complete = subject(name);
        require_property(std::string(name) + " is clean in what RapidCheck draws", [&] {
            const Outcome outcome = outcome_of(complete, drawn_schedule(complete));
            RC_ASSERT(outcome.worst == std::nullopt);
            RC_ASSERT(outcome.disagreement.empty());
        });
    }
}

TEST_CASE("RapidCheck finds what a broken fetcher does, and makes it small", "[sim][property]") {
    const Subject broken = subject("first-page-only");
    const auto result = check_property(
        "first-page-only is broken",
        [&] { RC_ASSERT(outcome_of(broken, drawn_schedule(broken)).worst == std::nullopt); }, 2000);
    CHECK_FALSE(result.held);
    CHECK(result.description.find("RC_ASSERT(outcome_of") != std::string::npos);
}

TEST_CASE("whatever happens in a fetcher's life, each incident comes out once", "[sim][property]") {
    require_property(
        "a life of runs, crashes and settings loses and repeats nothing",
        [] {
            Model model;
            Client client;
            const auto commands = *rc::state::gen::commands(
                model, rc::state::gen::execOneOfWithArgs<Wait, Create, Create, Fetch, Fetch, Crash,
                                                         ChangeSettings>());
            rc::state::runAll(commands, model, client);
            Model after = model;
            rc::state::applyAll(commands, after);
            drain(after, client);
        },
        500);
}
