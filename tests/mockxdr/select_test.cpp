#include "mockxdr/select.hpp"

#include <algorithm>
#include <set>

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;
using Texts = std::vector<std::string>;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

struct Fixture {
    Scenario spec = scenario(R"("incidents": [
        {"id": "9", "created": "1m", "fields": {"starred": true, "description": "Port scan"}},
        {"id": "10", "created": "1m", "fields": {"status": "under_investigation",
            "incident_sources": ["XDR BIOC", "PAN NGFW"]}},
        {"id": "8", "created": "2m", "fields": {"status": null, "starred": null},
            "updates": [{"at": "4m", "set": {"manual_description": "renamed SCAN"}}]},
        {"id": "7", "created": "3m", "indexed_after": "1h", "absent": ["status"]}])");
    World world{spec, noon};
    ServerOptions options;
    TimePoint now = noon + 10min;

    Texts ids(Query query, std::uint64_t request = 1) {
        const Selection page = select(world, options, query, {.now = now, .request = request});
        total = page.total_count;
        Texts out;
        for (const Match& match : page.rows) out.push_back(match.incident->id.text());
        return out;
    }

    Texts filtered(FilterField field, Operator op, FilterValue value) {
        Query query;
        query.filters.push_back({.field = field, .op = op, .value = std::move(value)});
        query.sort = {SortField::incident_id, Direction::asc};
        return ids(query);
    }

    std::int64_t total = -1;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "time bounds are inclusive at both ends", "[select]") {
    using enum FilterField;
    CHECK(filtered(creation_time, Operator::gte, noon + 1min) == Texts{"8", "9", "10"});
    CHECK(filtered(creation_time, Operator::gte, noon + 1min + 1ms) == Texts{"8"});
    CHECK(filtered(creation_time, Operator::lte, noon + 1min) == Texts{"9", "10"});
    CHECK(filtered(creation_time, Operator::lte, noon + 1min - 1ms).empty());
    CHECK(filtered(modification_time, Operator::gte, noon + 4min) == Texts{"8"});
    CHECK(filtered(modification_time, Operator::lte, noon + 4min - 1ms) == Texts{"9", "10"});
}

TEST_CASE_METHOD(Fixture, "text filters compare whole values, contains compares parts",
                 "[select]") {
    using enum FilterField;
    CHECK(filtered(status, Operator::eq, std::string("new")) == Texts{"9"});
    CHECK(filtered(status, Operator::neq, std::string("new")) == Texts{"8", "10"});
    CHECK(filtered(status, Operator::in, Texts{"new", "under_investigation"}) == Texts{"9", "10"});
    CHECK(filtered(description, Operator::contains, std::string("sCaN")) == Texts{"8", "9"});
    CHECK(filtered(description, Operator::in, Texts{"Port scan"}) == Texts{"9"});
    CHECK(filtered(incident_id, Operator::eq, std::string("10")) == Texts{"10"});
    CHECK(filtered(incident_id, Operator::neq, std::string("10")) == Texts{"8", "9"});
    CHECK(filtered(incident_id_list, Operator::in, Texts{"10", "9", "404"}) == Texts{"9", "10"});
    CHECK(filtered(alert_sources, Operator::in, Texts{"PAN NGFW", "x"}) == Texts{"10"});
    CHECK(filtered(starred, Operator::eq, true) == Texts{"9"});
    CHECK(filtered(starred, Operator::neq, true) == Texts{"8", "10"});
}

TEST_CASE_METHOD(Fixture, "an absent field equals nothing", "[select]") {
    now = noon + 2h;
    CHECK(filtered(FilterField::status, Operator::in, Texts{"new"}) == Texts{"9"});
    CHECK(filtered(FilterField::status, Operator::neq, std::string("new")) ==
          Texts{"7", "8", "10"});
}

TEST_CASE_METHOD(Fixture, "all filters must hold", "[select]") {
    Query query;
    query.filters = {
        {FilterField::creation_time, Operator::lte, noon + 1min},
        {FilterField::starred, Operator::eq, true},
    };
    CHECK(ids(query) == Texts{"9"});
}

TEST_CASE_METHOD(Fixture, "three fields sort, both ways, ties by number in the same direction",
                 "[select]") {
    Query query;
    CHECK(ids(query) == Texts{"8", "10", "9"});
    query.sort = {SortField::creation_time, Direction::asc};
    CHECK(ids(query) == Texts{"9", "10", "8"});
    query.sort = {SortField::incident_id, Direction::desc};
    CHECK(ids(query) == Texts{"10", "9", "8"});
    query.sort = {SortField::modification_time, Direction::desc};
    CHECK(ids(query) == Texts{"8", "10", "9"});
}

TEST_CASE_METHOD(Fixture, "ties may keep the order of the file", "[select]") {
    options.ties = Ties::insertion;
    Query query;
    query.sort = {SortField::creation_time, Direction::desc};
    CHECK(ids(query) == Texts{"8", "9", "10"});
}

