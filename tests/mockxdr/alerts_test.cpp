#include "mockxdr/alerts.hpp"

#include <algorithm>
#include <set>

#include "object_reader.hpp"
#include "print.hpp"
#include "scenario_parts.hpp"
#include "xdr/text.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;
using json::Array;
using json::Null;
using json::Object;
using json::Value;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Incident made(const std::string& id, const Fields& fields, const ExtraSpec& extra = {}) {
    const Version version{.from = noon,
                          .until = TimePoint::max(),
                          .creation_time = noon,
                          .modification_time = noon,
                          .fields = fields};
    return {.id = IncidentId(id),
            .created = noon,
            .absent = {},
            .versions = {version},
            .position = 0,
            .extra = Shared<ExtraSpec>(extra)};
}

Extra extra(const Incident& incident, const ExtraWanted& wanted = {}, std::uint64_t seed = 1) {
    return extra_of({.incident = &incident, .version = &incident.versions[0]}, seed, wanted);
}

Value part(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    if (!value) FAIL("the key " << key << " is missing");
    return *value;
}

std::string text(const Value& object, std::string_view key) {
    const Value value = part(object, key);
    const auto* found = value.get_if<std::string>();
    if (!found) FAIL(key << " is " << kind_of(value));
    return *found;
}

std::int64_t number(const Value& object, std::string_view key) {
    const Value value = part(object, key);
    const auto* found = value.get_if<std::int64_t>();
    if (!found) FAIL(key << " is " << kind_of(value));
    return *found;
}

std::vector<std::string> texts(const Array& objects, std::string_view key) {
    std::vector<std::string> out;
    for (const Value& object : objects) out.push_back(text(object, key));
    return out;
}

std::vector<std::int64_t> times(const Array& alerts) {
    std::vector<std::int64_t> out;
    for (const Value& alert : alerts) out.push_back(number(alert, "detection_timestamp"));
    return out;
}

std::int64_t count(const std::vector<std::string>& texts, const std::string& wanted) {
    return std::count(texts.begin(), texts.end(), wanted);
}

/// What reading an incident's keys gives, and what is wrong with them.
std::pair<IncidentSpec, std::vector<std::string>> read(const std::string& incident) {
    const json::Document document = json::parse(incident, json::Comments::refused);
    Findings findings;
    ObjectReader object({.value = document.root, .pointer = "/incidents/0"}, findings);
    std::pair<IncidentSpec, std::vector<std::string>> out;
    read_extra(object, out.first);
    object.finish();
    for (const Finding& finding : findings)
        out.second.push_back(std::to_string(finding.at.line) + ":" +
                             std::to_string(finding.at.column) + ": " + finding.what + " (at " +
                             finding.pointer + "); " + finding.expected);
    return out;
}

}  // namespace

TEST_CASE("an incident has as many alerts as its alert_count says", "[alerts]") {
    CHECK(extra(made("1", {})).alerts.size() == 1);
    const Extra seven = extra(made("1", {{"alert_count", 7}}));
    CHECK(seven.alert_total == 7);
    CHECK(seven.alerts.size() == 7);
    for (const Value& none : {Value(0), Value(-3), Value(Null{})}) {
        const Extra empty = extra(made("1", {{"alert_count", none}}));
        CHECK(empty == Extra{});
    }
}

TEST_CASE("no more than a thousand alerts are generated, and the total still counts all",
          "[alerts]") {
    const Extra many = extra(made("1", {{"alert_count", 4000}}), {.most_alerts = 4000});
    CHECK(many.alert_total == 4000);
    CHECK(many.alerts.size() == 1000);
    const std::vector<std::string> ids = texts(many.alerts, "alert_id");
    CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 1000);
}

TEST_CASE("alerts depend on the seed, the incident and their number only", "[alerts]") {
    const Incident incident = made("1", {{"alert_count", 5}});
    const Extra all = extra(incident, {.order = AlertOrder::as_made});
    CHECK(extra(incident, {.order = AlertOrder::as_made}) == all);
    const Extra two = extra(incident, {.most_alerts = 2, .order = AlertOrder::as_made});
    CHECK(two.alerts == Array(all.alerts.begin(), all.alerts.begin() + 2));
    CHECK(two.alert_total == 5);
    CHECK(extra(incident, {.order = AlertOrder::as_made}, 2).alerts != all.alerts);
    CHECK(extra(made("2", {{"alert_count", 5}}), {.order = AlertOrder::as_made}).alerts !=
          all.alerts);
    // Known values: another platform or version must not send other alerts.
    CHECK(text(all.alerts[0], "external_id") == "11a7a03350e25c0da3646181edf65af5");
    CHECK(text(all.file_artifacts[0], "file_name") == "sync-agent.dll");
}

