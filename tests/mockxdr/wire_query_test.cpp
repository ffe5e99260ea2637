#include "print.hpp"
#include "wire.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;
using Texts = std::vector<std::string>;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Query accepted(const std::string& request_data) {
    const auto read = read_query("{\"request_data\": " + request_data + "}", ServerOptions{});
    if (const auto* refusal = std::get_if<Refusal>(&read)) FAIL("refused: " << refusal->err_extra);
    return std::get<Query>(read);
}

Refusal refused(const std::string& body) {
    const auto read = read_query(body, ServerOptions{});
    REQUIRE(std::holds_alternative<Refusal>(read));
    CHECK(std::get<Refusal>(read).err_msg == "An error occurred while processing XDR public API");
    return std::get<Refusal>(read);
}

Refusal refused_filter(const std::string& filter) {
    return refused("{\"request_data\": {\"filters\": [" + filter + "]}}");
}

}  // namespace

TEST_CASE("empty request data asks for the default page", "[wire_query]") {
    const Query query = accepted("{}");
    CHECK(query.filters.empty());
    CHECK(query.search_from == 0);
    CHECK(query.search_to == 100);
    CHECK(query.sort == std::nullopt);
    CHECK(accepted(R"({"filters": [], "sort": {}})") == query);
}

TEST_CASE("the default page is a hundred rows, or what the cap allows", "[wire_query]") {
    const auto search_to = [](std::int64_t page_cap) {
        return std::get<Query>(read_query(R"({"request_data": {}})", {.page_cap = page_cap}))
            .search_to;
    };
    CHECK(search_to(1000) == 100);
    CHECK(search_to(100) == 100);
    CHECK(search_to(3) == 3);
}

TEST_CASE("what a client sent is cut before it is repeated", "[wire_query]") {
    const std::string extra =
        refused_filter(R"({"field": ")" + std::string(100'000, 'x') + R"(", "operator": "eq"})")
            .err_extra;
    CHECK(extra.size() < 300);
}

TEST_CASE("every filter of the page is read", "[wire_query]") {
    const auto [json, filter] = GENERATE(table<std::string, Filter>({
        {R"("creation_time", "operator": "gte", "value": 1704110400000)",
         {FilterField::creation_time, Operator::gte, noon}},
        {R"("creation_time", "operator": "lte", "value": 1704110400000)",
         {FilterField::creation_time, Operator::lte, noon}},
        {R"("modification_time", "operator": "gte", "value": 1704110400000)",
         {FilterField::modification_time, Operator::gte, noon}},
        {R"("modification_time", "operator": "lte", "value": 1704110400000)",
         {FilterField::modification_time, Operator::lte, noon}},
        {R"("incident_id_list", "operator": "in", "value": ["1", "2"])",
         {FilterField::incident_id_list, Operator::in, Texts{"1", "2"}}},
        {R"("incident_id", "operator": "eq", "value": "1")",
         {FilterField::incident_id, Operator::eq, std::string("1")}},
        {R"("incident_id", "operator": "neq", "value": "1")",
         {FilterField::incident_id, Operator::neq, std::string("1")}},
        {R"("description", "operator": "in", "value": ["a"])",
         {FilterField::description, Operator::in, Texts{"a"}}},
        {R"("description", "operator": "contains", "value": "a")",
         {FilterField::description, Operator::contains, std::string("a")}},
        {R"("alert_sources", "operator": "in", "value": ["XDR Agent"])",
         {FilterField::alert_sources, Operator::in, Texts{"XDR Agent"}}},
        {R"("status", "operator": "eq", "value": "new")",
         {FilterField::status, Operator::eq, std::string("new")}},
        {R"("status", "operator": "neq", "value": "resolved_auto")",
         {FilterField::status, Operator::neq, std::string("resolved_auto")}},
        {R"("status", "operator": "in", "value": ["new", "under_investigation"])",
         {FilterField::status, Operator::in, Texts{"new", "under_investigation"}}},
        {R"("starred", "operator": "eq", "value": false)",
         {FilterField::starred, Operator::eq, false}},
        {R"("starred", "operator": "neq", "value": true)",
         {FilterField::starred, Operator::neq, true}},
    }));
    CAPTURE(json);
    const Query query = accepted(R"({"filters": [{"field": )" + json + "}]}");
    REQUIRE(query.filters.size() == 1);
    CHECK(query.filters[0] == filter);
}

