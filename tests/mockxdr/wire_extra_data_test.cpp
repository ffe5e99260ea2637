#include "wire_extra_data.hpp"

#include <algorithm>

#include "print.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;
using json::Array;
using json::Null;
using json::Object;
using json::Value;
using Texts = std::vector<std::string>;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// An incident that a query sees.
class Seen {
   public:
    explicit Seen(const std::string& id, const Fields& fields = {}, const ExtraSpec& extra = {})
        : incident_{.id = IncidentId(id),
                    .created = noon,
                    .absent = {},
                    .versions = {{.from = noon,
                                  .until = TimePoint::max(),
                                  .creation_time = noon,
                                  .modification_time = noon,
                                  .fields = fields}},
                    .position = 0,
                    .extra = Shared<ExtraSpec>(extra)} {}

    Match match() const { return {.incident = &incident_, .version = &incident_.versions[0]}; }

   private:
    Incident incident_;
};

std::string body(const std::string& request_data) {
    return "{\"request_data\": " + request_data + "}";
}

/// The request that a reader makes of it.
template <class Read>
auto accepted(Read read, const std::string& request_data) {
    const auto result = read(body(request_data), ServerOptions{});
    if (const auto* refusal = std::get_if<Refusal>(&result))
        FAIL("refused: " << refusal->err_extra);
    return std::get<0>(result);
}

/// The status and the reason that a reader gives.
template <class Read>
std::string refused(Read read, const std::string& request_data) {
    const auto result = read(body(request_data), ServerOptions{});
    if (result.index() == 0) FAIL("accepted");
    const auto& refusal = std::get<Refusal>(result);
    CHECK(refusal.err_msg == "An error occurred while processing XDR public API");
    return std::to_string(refusal.status) + " " + refusal.err_extra;
}

/// The member that a path of keys and indexes leads to.
Value at(Value value, std::initializer_list<std::string> path) {
    for (const std::string& step : path) {
        if (const auto* array = value.get_if<Array>()) {
            REQUIRE(std::stoul(step) < array->size());
            const Value next = (*array)[std::stoul(step)];
            value = next;
        } else {
            const Value* found = value.find(step);
            if (!found) FAIL("no " << step);
            const Value next = *found;
            value = next;
        }
    }
    return value;
}

Value reply_of(const std::string& text) {
    const json::Document document = json::parse(text, json::Comments::refused);
    CHECK(document.duplicates.empty());
    CHECK(json::write(document.root) == text);
    return at(document.root, {"reply"});
}

Texts keys(const Value& object) {
    Texts out;
    REQUIRE(object.get_if<Object>());
    for (const json::Member& member : *object.get_if<Object>()) out.push_back(member.key);
    return out;
}

std::size_t size(const Value& array) {
    REQUIRE(array.get_if<Array>());
    return array.get_if<Array>()->size();
}

Value extra_data(const Seen& seen, const std::string& request_data = R"({"incident_id": "1"})",
                 const Form& form = {}) {
    return reply_of(
        write_extra_data(seen.match(), form, accepted(read_extra_data, request_data), 1));
}

Value multiple(const Selection& selection, const std::string& request_data = "{}",
               const Form& form = {}) {
    return reply_of(write_multiple(selection, form, accepted(read_multiple, request_data), 1));
}

bool has_null(const Value& value) {
    if (const auto* array = value.get_if<Array>())
        return std::any_of(array->begin(), array->end(), has_null);
    if (const auto* object = value.get_if<Object>())
        return std::any_of(object->begin(), object->end(), [](const json::Member& member) {
            return member.value.is_null() || has_null(member.value);
        });
    return false;
}

}  // namespace

TEST_CASE("a request for extra data needs an id, the rest has defaults", "[wire_extra_data]") {
    CHECK(accepted(read_extra_data, R"({"incident_id": "7"})") ==
          ExtraDataRequest{.incident_id = "7"});
    CHECK(accepted(read_extra_data, R"({"incident_id": "7", "alerts_limit": 5, "drop_nulls": true,
                                        "alert_fields_to_exclude": ["mac", "x"], "other": {}})") ==
          ExtraDataRequest{.incident_id = "7",
                           .alerts_limit = 5,
                           .drop_nulls = true,
                           .alert_fields_to_exclude = {"mac", "x"}});
    CHECK(accepted(read_extra_data, R"({"incident_id": "7", "alert_fields_to_exclude": []})") ==
          ExtraDataRequest{.incident_id = "7"});
}