TEST_CASE("an alert is raised at its incident's creation or up to five minutes before",
          "[alerts]") {
    const Incident incident = made("1", {{"alert_count", 200}});
    const std::int64_t created = noon.time_since_epoch().count();
    for (const Value& alert : extra(incident).alerts) {
        const std::int64_t detected = number(alert, "detection_timestamp");
        CHECK(detected <= created);
        CHECK(detected >= created - 300'000);
        CHECK(number(alert, "event_timestamp") == detected);
        CHECK(number(alert, "local_insert_ts") >= detected);
        CHECK(number(alert, "local_insert_ts") <= created);
        CHECK(part(alert, "last_modified_ts").is_null());
    }
}

TEST_CASE("alerts come by time, or in no order of time", "[alerts]") {
    const Incident incident = made("1", {{"alert_count", 50}});
    const std::vector<std::int64_t> sorted = times(extra(incident).alerts);
    std::vector<std::int64_t> as_made =
        times(extra(incident, {.order = AlertOrder::as_made}).alerts);
    CHECK(std::is_sorted(sorted.begin(), sorted.end()));
    CHECK_FALSE(std::is_sorted(as_made.begin(), as_made.end()));
    std::sort(as_made.begin(), as_made.end());
    CHECK(as_made == sorted);
    const Extra oldest = extra(incident, {.most_alerts = 3});
    CHECK(times(oldest.alerts) == std::vector(sorted.begin(), sorted.begin() + 3));
}

TEST_CASE("severities follow the incident's counts and then its severity", "[alerts]") {
    const Extra all = extra(made("1", {{"alert_count", 10},
                                       {"severity", "informational"},
                                       {"critical_severity_alert_count", 1},
                                       {"high_severity_alert_count", 2},
                                       {"med_severity_alert_count", 3},
                                       {"low_severity_alert_count", 2}}));
    const std::vector<std::string> severities = texts(all.alerts, "severity");
    CHECK(count(severities, "critical") == 1);
    CHECK(count(severities, "high") == 2);
    CHECK(count(severities, "medium") == 3);
    CHECK(count(severities, "low") == 2);
    CHECK(count(severities, "informational") == 2);
}

TEST_CASE("alerts name the hosts, users and sources of their incident", "[alerts]") {
    const Extra all = extra(made("1", {{"alert_count", 100},
                                       {"hosts", Array{"web-1:0a1b", "db-1"}},
                                       {"users", Array{"nt authority\\system", "ann"}},
                                       {"incident_sources", Array{"XDR BIOC", "PAN NGFW"}}}));
    const std::vector<std::string> hosts = texts(all.alerts, "host_name");
    CHECK(count(hosts, "web-1") > 0);
    CHECK(count(hosts, "db-1") > 0);
    CHECK(count(hosts, "web-1") + count(hosts, "db-1") == 100);
    const std::vector<std::string> users = texts(all.alerts, "user_name");
    CHECK(count(users, "ann") > 0);
    CHECK(count(users, "nt authority\\system") + count(users, "ann") == 100);
    for (const Value& alert : all.alerts) {
        if (text(alert, "host_name") == "web-1") CHECK(text(alert, "endpoint_id") == "0a1b");
        const bool in_network = text(alert, "source") == "PAN NGFW";
        CHECK((in_network || text(alert, "source") == "XDR BIOC"));
        CHECK((text(alert, "event_type") == "Network Event") == in_network);
        CHECK(part(alert, "fw_rule").is_null() != in_network);
        CHECK(part(alert, "actor_process_image_name").is_null() == in_network);
        CHECK(part(alert, "action_file_name").is_null() != in_network);
    }
}

TEST_CASE("a host has the same addresses in every incident", "[alerts]") {
    std::size_t with_two = 0;
    for (int i = 0; i < 20; ++i) {
        const Fields fields{{"hosts", Array{Value("pc-" + std::to_string(i))}}};
        const Extra one = extra(made("1", fields));
        const Extra other = extra(made("INC-2", fields));
        const std::string addresses = text(one.alerts[0], "host_ip");
        CHECK(addresses.starts_with("10."));
        CHECK(addresses == text(other.alerts[0], "host_ip"));
        with_two += addresses.find(',') != std::string::npos ? 1 : 0;
    }
    CHECK(with_two > 0);
    CHECK(with_two < 20);
}

TEST_CASE("without hosts, users and sources an alert names none", "[alerts]") {
    const Extra none =
        extra(made("1", {{"hosts", Null{}}, {"users", Array{}}, {"incident_sources", Null{}}}));
    const Value& alert = none.alerts[0];
    for (const char* key : {"host_name", "host_ip", "endpoint_id", "user_name", "mac",
                            "action_local_ip", "action_local_port"})
        CHECK(part(alert, key).is_null());
    CHECK(text(alert, "agent_os_type") == "NO_HOST");
    CHECK(text(alert, "source") == "XDR Agent");
}

TEST_CASE("alert ids are numbers of their own in every incident", "[alerts]") {
    std::set<std::string> ids;
    for (const char* incident : {"1", "2", "999999999", "1000000000", "INC-1"})
        for (const std::string& id :
             texts(extra(made(incident, {{"alert_count", 1000}})).alerts, "alert_id")) {
            CHECK(xdr::is_digits(id));
            CHECK(std::stoll(id) < std::int64_t{1} << 53);
            ids.insert(id);
        }
    CHECK(ids.size() == 5000);
}

TEST_CASE("case_id is the incident's number, or null", "[alerts]") {
    CHECK(number(extra(made("42", {})).alerts[0], "case_id") == 42);
    CHECK(part(extra(made("INC-1", {})).alerts[0], "case_id").is_null());
    CHECK(part(extra(made("12345678901234567890", {})).alerts[0], "case_id").is_null());
}

TEST_CASE("alerts follow what becomes of their incident", "[alerts]") {
    Incident incident = made("1", {{"status", "resolved_false_positive"}, {"starred", true}});
    incident.versions[0].modification_time = noon + 1h;
    const Extra resolved = extra(incident);
    const Value& alert = resolved.alerts[0];
    CHECK(text(alert, "resolution_status") == "STATUS_060_RESOLVED_FALSE_POSITIVE");
    CHECK(part(alert, "starred") == Value(true));
    CHECK(number(alert, "last_modified_ts") == (noon + 1h).time_since_epoch().count());
    CHECK(text(extra(made("1", {})).alerts[0], "resolution_status") == "STATUS_010_NEW");
}

TEST_CASE("tags, categories and techniques are those of the incident", "[alerts]") {
    const Extra plain = extra(made("1", {}));
    CHECK(text(plain.alerts[0], "tags") == "DS:PANW/XDR Agent");
    CHECK(part(plain.alerts[0], "mitre_tactic_id_and_name").is_null());
    const Extra set = extra(made("1", {{"tags", Array{"DOM:Security", "lab"}},
                                       {"alert_categories", Array{"Exfiltration"}},
                                       {"mitre_tactics_ids_and_names", Array{"TA0010"}},
                                       {"mitre_techniques_ids_and_names", Array{"T1041"}}}));
    CHECK(text(set.alerts[0], "tags") == "DOM:Security,lab");
    CHECK(text(set.alerts[0], "original_tags") == "DOM:Security,lab");
    CHECK(text(set.alerts[0], "category") == "Exfiltration");
    CHECK(text(set.alerts[0], "mitre_tactic_id_and_name") == "TA0010");
    CHECK(text(set.alerts[0], "mitre_technique_id_and_name") == "T1041");
}

TEST_CASE("an alert has each key once, sixty or more, some null and some with blanks at the end",
          "[alerts]") {
    const Extra all = extra(made("1", {{"alert_count", 20}, {"hosts", Array{"a", "b", "c", "d"}}}));
    bool blanks = false;
    for (const Value& alert : all.alerts) {
        std::set<std::string> keys;
        for (const json::Member& member : *alert.get_if<Object>()) keys.insert(member.key);
        CHECK(keys.size() == alert.get_if<Object>()->size());
        CHECK(keys.size() >= 60);
        CHECK(part(alert, "deduplicate_tokens").is_null());
        blanks = blanks || text(alert, "agent_os_sub_type").ends_with(" ");
    }
    CHECK(blanks);
}

TEST_CASE("files and addresses are generated, and the alerts take turns with them", "[alerts]") {
    std::set<std::size_t> files, addresses;
    for (int id = 1; id <= 40; ++id) {
        const Extra all = extra(made(std::to_string(id), {{"alert_count", 7}}));
        files.insert(all.file_artifacts.size());
        addresses.insert(all.network_artifacts.size());
        const std::vector<std::string> named = texts(all.alerts, "actor_process_image_sha256");
        for (const Value& file : all.file_artifacts) {
            CHECK(text(file, "type") == "HASH");
            CHECK(text(file, "file_sha256").size() == 64);
            CHECK(number(file, "alert_count") == count(named, text(file, "file_sha256")));
        }
        for (const Value& address : all.network_artifacts) {
            const std::string ip = text(address, "network_remote_ip");
            CHECK(text(address, "type") == "IP");
            CHECK(number(address, "alert_count") ==
                  count(texts(all.alerts, "action_remote_ip"), ip));
        }
    }
    CHECK(files == std::set<std::size_t>{1, 2, 3});
    CHECK(addresses == std::set<std::size_t>{0, 1, 2});
}

TEST_CASE("as many files are malicious as WildFire hit", "[alerts]") {
    for (const int hits : {0, 1, 9}) {
        const Extra all = extra(made("1", {{"alert_count", 9}, {"wildfire_hits", hits}}));
        const std::vector<std::string> verdicts =
            texts(all.file_artifacts, "file_wildfire_verdict");
        const auto size = static_cast<std::int64_t>(verdicts.size());
        CHECK(count(verdicts, "MALWARE") == std::min<std::int64_t>(hits, size));
    }
}

TEST_CASE("alerts of the scenario keep their order, and what they leave out is generated",
          "[alerts]") {
    const Array given{Object{{"name", "second", {}}, {"severity", Null{}, {}}},
                      Object{{"zz_new_key", 1, {}}, {"detection_timestamp", 5, {}}}, Object{}};
    const Incident incident = made("1", {{"alert_count", 9}}, {.alerts = given});
    const Extra all = extra(incident);
    CHECK(all.alert_total == 3);
    REQUIRE(all.alerts.size() == 3);
    CHECK(text(all.alerts[0], "name") == "second");
    CHECK(part(all.alerts[0], "severity").is_null());
    CHECK(text(all.alerts[0], "source") == "XDR Agent");
    CHECK(number(all.alerts[1], "detection_timestamp") == 5);
    CHECK(all.alerts[1].get_if<Object>()->back().key == "zz_new_key");
    CHECK(all.alerts[0].get_if<Object>()->size() == all.alerts[2].get_if<Object>()->size());
    CHECK(extra(incident, {.most_alerts = 1}).alerts == Array{all.alerts[0]});
    CHECK(extra(made("1", {}, {.alerts = Array{}})).alerts.empty());
}

TEST_CASE("artifacts of the scenario replace the generated ones", "[alerts]") {
    const ExtraSpec given{
        .alerts = std::nullopt,
        .network_artifacts = Array{},
        .file_artifacts = Array{Object{{"file_name", "a.exe", {}}, {"note", "x", {}}},
                                Object{{"file_name", Null{}, {}}}}};
    const Extra all = extra(made("1", {{"alert_count", 3}}, given), {.order = AlertOrder::as_made});
    CHECK(all.network_artifacts.empty());
    REQUIRE(all.file_artifacts.size() == 2);
    CHECK(text(all.file_artifacts[0], "note") == "x");
    CHECK(number(all.file_artifacts[0], "alert_count") == 2);
    CHECK(number(all.file_artifacts[1], "alert_count") == 1);
    CHECK(text(all.alerts[0], "actor_process_image_name") == "a.exe");
    CHECK(part(all.alerts[1], "actor_process_image_name").is_null());
    CHECK(part(all.alerts[0], "action_remote_ip").is_null());
}

TEST_CASE("a scenario's alerts and artifacts are read as they stand", "[alerts]") {
    const auto [spec, problems] = read(R"({"alerts": [{"name": "x", "any": [1, null]}, {}],
        "network_artifacts": [], "file_artifacts": [{"file_name": null}]})");
    CHECK(problems.empty());
    CHECK(spec.extra.get().alerts ==
          Array{Object{{"name", "x", {}}, {"any", Array{1, Null{}}, {}}}, Object{}});
    CHECK(spec.extra.get().network_artifacts == Array{});
    CHECK(spec.extra.get().file_artifacts == Array{Object{{"file_name", Null{}, {}}}});
    CHECK(read("{}").first.extra.get() == ExtraSpec{});
}

TEST_CASE("alerts and artifacts that are no objects are named with their place", "[alerts]") {
    CHECK(read(R"({"alerts": {}, "network_artifacts": ["1.2.3.4"], "file_artifacts": null})")
              .second ==
          std::vector<std::string>{
              "1:12: found an object (at /incidents/0/alerts); expected an array",
              "1:38: found text (at /incidents/0/network_artifacts/0); expected an object",
              "1:68: found null (at /incidents/0/file_artifacts); expected an array"});
}
