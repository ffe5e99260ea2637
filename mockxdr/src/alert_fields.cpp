#include <algorithm>
#include <array>
#include <span>

#include "alert_draft.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

using json::Null;
using json::Value;

constexpr std::array<Kind, 5> kinds_on_hosts{{
    {"Malware By Local Analysis", "Malware", "Process Execution",
     "A file was held to be malware before it could run", true},
    {"Encoded Script On A Command Line", "Execution", "Process Execution",
     "An interpreter was started with an encoded script", false},
    {"Memory Of The Logon Process Was Read", "Credential Access", "Injection Event",
     "A process without need for it read the memory of the logon process", true},
    {"Autostart Entry By An Unsigned Program", "Persistence", "Registry Event",
     "An unsigned program registered itself to be started at logon", false},
    {"Many Failed Logons", "Credential Access", "Windows Event Log",
     "One account failed to log on to many hosts in a short time", false},
}};

constexpr std::array<Kind, 3> kinds_in_networks{{
    {"Port Scan", "Reconnaissance", "Network Event",
     "One address tried many ports of a host in a short time", false},
    // Attackers choose such texts; clients must not render them.
    {"Script In A Request", "Vulnerability", "Network Event",
     "The URL /search?q=<script>alert(\"1\")</script> was requested", true},
    {"Request For A Suspicious Domain", "Spyware", "Network Event",
     "A host asked for a domain that was registered a short time ago", false},
}};

/// Enough for every alert, so that none is moved while it grows.
constexpr std::size_t most_keys = 128;

/// Nothing for an id that is no number.
Value case_id(const Facts& facts) {
    const std::string& id = facts.incident_id;
    if (!xdr::is_digits(id) || id.size() > 18) return Null{};
    return std::int64_t{std::stoll(id)};
}

/// A number; the incident's own one is in it where that is short, so that no other has it.
std::string alert_id(const Facts& facts, std::uint64_t index) {
    const std::string& id = facts.incident_id;
    const bool is_short = xdr::is_digits(id) && id.size() <= 9;
    const std::uint64_t series =
        is_short ? std::stoull(id) : 1'000'000'000 + facts.chance.of("series").below(1'000'000'000);
    return std::to_string((series * 1'000'000) + index + 1);
}

/// As the counts of the incident say; beyond them, as the incident.
std::string severity_of(const Facts& facts, std::uint64_t index) {
    static constexpr std::array<std::string_view, 4> names{"critical", "high", "medium", "low"};
    auto left = static_cast<std::int64_t>(index);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (left < facts.severity_counts.at(i)) return std::string(names.at(i));
        left -= std::min(left, facts.severity_counts.at(i));
    }
    return facts.severity.empty() ? "medium" : facts.severity;
}

/// The words of alerts for the statuses of incidents.
std::string resolution_status(const std::string& status) {
    using Pair = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Pair, 11> words{{
        {"under_investigation", "STATUS_020_UNDER_INVESTIGATION"},
        {"resolved_threat_handled", "STATUS_030_RESOLVED_THREAT_HANDLED"},
        {"resolved_known_issue", "STATUS_040_RESOLVED_KNOWN_ISSUE"},
        {"resolved_duplicate", "STATUS_050_RESOLVED_DUPLICATE"},
        {"resolved_duplicate_incident", "STATUS_050_RESOLVED_DUPLICATE"},
        {"resolved_false_positive", "STATUS_060_RESOLVED_FALSE_POSITIVE"},
        {"resolved_other", "STATUS_070_RESOLVED_OTHER"},
        {"resolved_true_positive", "STATUS_080_RESOLVED_TRUE_POSITIVE"},
        {"resolved_security_testing", "STATUS_090_RESOLVED_SECURITY_TESTING"},
        {"resolved_auto", "STATUS_100_RESOLVED_AUTO_RESOLVE"},
        {"resolved_auto_resolve", "STATUS_100_RESOLVED_AUTO_RESOLVE"},
    }};
    for (const auto& [incident, alert] : words)
        if (incident == status) return std::string(alert);
    return "STATUS_010_NEW";
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : ",") + text;
    return out;
}