TEST_CASE("the id of an incident may come as an integer", "[wire_extra_data]") {
    CHECK(accepted(read_extra_data, R"({"incident_id": 12})").incident_id == "12");
    CHECK(accepted(read_extra_data, R"({"incident_id": 1.2e1})").incident_id == "12");
    CHECK(accepted(read_extra_data, R"({"incident_id": "007"})").incident_id == "007");
}

TEST_CASE("a request for extra data without an id is refused with 400", "[wire_extra_data]") {
    const std::string missing = "400 Missing at least one required parameter: ['incident_id']";
    CHECK(refused(read_extra_data, "{}") == missing);
    CHECK(refused(read_extra_data, R"({"incident_id": null})") == missing);
    CHECK(refused(read_extra_data, R"({"incident_id": ""})") == missing);
    CHECK(std::holds_alternative<Refusal>(read_extra_data("{}", ServerOptions{})));
    CHECK(std::holds_alternative<Refusal>(read_extra_data("x", ServerOptions{})));
}

TEST_CASE("a request for extra data with a wrong value is refused with 500", "[wire_extra_data]") {
    const auto with = [](const std::string& key, const std::string& value) {
        return refused(read_extra_data, R"({"incident_id": "1", ")" + key + "\": " + value + "}");
    };
    CHECK(refused(read_extra_data, R"({"incident_id": ["1"]})") ==
          R"(500 incident_id: expected a string, got ["1"])");
    CHECK(refused(read_extra_data, R"({"incident_id": 1.5})") ==
          "500 incident_id: expected an integer, got 1.5");
    CHECK(with("alerts_limit", "-1") == "500 alerts_limit: expected 0 or more, got -1");
    CHECK(with("alerts_limit", R"("9")") == R"(500 alerts_limit: expected an integer, got "9")");
    CHECK(with("drop_nulls", "1") == "500 drop_nulls: expected true or false, got 1");
    CHECK(with("alert_fields_to_exclude", R"("mac")") ==
          R"(500 alert_fields_to_exclude: expected an array of strings, got "mac")");
    CHECK(with("alert_fields_to_exclude", "[1]") ==
          "500 alert_fields_to_exclude[0]: expected a string, got 1");
}

TEST_CASE("extra data holds the incident, its alerts and its artifacts", "[wire_extra_data]") {
    const Seen seen("1", {{"alert_count", 3}},
                    {.alerts = std::nullopt,
                     .network_artifacts = Array{Object{}, Object{}},
                     .file_artifacts = Array{}});
    const Value reply = extra_data(seen);
    CHECK(keys(reply) == Texts{"incident", "alerts", "network_artifacts", "file_artifacts"});
    std::string incident;
    write_incident(seen.match(), {}, incident);
    CHECK(json::write(at(reply, {"incident"})) == incident);
    for (const char* section : {"alerts", "network_artifacts", "file_artifacts"})
        CHECK(keys(at(reply, {section})) == Texts{"total_count", "data"});
    CHECK(at(reply, {"alerts", "total_count"}) == Value(3));
    CHECK(size(at(reply, {"alerts", "data"})) == 3);
    CHECK(at(reply, {"network_artifacts", "total_count"}) == Value(2));
    CHECK(size(at(reply, {"network_artifacts", "data"})) == 2);
    CHECK(at(reply, {"file_artifacts", "total_count"}) == Value(0));
    CHECK(size(at(reply, {"file_artifacts", "data"})) == 0);
}

