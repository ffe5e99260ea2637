#include "fetcher/published.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lookback_print.hpp"
#include "xdr/error.hpp"
#include "xdr/time.hpp"

namespace fetcher {

static std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.incident_id.text() << " created " << xdr::iso8601(row.creation_time) << " "
               << row.raw_json;
}

static std::ostream& operator<<(std::ostream& out, const PageRequest& request) {
    return out << (request.gte ? xdr::iso8601(*request.gte) : "-") << " to "
               << (request.lte ? xdr::iso8601(*request.lte) : "-") << ", rows "
               << request.search_from << " to " << request.search_to << ", field "
               << static_cast<int>(request.field) << ", sort " << static_cast<int>(request.sort);
}

namespace {

using namespace std::chrono_literals;
using lookback::FoundIds;
using lookback::LastRun;
using lookback::Revision;

using Ids = std::vector<std::string>;

const TimePoint midnight = xdr::parse_iso8601("2024-01-02T00:00:00Z");
const std::int64_t midnight_s = 1704153600;

const Published documented{Revision::documented}, current{Revision::current};

const Published& any_policy() {
    return GENERATE(Revision::documented, Revision::current) == Revision::documented ? documented
                                                                                     : current;
}

struct Thing {
    std::string id;
    Millis created, visible;  ///< since midnight
    Millis gone = 24h;        ///< from then on it does not match
};

Thing prompt(std::string id, Millis created) {
    return {.id = std::move(id), .created = created, .visible = created};
}

std::vector<Thing> series(const std::string& name, int count, Millis from, Millis every) {
    std::vector<Thing> out;
    for (int i = 0; i < count; ++i)
        out.push_back(prompt(name + std::to_string(i + 1), from + i * every));
    return out;
}

Row row(const std::string& id, TimePoint created) {
    Row out;
    out.incident_id = IncidentId(id);
    out.creation_time = created;
    return out;
}

Page page(std::vector<Row> rows) {
    Page out;
    out.total_count = std::ssize(rows);
    out.rows = std::move(rows);
    return out;
}

/// A server whose answers depend on the moment of each request. Ties keep their order here.
struct Server {
    std::vector<Thing> things;
    std::set<std::string> restricted = {};

    Page answer(const PageRequest& request, TimePoint now) const {
        std::vector<Thing> all;
        for (const Thing& thing : things)
            if (midnight + thing.created >= *request.gte &&
                midnight + thing.created <= *request.lte && midnight + thing.visible <= now &&
                now < midnight + thing.gone)
                all.push_back(thing);
        std::stable_sort(all.begin(), all.end(),
                         [](const Thing& a, const Thing& b) { return a.created < b.created; });
        Page out;
        out.total_count = std::ssize(all);
        for (auto i = request.search_from; i < std::min(request.search_to, std::ssize(all)); ++i)
            add(all[static_cast<std::size_t>(i)], out);
        return out;
    }

   private:
    void add(const Thing& thing, Page& out) const {
        if (restricted.contains(thing.id))
            out.restricted.push_back(IncidentId(thing.id));
        else
            out.rows.push_back(row(thing.id, midnight + thing.created));
    }
};

/// Plays runs of one policy against a server, and writes down what was asked.
struct Client {
    const Policy& policy;
    Parameters parameters;
    Server server;
    State state = {};
    std::vector<PageRequest> asked = {};

    /// The ids that a run emits; each page after the first is answered `between` later.
    Ids run(Millis when, Millis between = 0ms) {
        const auto run = policy.start(parameters, state, midnight + when);
        asked.clear();
        Step step = run->begin();
        while (const auto* request = std::get_if<PageRequest>(&step)) {
            asked.push_back(*request);
            const Page answer = server.answer(*request, midnight + when);
            when += between;
            step = run->on_page(answer);
        }
        auto& batch = std::get<Batch>(step);
        state = batch.state;
        Ids ids;
        for (const Row& incident : batch.incidents) ids.push_back(incident.incident_id.text());
        return ids;
    }

    std::vector<std::pair<std::int64_t, std::int64_t>> rows_asked() const {
        std::vector<std::pair<std::int64_t, std::int64_t>> out;
        for (const PageRequest& request : asked)
            out.emplace_back(request.search_from, request.search_to);
        return out;
    }