TEST_CASE("each status of the page, and two that were met, can be asked for", "[wire_query]") {
    for (const std::string status :
         {"new", "under_investigation", "resolved_duplicate", "resolved_other",
          "resolved_security_testing", "resolved_known_issue", "resolved_auto",
          "resolved_threat_handled", "resolved_true_positive", "resolved_false_positive",
          "resolved_duplicate_incident", "resolved_auto_resolve"}) {
        const Query query =
            accepted(R"({"filters": [{"field": "status", "operator": "in", "value": [")" + status +
                     "\"]}]}");
        CHECK(query.filters ==
              std::vector<Filter>{{FilterField::status, Operator::in, Texts{status}}});
    }
}

TEST_CASE("two filters may name one field", "[wire_query]") {
    CHECK(accepted(R"({"filters": [
        {"field": "creation_time", "operator": "gte", "value": 1},
        {"field": "creation_time", "operator": "lte", "value": 2}]})")
              .filters.size() == 2);
}

TEST_CASE("any JSON form of a whole number is an integer", "[wire_query]") {
    CHECK(accepted(R"({"search_from": 1e1, "search_to": 20.0})").search_from == 10);
    CHECK(accepted(R"({"search_from": 1e1, "search_to": 20.0})").search_to == 20);
}

TEST_CASE("unknown keys beside the known ones are ignored", "[wire_query]") {
    CHECK(
        accepted(R"({"fields_to_exclude": ["x"], "drop_nulls": true, "search_to": 5})").search_to ==
        5);
}

TEST_CASE("the sort keyword is read in either case", "[wire_query]") {
    CHECK(accepted(R"({"sort": {"field": "incident_id", "keyword": "ASC"}})").sort ==
          Sort{SortField::incident_id, Direction::asc});
    CHECK(accepted(R"({"sort": {"field": "modification_time", "keyword": "desc"}})").sort ==
          Sort{SortField::modification_time, Direction::desc});
}

TEST_CASE("a body that is no request is refused with 400", "[wire_query]") {
    const auto [body, extra] = GENERATE(table<std::string, std::string>({
        {"", "not JSON: unexpected end of input; expected '[', '{', or a literal at line 1:1"},
        {"[]", "expected an object that holds request_data, got []"},
        {"{}", "Missing at least one required parameter: ['request_data']"},
        {R"({"request_data": null})", "request_data: expected an object, got null"},
        {R"({"request_data": []})", "request_data: expected an object, got []"},
        {R"({"request_data": {"filters": [], "filters": [7]}})",
         "the key /request_data/filters stands twice"},
        {std::string("{\"request_data\": {}}\0", 21), "not JSON: a NUL byte at line 1:21"},
    }));
    CAPTURE(body);
    const Refusal refusal = refused(body);
    CHECK(refusal.status == 400);
    CHECK(refusal.err_extra == extra);
}

TEST_CASE("a bad filter is refused with 500, never ignored", "[wire_query]") {
    const auto [filter, extra] = GENERATE(table<std::string, std::string>({
        {"7", "filters[0]: expected an object, got 7"},
        {"{}", "filters[0]: field is missing"},
        {R"({"field": "status"})", "filters[0]: operator is missing"},
        {R"({"field": 7, "operator": "eq", "value": 1})",
         "filters[0].field: expected a string, got 7"},
        {R"({"field": "creation_tme", "operator": "gte", "value": 1})",
         "filters[0].field: unknown field 'creation_tme', did you mean creation_time?"},
        {R"({"field": "severity", "operator": "in", "value": ["high"]})",
         "filters[0].field: unknown field 'severity', expected one of creation_time, "
         "modification_time, incident_id_list, incident_id, description, alert_sources, status, "
         "starred"},
        {R"({"field": "creation_time", "operator": "gt", "value": 1})",
         "filters[0].operator: 'gt' is not valid for creation_time, expected one of gte, lte"},
        {R"({"field": "creation_time", "operator": "gte"})",
         "value param is missing (filters[0].value of creation_time)"},
        {R"({"field": "creation_time", "operator": "gte", "value": null})",
         "value param is missing (filters[0].value of creation_time)"},
        {R"({"field": "creation_time", "operator": "gte", "value": 0})",
         "value param is missing (filters[0].value is 0)"},
        {R"({"field": "creation_time", "operator": "gte", "value": -1})",
         "filters[0].value: expected epoch milliseconds, got -1"},
        {R"({"field": "creation_time", "operator": "gte", "value": "1704110400000"})",
         "filters[0].value: expected an integer, got \"1704110400000\""},
        {R"({"field": "creation_time", "operator": "gte", "value": 1.5})",
         "filters[0].value: expected an integer, got 1.5"},
        {R"({"field": "incident_id_list", "operator": "in", "value": "1"})",
         "filters[0].value: expected an array of strings, got \"1\""},
        {R"({"field": "incident_id_list", "operator": "in", "value": [1]})",
         "filters[0].value[0]: expected a string, got 1"},
        {R"({"field": "incident_id_list", "operator": "in", "value": []})",
         "value param is missing (filters[0].value is empty)"},
        {R"({"field": "status", "operator": "eq", "value": "nwe"})",
         "filters[0].value: unknown status 'nwe', did you mean new?"},
        {R"({"field": "status", "operator": "in", "value": ["new", "resolved_othr"]})",
         "filters[0].value: unknown status 'resolved_othr', did you mean resolved_other?"},
        {R"({"field": "status", "operator": "eq", "value": ["new"]})",
         "filters[0].value: expected a string, got [\"new\"]"},
        {R"({"field": "starred", "operator": "eq", "value": "true"})",
         "filters[0].value: expected true or false, got \"true\""},
        {R"({"field": "description", "operator": "contains", "value": ""})",
         "value param is missing (filters[0].value is empty)"},
    }));
    CAPTURE(filter);
    const Refusal refusal = refused_filter(filter);
    CHECK(refusal.status == 500);
    CHECK(refusal.err_extra == extra);
}