TEST_CASE("alerts_limit caps the alerts and not their total", "[wire_extra_data]") {
    const Seen seen("1", {{"alert_count", 60}});
    const Value two = extra_data(seen, R"({"incident_id": "1", "alerts_limit": 2})");
    CHECK(at(two, {"alerts", "total_count"}) == Value(60));
    CHECK(size(at(two, {"alerts", "data"})) == 2);
    CHECK(size(at(extra_data(seen, R"({"incident_id": "1", "alerts_limit": 0})"),
                  {"alerts", "data"})) == 0);
    CHECK(size(at(extra_data(seen), {"alerts", "data"})) == 60);
}

TEST_CASE("extra data sends alerts by time", "[wire_extra_data]") {
    const Value data = at(extra_data(Seen("1", {{"alert_count", 60}})), {"alerts", "data"});
    std::vector<std::int64_t> times;
    for (const Value& alert : *data.get_if<Array>())
        times.push_back(*alert.find("detection_timestamp")->get_if<std::int64_t>());
    CHECK(std::is_sorted(times.begin(), times.end()));
}

TEST_CASE("comments are sent with extra data where there are any", "[wire_extra_data]") {
    const Array comments{Object{{"comment_id", 1, {}}, {"value", "seen", {}}}};
    const Seen commented("1", {{"comments", comments}});
    CHECK(at(extra_data(commented), {"incident", "comments"}) == Value(comments));
    CHECK(keys(at(extra_data(commented), {"incident"})).back() == "comments");
    CHECK(extra_data(Seen("1")).find("incident")->find("comments") == nullptr);
}

TEST_CASE("excluded keys are missing from every alert", "[wire_extra_data]") {
    const Seen seen("1", {{"alert_count", 2}});
    const Value reply = extra_data(
        seen, R"({"incident_id": "1", "alert_fields_to_exclude": ["mac", "description", "?"]})");
    for (const char* index : {"0", "1"}) {
        const Value alert = at(reply, {"alerts", "data", index});
        CHECK(alert.find("mac") == nullptr);
        CHECK(alert.find("description") == nullptr);
        CHECK(alert.find("name") != nullptr);
    }
    CHECK(at(reply, {"incident"}).find("description") != nullptr);
}

TEST_CASE("drop_nulls leaves nulls out everywhere", "[wire_extra_data]") {
    const Seen seen("1", {{"notes", "kept"}},
                    {.alerts = Array{Object{{"deep", Object{{"null", Null{}, {}}}, {}}}},
                     .network_artifacts = Array{Object{{"network_domain", Null{}, {}}}},
                     .file_artifacts = Array{Object{{"file_name", Null{}, {}}}}});
    CHECK(has_null(extra_data(seen)));
    const Value reply = extra_data(seen, R"({"incident_id": "1", "drop_nulls": true})");
    CHECK_FALSE(has_null(reply));
    CHECK(at(reply, {"incident", "notes"}) == Value("kept"));
    CHECK(at(reply, {"alerts", "data", "0", "deep"}) == Value(Object{}));
    const Value page = multiple({.total_count = 1, .rows = {seen.match()}, .restricted = {}},
                                R"({"drop_nulls": true})");
    CHECK_FALSE(has_null(page));
    CHECK(at(page, {"incidents", "0", "incident", "notes"}) == Value("kept"));
}

TEST_CASE("a limited key learns no tags from alerts", "[wire_extra_data]") {
    const Seen seen("1", {{"tags", Array{"secret"}}});
    const Form limited{.preset = Preset::current, .permission = Permission::limited};
    const Value alert =
        at(extra_data(seen, R"({"incident_id": "1"})", limited), {"alerts", "data", "0"});
    CHECK(alert.find("tags") == nullptr);
    CHECK(alert.find("original_tags") == nullptr);
    CHECK(at(extra_data(seen), {"alerts", "data", "0", "tags"}) == Value("secret"));
}