TEST_CASE("shuffled ties change with the request and repeat with the seed", "[select]") {
    const Scenario spec = scenario(R"("incidents": [{"repeat": 6, "id": "{n}", "created": "0s"}])");
    const World world(spec, noon);
    ServerOptions options;
    options.ties = Ties::shuffled;
    const Query query{.sort = Sort{}};
    const auto order = [&](std::uint64_t request) {
        Texts out;
        for (const Match& match : ranking(world, options, query, {.now = noon, .request = request}))
            out.push_back(match.incident->id.text());
        return out;
    };
    std::set<Texts> orders;
    for (std::uint64_t request = 1; request <= 20; ++request) {
        orders.insert(order(request));
        CHECK(order(request) == order(request));
        CHECK(order(request).size() == 6);
    }
    CHECK(orders.size() > 15);
    const Texts first = order(1);
    options.seed = 2;
    CHECK(order(1) != first);
    CHECK(first == Texts{"5", "2", "1", "6", "3", "4"});
}

TEST_CASE_METHOD(Fixture, "total_count does not depend on the page", "[select]") {
    Query query;
    query.search_from = 1;
    query.search_to = 2;
    CHECK(ids(query) == Texts{"10"});
    CHECK(total == 3);
    query.search_from = 3;
    query.search_to = 103;
    CHECK(ids(query).empty());
    CHECK(total == 3);
}

TEST_CASE_METHOD(Fixture, "restricted rows are counted and named, not shown", "[select]") {
    options.restricted = {IncidentId("10")};
    Query query;
    query.search_to = 2;
    const Selection page = select(world, options, query, {.now = now, .request = 1});
    CHECK(page.total_count == 3);
    REQUIRE(page.rows.size() == 1);
    CHECK(page.rows[0].incident->id == IncidentId("8"));
    CHECK(page.restricted == std::vector{IncidentId("10")});
}

TEST_CASE("what a user wants becomes one filter each", "[select]") {
    CHECK(filters_of({}).empty());
    const auto filters = filters_of({.status = {"new"},
                                     .alert_sources = {"XDR Agent"},
                                     .starred = false,
                                     .description = "scan"});
    REQUIRE(filters.size() == 4);
    CHECK(filters[0] == Filter{FilterField::status, Operator::in, Texts{"new"}});
    CHECK(filters[1] == Filter{FilterField::starred, Operator::eq, false});
    CHECK(filters[2] == Filter{FilterField::alert_sources, Operator::in, Texts{"XDR Agent"}});
    CHECK(filters[3] == Filter{FilterField::description, Operator::contains, std::string("scan")});
}

TEST_CASE_METHOD(Fixture, "without a sort the newest come first, ties as always", "[select]") {
    CHECK(ids({}) == Texts{"8", "10", "9"});
    options.ties = Ties::insertion;
    CHECK(ids({}) == Texts{"8", "9", "10"});
    options.ties = Ties::shuffled;
    std::set<Texts> orders;
    for (std::uint64_t request = 1; request <= 20; ++request) orders.insert(ids({}, request));
    CHECK(orders == std::set<Texts>{{"8", "10", "9"}, {"8", "9", "10"}});
}

TEST_CASE_METHOD(Fixture, "without a sort the order may be the file's or another each time",
                 "[select]") {
    options.default_order = DefaultOrder::insertion;
    CHECK(ids({}) == Texts{"9", "10", "8"});
    options.default_order = DefaultOrder::shuffled;
    std::set<Texts> orders;
    for (std::uint64_t request = 1; request <= 20; ++request) {
        orders.insert(ids({}, request));
        CHECK(ids({}, request) == ids({}, request));
    }
    CHECK(orders.size() > 3);
}

TEST_CASE_METHOD(Fixture, "total_count says no more than its cap", "[select]") {
    options.total_count_cap = 2;
    CHECK(ids({}).size() == 3);
    CHECK(total == 2);
    options.total_count_cap = 9;
    ids({});
    CHECK(total == 3);
}

TEST_CASE_METHOD(Fixture, "severities are compared as texts are", "[select]") {
    CHECK(filtered(FilterField::severity, Operator::in, Texts{"medium", "low"}) ==
          Texts{"8", "9", "10"});
    CHECK(filtered(FilterField::severity, Operator::in, Texts{"high"}).empty());
}

TEST_CASE_METHOD(Fixture, "contains may mind capitals", "[select]") {
    using enum Operator;
    CHECK(filtered(FilterField::description, contains_exact_case, std::string("scan")) ==
          Texts{"9"});
    CHECK(filtered(FilterField::description, contains_exact_case, std::string("SCAN")) ==
          Texts{"8"});
    CHECK(name_of(contains_exact_case) == "contains");
}

TEST_CASE("a past request selects what it selected then", "[select]") {
    const Scenario spec = scenario(R"("incidents": [{"id": "1", "created": "0s"}])");
    World world(spec, noon);
    const Query query{.filters = {{FilterField::status, Operator::eq, std::string("new")}}};
    const Moment before{.now = noon, .request = 1, .changes = world.changes()};
    world.update(world.incidents()[0], {{"status", "resolved_other"}}, noon);
    CHECK(select(world, {}, query, before).total_count == 1);
    CHECK(select(world, {}, query, {.now = noon}).total_count == 0);
}