TEST_CASE("what a client probably meant is said, whatever its capitals", "[wire_query]") {
    CHECK(refused_filter(R"({"field": "status", "operator": "eq", "value": "NEW"})").err_extra ==
          "filters[0].value: unknown status 'NEW', did you mean new?");
    const auto sort = [](const std::string& text) {
        return refused(R"({"request_data": {"sort": )" + text + "}}").err_extra;
    };
    CHECK(sort(R"({"field": "creation_tme", "keyword": "asc"})") ==
          "sort.field: unknown value 'creation_tme', did you mean creation_time? expected one of "
          "creation_time, modification_time, incident_id");
    CHECK(sort(R"({"field": "creation_time", "keyword": "des"})") ==
          "sort.keyword: unknown value 'des', did you mean desc? expected one of asc, desc");
}

TEST_CASE("what is cut is cut between two characters", "[wire_query]") {
    std::string text(56, 'a');
    text += "\xED\x95\x98\xED\x95\x98";
    CHECK(refused_filter(R"({"field": ")" + text + R"(", "operator": "eq", "value": "1"})")
              .err_extra.starts_with("filters[0].field: unknown field '" + std::string(56, 'a') +
                                     "...', "));
}

TEST_CASE("other parts of a request are checked as strictly", "[wire_query]") {
    const auto [data, extra] = GENERATE(table<std::string, std::string>({
        {R"({"filters": {}})", "filters: expected an array, got {}"},
        {R"({"filters": null})", "filters: expected an array, got null"},
        {R"({"search_from": "0"})", "search_from: expected an integer, got \"0\""},
        {R"({"search_to": null})", "search_to: expected an integer, got null"},
        {R"({"sort": []})", "sort: expected an object, got []"},
        {R"({"sort": {"field": "severity", "keyword": "asc"}})",
         "sort.field: unknown value 'severity', expected one of creation_time, "
         "modification_time, incident_id"},
        {R"({"sort": {"field": "creation_time"}})", "sort: keyword is missing"},
        {R"({"sort": {"field": "creation_time", "keyword": "up"}})",
         "sort.keyword: unknown value 'up', expected one of asc, desc"},
    }));
    CAPTURE(data);
    const Refusal refusal = refused("{\"request_data\": " + data + "}");
    CHECK(refusal.status == 500);
    CHECK(refusal.err_extra == extra);
}

TEST_CASE("a window must hold 1 to page_cap rows", "[wire_query]") {
    const auto [from, to, fine] = GENERATE(table<std::int64_t, std::int64_t, bool>({
        {0, 1, true},
        {0, 100, true},
        {900, 1000, true},
        {0, 101, false},
        {0, 0, false},
        {5, 5, false},
        {5, 4, false},
        {-1, 5, false},
        {INT64_MIN, INT64_MAX, false},
        {1, INT64_MIN, false},
        {0, INT64_MAX, false},
        {INT64_MAX, INT64_MAX, false},
    }));
    CAPTURE(from, to);
    Query query;
    query.search_from = from;
    query.search_to = to;
    const auto refusal = check_window(query, {}, 100);
    CHECK(refusal.has_value() == !fine);
    if (refusal) {
        CHECK(refusal->status == 400);
        CHECK(refusal->err_extra ==
              "Search size must fulfill the requirement: 0 < search_size <= 100");
    }
}
