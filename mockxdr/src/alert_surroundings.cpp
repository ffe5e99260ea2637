#include "alert_draft.hpp"

namespace mockxdr {

namespace {

using json::Null;
using json::Value;

/// `name:agent id`, or a name alone.
struct Host {
    std::string name, agent;
};

Host host_of(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return {.name = text, .agent = ""};
    return {.name = text.substr(0, colon), .agent = text.substr(colon + 1)};
}

/// The addresses of a host, the same in all incidents.
std::string addresses_of(Chance host) {
    const auto part = [&](std::string_view name) {
        return "." + std::to_string(1 + host.of(name).below(254));
    };
    std::string out = "10" + part("second") + part("third") + part("fourth");
    if (host.of("two").below(3) == 0) out += ",192.168" + part("lan") + part("fourth");
    return out;
}

std::string mac_of(Chance host) {
    const std::string digits = host.of("mac").hex(10);
    std::string out = "02";
    for (std::size_t i = 0; i < digits.size(); i += 2) out += ":" + digits.substr(i, 2);
    return out;
}

void add_no_host(Draft& draft) {
    draft.add_nulls({"endpoint_id", "host_ip", "host_name", "mac", "agent_version",
                     "agent_device_domain", "agent_fqdn"});
    draft.add("agent_os_type", "NO_HOST");
    draft.add_nulls({"agent_os_sub_type", "agent_data_collection_status", "agent_is_vdi"});
    draft.add("agent_install_type", "NA");
    draft.add("agent_host_boot_time", Null{});
}

void add_no_process(Draft& draft, const std::string& prefix) {
    for (const char* key : {"_process_image_name", "_process_command_line", "_process_image_path",
                            "_process_image_md5", "_process_image_sha256"})
        draft.add(prefix + key, Null{});
    draft.add(prefix + "_process_signature_status", "N/A");
    draft.add(prefix + "_process_signature_vendor", Null{});
    draft.add(prefix + "_process_os_pid", Null{});
}

/// The artifact that the alert is about, of those of the incident: they take turns. Null if there
/// is none.
Value artifact_of(const Draft& draft, const json::Array& artifacts) {
    if (artifacts.empty()) return Null{};
    return artifacts[draft.index % artifacts.size()];
}

Value member(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    return value ? *value : Value(Null{});
}

void add_actor(Draft& draft, const Value& file) {
    if (draft.in_network || file.is_null()) return add_no_process(draft, "actor");
    const Value name = member(file, "file_name");
    const auto* text = name.get_if<std::string>();
    const Value path = text ? Value("C:\\Users\\Public\\Downloads\\" + *text) : Value(Null{});
    draft.add("actor_process_image_name", name);
    draft.add("actor_process_command_line",
              text ? Value("\"" + *path.get_if<std::string>() + "\" /quiet") : Value(Null{}));
    draft.add("actor_process_image_path", path);
    draft.add("actor_process_image_md5", draft.chance.of("md5").hex(32));
    draft.add("actor_process_image_sha256", member(file, "file_sha256"));
    draft.add("actor_process_signature_status", member(file, "file_signature_status"));
    draft.add("actor_process_signature_vendor", member(file, "file_signature_vendor_name"));
    draft.add("actor_process_os_pid",
              static_cast<std::int64_t>(4 * (250 + draft.chance.of("pid").below(4000))));
}

}  // namespace

Value one_of(const std::vector<std::string>& texts, Chance chance) {
    if (texts.empty()) return Null{};
    return texts[chance.below(texts.size())];
}

Value add_host(Draft& draft) {
    const Facts& facts = draft.facts;
    const Value text = one_of(facts.hosts, draft.chance.of("host"));
    draft.add("user_name", one_of(facts.users, draft.chance.of("user")));
    if (text.is_null()) {
        add_no_host(draft);
        return Null{};
    }
    const Host host = host_of(*text.get_if<std::string>());
    const Chance chance = facts.world.of("host").of(host.name);
    const std::string addresses = addresses_of(chance);
    draft.add("endpoint_id", host.agent.empty() ? chance.of("agent").hex(32) : host.agent);
    draft.add("host_ip", addresses);
    draft.add("host_name", host.name);
    draft.add("mac", mac_of(chance));
    draft.add("agent_version", "8.2.0.47908");
    draft.add("agent_device_domain", "example.test");
    draft.add("agent_fqdn", host.name + ".example.test");
    draft.add("agent_os_type", "Windows");
    // The real API sends such blanks at the end of some texts; clients strip them.
    draft.add("agent_os_sub_type",
              chance.of("blanks").below(2) == 0 ? "10.0.19045;    " : "10.0.20348");
    draft.add("agent_data_collection_status", true);
    draft.add("agent_is_vdi", false);
    draft.add("agent_install_type", "STANDARD");
    draft.add("agent_host_boot_time", Null{});
    return addresses.substr(0, addresses.find(','));
}

void add_processes(Draft& draft) {
    const Value file = artifact_of(draft, draft.facts.file_artifacts);
    // An agent sees the file run, a firewall sees it pass.
    const Value passed = draft.in_network ? file : Value(Null{});
    add_actor(draft, file);
    draft.add_nulls({"actor_process_instance_id", "actor_process_causality_id",
                     "actor_causality_id", "actor_thread_thread_id"});
    add_no_process(draft, "causality_actor");
    draft.add("causality_actor_causality_id", Null{});
    add_no_process(draft, "os_actor");
    draft.add("os_actor_effective_username", Null{});
    draft.add("action_file_name", member(passed, "file_name"));
    draft.add("action_file_sha256", member(passed, "file_sha256"));
    draft.add_nulls({"action_file_path", "action_file_md5", "action_file_macro_sha256",
                     "action_registry_data", "action_registry_key_name",
                     "action_registry_value_name", "action_registry_full_key",
                     "action_process_image_name", "action_process_image_command_line",
                     "action_process_image_sha256"});
    draft.add("action_process_signature_status", "N/A");
    draft.add("action_process_signature_vendor", Null{});
}

void add_network(Draft& draft, const Value& local_ip) {
    const Value address = artifact_of(draft, draft.facts.network_artifacts);
    const Value start = address.is_null() ? address : local_ip;
    const Value country = member(address, "network_country");
    draft.add("action_local_ip", start);
    const auto port = static_cast<std::int64_t>(49152 + draft.chance.of("port").below(16384));
    draft.add("action_local_port", start.is_null() ? start : Value(port));
    draft.add("action_remote_ip", member(address, "network_remote_ip"));
    draft.add("action_remote_port", member(address, "network_remote_port"));
    draft.add("action_external_hostname", member(address, "network_domain"));
    draft.add("action_country", country.is_null() ? Value("UNKNOWN") : country);
    draft.add("dns_query_name", Null{});
}

void add_firewall(Draft& draft) {
    const auto when = [&](Value value) { return draft.in_network ? std::move(value) : Null{}; };
    draft.add("fw_app_id", when("web-browsing"));
    draft.add("fw_app_category", when("general-internet"));
    draft.add("fw_app_subcategory", when("internet-utility"));
    draft.add("fw_app_technology", when("browser-based"));
    draft.add("fw_device_name", when("firewall-1"));
    draft.add("fw_serial_number", when("000000000000001"));
    draft.add("fw_rule", when("outbound"));
    draft.add("fw_rule_id", Null{});
    draft.add("fw_interface_from", when("ethernet1/1"));
    draft.add("fw_interface_to", when("ethernet1/2"));
    draft.add("fw_vsys", when("vsys1"));
    draft.add("fw_is_phishing", "N/A");
    draft.add_nulls({"fw_url_domain", "fw_email_subject", "fw_email_sender", "fw_email_recipient",
                     "fw_xff", "fw_misc", "user_agent"});
}

}  // namespace mockxdr