TEST_CASE("a request for many incidents is one of get_incidents with three more keys",
          "[wire_extra_data]") {
    CHECK(accepted(read_multiple, "{}") == MultipleRequest{.query = {}});
    const MultipleRequest request = accepted(read_multiple, R"({
        "filters": [{"field": "creation_time", "operator": "gte", "value": 5}],
        "sort": {"field": "creation_time", "keyword": "asc"}, "search_to": 7,
        "fields_to_exclude": ["network_artifacts", "file_artifacts"],
        "alert_fields_to_exclude": ["mac"], "drop_nulls": true})");
    CHECK(request.query.filters.size() == 1);
    CHECK(request.query.search_to == 7);
    CHECK(request.fields_to_exclude == Texts{"network_artifacts", "file_artifacts"});
    CHECK(request.alert_fields_to_exclude == Texts{"mac"});
    CHECK(request.drop_nulls);
    CHECK(accepted(read_multiple, R"({"fields_to_exclude": []})").fields_to_exclude.empty());
}

TEST_CASE("a wrong request for many incidents is refused, never ignored", "[wire_extra_data]") {
    CHECK(refused(read_multiple, R"({"fields_to_exclude": ["alerts", "file_artifact"]})") ==
          "500 fields_to_exclude[1]: unknown section 'file_artifact', did you mean "
          "file_artifacts?");
    CHECK(refused(read_multiple, R"({"fields_to_exclude": ["zz"]})") ==
          "500 fields_to_exclude[0]: unknown section 'zz', expected one of alerts, "
          "network_artifacts, file_artifacts");
    CHECK(refused(read_multiple, R"({"fields_to_exclude": "alerts"})") ==
          R"(500 fields_to_exclude: expected an array of strings, got "alerts")");
    CHECK(refused(read_multiple, R"({"drop_nulls": null})") ==
          "500 drop_nulls: expected true or false, got null");
    CHECK(
        refused(read_multiple, R"({"filters": 1})").starts_with("500 filters: expected an array"));
}

TEST_CASE("a page of extra data holds each incident with its own", "[wire_extra_data]") {
    const Seen one("1", {{"alert_count", 2}}), two("2", {{"alert_count", 70}});
    const Value reply = multiple(
        {.total_count = 9, .rows = {one.match(), two.match()}, .restricted = {IncidentId("3")}});
    CHECK(keys(reply) == Texts{"total_count", "result_count", "alerts_limit_per_incident",
                               "incidents", "restricted_incident_ids"});
    CHECK(at(reply, {"total_count"}) == Value(9));
    CHECK(at(reply, {"result_count"}) == Value(2));
    CHECK(at(reply, {"alerts_limit_per_incident"}) == Value(50));
    CHECK(at(reply, {"restricted_incident_ids"}) == Value(Array{"3"}));
    CHECK(keys(at(reply, {"incidents", "0"})) ==
          Texts{"incident", "alerts", "network_artifacts", "file_artifacts"});
    CHECK(at(reply, {"incidents", "1", "incident", "incident_id"}) == Value("2"));
    CHECK(at(reply, {"incidents", "1", "alerts", "total_count"}) == Value(70));
    CHECK(size(at(reply, {"incidents", "1", "alerts", "data"})) == 50);
    CHECK(reply_of(write_multiple({}, {}, {}, 1)).find("incidents")->get_if<Array>()->empty());
}

TEST_CASE("the alerts of a page are not sorted by time", "[wire_extra_data]") {
    const Seen seen("1", {{"alert_count", 50}});
    const Value reply = multiple({.total_count = 1, .rows = {seen.match()}, .restricted = {}});
    const Value data = at(reply, {"incidents", "0", "alerts", "data"});
    std::vector<std::int64_t> times;
    for (const Value& alert : *data.get_if<Array>())
        times.push_back(*alert.find("detection_timestamp")->get_if<std::int64_t>());
    CHECK_FALSE(std::is_sorted(times.begin(), times.end()));
}

TEST_CASE("excluded sections are absent from a page", "[wire_extra_data]") {
    const Seen seen("1");
    const Selection page{.total_count = 1, .rows = {seen.match()}, .restricted = {}};
    CHECK(keys(at(multiple(page, R"({"fields_to_exclude": ["network_artifacts",
                                     "file_artifacts"]})"),
                  {"incidents", "0"})) == Texts{"incident", "alerts"});
    CHECK(keys(at(multiple(page, R"({"fields_to_exclude": ["alerts"]})"), {"incidents", "0"})) ==
          Texts{"incident", "network_artifacts", "file_artifacts"});
}