void add_identity(Draft& draft) {
    const Facts& facts = draft.facts;
    const std::int64_t detected = detection_time(facts, draft.index).time_since_epoch().count();
    const std::int64_t created = facts.creation_time.time_since_epoch().count();
    const auto delay = static_cast<std::int64_t>(draft.chance.of("delay").below(2000));
    const bool was_changed = facts.modification_time > facts.creation_time;
    draft.add("external_id", draft.chance.of("external_id").hex(32));
    draft.add("severity", severity_of(facts, draft.index));
    draft.add("matching_status", draft.in_network ? "UNMATCHABLE" : "MATCHED");
    draft.add("end_match_attempt_ts", Null{});
    draft.add("local_insert_ts", std::min(created, detected + delay));
    draft.add("last_modified_ts", was_changed
                                      ? Value(facts.modification_time.time_since_epoch().count())
                                      : Value(Null{}));
    draft.add_nulls({"bioc_indicator", "matching_service_rule_id", "attempt_counter",
                     "bioc_category_enum_key"});
    draft.add("is_whitelisted", false);
    draft.add("starred", facts.starred);
    draft.add_nulls({"deduplicate_tokens", "filter_rule_id"});
    draft.add("mitre_technique_id_and_name",
              one_of(facts.techniques, draft.chance.of("technique")));
    draft.add("mitre_tactic_id_and_name", one_of(facts.tactics, draft.chance.of("tactic")));
    draft.add("alert_type", "Unclassified");
    draft.add("resolution_status", resolution_status(facts.status));
    draft.add("resolution_comment", Null{});
    const std::string tags = facts.tags.empty() ? "DS:PANW/" + draft.source : joined(facts.tags);
    draft.add("tags", tags);
    draft.add("original_tags", tags);
    draft.add("case_id", case_id(facts));
    draft.add("event_type", std::string(draft.kind.event_type));
    draft.add_nulls({"event_id", "event_sub_type"});
    draft.add("event_timestamp", detected);
    draft.add("is_pcap", false);
}

void add_summary(Draft& draft) {
    const Facts& facts = draft.facts;
    const Kind& kind = draft.kind;
    const Value category = one_of(facts.categories, draft.chance.of("category"));
    draft.add("contains_featured_host", "NO");
    draft.add("contains_featured_user", "NO");
    draft.add("contains_featured_ip", "NO");
    draft.add("events_length", 1);
    draft.add("alert_id", alert_id(facts, draft.index));
    draft.add("detection_timestamp", detection_time(facts, draft.index).time_since_epoch().count());
    draft.add("name", std::string(kind.name));
    draft.add("category", category.is_null() ? Value(std::string(kind.category)) : category);
    draft.add("description", std::string(kind.description));
    draft.add("source", draft.source);
    draft.add("action", kind.blocked ? "BLOCKED" : "DETECTED");
    draft.add("action_pretty", kind.blocked ? "Prevented (Blocked)" : "Detected");
}

}  // namespace

TimePoint detection_time(const Facts& facts, std::uint64_t index) {
    constexpr std::uint64_t most_ms = 5 * 60 * 1000;
    const std::uint64_t before = facts.chance.of(index).of("detected").below(most_ms + 1);
    return facts.creation_time - Millis{static_cast<std::int64_t>(before)};
}

json::Object generated_alert(const Facts& facts, std::uint64_t index) {
    const Chance chance = facts.chance.of(index);
    const Value named = one_of(facts.sources, chance.of("source"));
    const std::string source = named.is_null() ? "XDR Agent" : *named.get_if<std::string>();
    const bool in_network = source.find("NGFW") != std::string::npos;
    const std::span<const Kind> kinds = in_network ? std::span<const Kind>(kinds_in_networks)
                                                   : std::span<const Kind>(kinds_on_hosts);
    Draft draft{.facts = facts,
                .index = index,
                .chance = chance,
                .source = source,
                .in_network = in_network,
                .kind = kinds[chance.of("kind").below(kinds.size())]};
    draft.out.reserve(most_keys);
    add_identity(draft);
    const Value local_ip = add_host(draft);
    add_processes(draft);
    add_network(draft, local_ip);
    add_firewall(draft);
    add_summary(draft);
    return std::move(draft.out);
}

}  // namespace mockxdr