    const LastRun& last_run() const { return std::get<LastRun>(state); }
};

Parameters parameters(std::int64_t limit) {
    return {.limit = limit, .look_back = 5min, .first_fetch = "1 hour", .page_cap = 100};
}

using Rows = std::vector<std::pair<std::int64_t, std::int64_t>>;
using Time = std::variant<lookback::Null, std::string>;

TEST_CASE("the published revisions have the names that users choose", "[published]") {
    CHECK(documented.name() == "documented");
    CHECK(current.name() == "current");
    CHECK(documented.commit_order() == CommitOrder::emit_then_save);
}

TEST_CASE("a first run asks for the window in whole seconds, oldest first", "[published]") {
    Client client{any_policy(), parameters(10), {}};
    client.run(59s + 999ms);
    CHECK(client.asked == std::vector{PageRequest{.field = TimeField::creation_time,
                                                  .gte = midnight + 59s - 1h,
                                                  .lte = midnight + 59s,
                                                  .sort = SortField::creation_time,
                                                  .search_from = 0,
                                                  .search_to = 10}});
}

TEST_CASE("creation times are cut to whole seconds in the last run", "[published]") {
    Client client{any_policy(), parameters(10), {.things = {prompt("A", 10s + 999ms)}}};
    CHECK(client.run(60s) == Ids{"A"});
    CHECK(client.last_run().time == Time("2024-01-02T00:00:10"));
    CHECK(client.last_run().found_incident_ids == FoundIds{{"A", midnight_s + 60}});
}

TEST_CASE("an incident in the second that ends the window waits for the next run", "[published]") {
    Client client{any_policy(), parameters(10), {.things = {prompt("A", 60s + 250ms)}}};
    CHECK(client.run(60s + 500ms) == Ids{});
    CHECK(client.run(120s) == Ids{"A"});
}

TEST_CASE("pages follow by offset up to the request limit", "[published]") {
    Client client{any_policy(), parameters(250), {.things = series("i", 300, -30min, 1s)}};
    CHECK(client.run(60s).size() == 250);
    CHECK(client.rows_asked() == Rows{{0, 100}, {100, 200}, {200, 250}});
}

TEST_CASE("a page that is not full is the last one", "[published]") {
    Client client{any_policy(), parameters(250), {.things = series("i", 120, -30min, 1s)}};
    CHECK(client.run(60s).size() == 120);
    CHECK(client.rows_asked() == Rows{{0, 100}, {100, 200}});
}

TEST_CASE("restricted rows fill a page", "[published]") {
    Client client{any_policy(),
                  parameters(250),
                  {.things = series("i", 120, -30min, 1s), .restricted = {"i1", "i100"}}};
    CHECK(client.run(60s).size() == 118);
    CHECK(client.rows_asked() == Rows{{0, 100}, {100, 200}});
}

TEST_CASE("a single page is all that is read if paging is single", "[published]") {
    Client client{any_policy(), parameters(250), {.things = series("i", 300, -30min, 1s)}};
    client.parameters.paging = Paging::single;
    CHECK(client.run(60s).size() == 100);
    CHECK(client.rows_asked() == Rows{{0, 100}});
    client.parameters.page_cap = 500;
    client.state = {};
    CHECK(client.run(60s).size() == 250);
    CHECK(client.rows_asked() == Rows{{0, 250}});
}

TEST_CASE("the request limit of the last run is asked for, the limit is emitted", "[published]") {
    Client client{any_policy(), parameters(2), {.things = series("i", 9, -30min, 1s)}};
    client.state = LastRun{.time = "2024-01-01T23:00:00", .limit = 7};
    CHECK(client.run(60s) == Ids{"i1", "i2"});
    CHECK(client.rows_asked() == Rows{{0, 7}});
}

TEST_CASE("known incidents are not emitted and other keys of the last run are kept",
          "[published]") {
    Client client{any_policy(), parameters(5), {.things = series("i", 3, -30min, 1s)}};
    client.state = LastRun{.time = "2024-01-01T23:00:00",
                           .found_incident_ids = FoundIds{{"i2", midnight_s}},
                           .other = {{"mine", "1"}}};
    CHECK(client.run(60s) == Ids{"i1", "i3"});
    CHECK(client.last_run().other == std::map<std::string, std::string>{{"mine", "1"}});
}

TEST_CASE("the last run of a full batch is that of its revision", "[published]") {
    const Server server{.things = series("i", 3, -30min, 1s)};
    const FoundIds ids{{"i1", midnight_s + 60}, {"i2", midnight_s + 60}};
    Client first{documented, parameters(2), server};
    first.run(60s);
    CHECK(first.last_run() ==
          LastRun{.time = "2024-01-01T23:01:00", .limit = 4, .found_incident_ids = ids});
    Client second{current, parameters(2), server};
    second.run(60s);
    CHECK(second.last_run() ==
          LastRun{.time = "2024-01-01T23:30:01", .limit = 4, .found_incident_ids = ids});
}

TEST_CASE("the rows of a batch are whole and in the order of the answer", "[published]") {
    const LastRun knows_b{.found_incident_ids = FoundIds{{"B", midnight_s}}};
    const auto run = any_policy().start(parameters(5), knows_b, midnight);
    run->begin();
    Row a = row("A", midnight);
    a.raw_json = "{}";
    const Row b = row("B", midnight), again = row("A", midnight - 1s);
    const Step step = run->on_page(page({b, a, b, again}));
    REQUIRE(std::holds_alternative<Batch>(step));
    CHECK(std::get<Batch>(step).incidents == std::vector{a, again});
}

TEST_CASE("a look_back that is no whole number of minutes is refused", "[published]") {
    Parameters in = parameters(5);
    in.look_back = GENERATE(Millis{90s}, Millis{1ms}, Millis{59'999ms});
    CHECK_THROWS_AS(any_policy().start(in, {}, midnight), xdr::Error);
}

TEST_CASE("a limit or page_cap below 1 is refused", "[published]") {
    const std::int64_t value = GENERATE(0, -1);
    Parameters in = parameters(value);
    CHECK_THROWS_AS(any_policy().start(in, {}, midnight), xdr::Error);
    in = parameters(5);
    in.page_cap = value;
    CHECK_THROWS_AS(any_policy().start(in, {}, midnight), xdr::Error);
    CHECK_THROWS_AS(any_policy().start(parameters(5), LastRun{.limit = -1}, midnight), xdr::Error);
}

TEST_CASE("a state of another policy and an unreadable time are refused", "[published]") {
    const Published& policy = any_policy();
    CHECK_THROWS_AS(policy.start(parameters(5), CompleteState{}, midnight), xdr::Error);
    CHECK_THROWS_AS(policy.start(parameters(5), CursorState{}, midnight), xdr::Error);
    CHECK_THROWS_AS(policy.start(parameters(5), LastRun{.time = "garbage"}, midnight), xdr::Error);
    Parameters in = parameters(5);
    in.first_fetch = "garbage";
    CHECK_THROWS_AS(policy.start(in, {}, midnight), xdr::Error);
}

TEST_CASE("a run whose creation time cannot be written fails", "[published]") {
    const auto run = any_policy().start(parameters(5), {}, midnight);
    run->begin();
    const TimePoint never = xdr::parse_iso8601("9999-12-31T23:59:59Z") + 1s;
    const Step step = run->on_page(page({row("A", never)}));
    REQUIRE(std::holds_alternative<Failed>(step));
    CHECK(std::get<Failed>(step).why == "expected a time in the years 1 to 9999, got year 10000");
}

// ---- traces of CommonServerPython, look-back methods, that need pages

TEST_CASE("one page smaller than the grown limit loses ties", "[published][L6]") {
    Client client{any_policy(), parameters(50), {.things = series("t", 150, -30min, 0s)}};
    client.parameters.paging = GENERATE(Paging::single, Paging::offset);
    std::size_t emitted = 0;
    for (Millis when = 60s; when <= 1200s; when += 60s) emitted += client.run(when).size();
    CHECK(emitted == (client.parameters.paging == Paging::single ? 100 : 150));
}

TEST_CASE("a removal between two pages loses an incident", "[published][L10]") {
    Server server{.things = series("i", 4, -50min, 1min)};
    server.things[0].gone = 61s;
    Client client{any_policy(), parameters(5), server};
    client.parameters.page_cap = 2;
    CHECK(client.run(60s, 1s) == Ids{"i1", "i2", "i4"});
    CHECK(client.run(120s) == Ids{});
    CHECK(client.run(180s) == Ids{});
}

TEST_CASE("an insertion between two pages emits an incident twice in one run", "[published][K5]") {
    Server server{.things = series("i", 3, -50min, 1min)};
    server.things.push_back({.id = "N", .created = -50min + 30s, .visible = 61s});
    Client client{any_policy(), parameters(5), server};
    client.parameters.page_cap = 2;
    CHECK(client.run(60s, 1s) == Ids{"i1", "i2", "i2", "i3"});
}

}  // namespace

}  // namespace fetcher
