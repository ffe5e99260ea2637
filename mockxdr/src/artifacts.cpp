#include <algorithm>
#include <array>

#include "alert_facts.hpp"

namespace mockxdr {

namespace {

using json::Null;
using json::Value;

constexpr std::array<std::string_view, 6> file_names{
    "invoice-viewer.exe", "update-helper.exe", "setup64.exe",
    "report.pdf.exe",     "sync-agent.dll",    "toolbox.ps1",
};

/// Networks that are set aside for documentation (RFC 5737): nobody is accused.
constexpr std::array<std::string_view, 3> networks{"192.0.2.", "198.51.100.", "203.0.113."};

constexpr std::array<std::string_view, 5> countries{"US", "DE", "NL", "SG", "UNKNOWN"};

constexpr std::array<int, 4> ports{443, 80, 8080, 53};

/// How many alerts name the artifact: they take turns, see generated_alert.
std::int64_t alerts_naming(const Facts& facts, std::size_t index, std::size_t artifacts) {
    const auto count = static_cast<std::int64_t>(artifacts);
    const bool one_more = static_cast<std::int64_t>(index) < facts.alert_total % count;
    return facts.alert_total / count + (one_more ? 1 : 0);
}

json::Object file(const Facts& facts, std::size_t index, std::size_t of) {
    const Chance first = facts.chance.of("file");
    const Chance chance = first.of(index);
    const bool is_malicious = static_cast<std::int64_t>(index) < facts.wildfire_hits;
    const bool is_signed = !is_malicious && chance.of("signed").below(2) == 0;
    json::Object out;
    put(out, "type", "HASH");
    put(out, "alert_count", alerts_naming(facts, index, of));
    put(out, "is_manual", false);
    put(out, "is_malicious", is_malicious);
    put(out, "is_process", true);
    put(out, "file_name",
        std::string(file_names.at((first.below(file_names.size()) + index) % file_names.size())));
    put(out, "file_sha256", chance.of("sha256").hex(64));
    put(out, "file_signature_status", is_signed ? "SIGNATURE_SIGNED" : "SIGNATURE_UNAVAILABLE");
    put(out, "file_signature_vendor_name", is_signed ? Value("Example Software Ltd") : Null{});
    put(out, "file_wildfire_verdict", is_malicious ? "MALWARE" : is_signed ? "BENIGN" : "UNKNOWN");
    put(out, "low_confidence", !is_malicious && !is_signed);
    return out;
}

json::Object address(const Facts& facts, std::size_t index, std::size_t of) {
    const Chance first = facts.chance.of("address");
    const Chance chance = first.of(index);
    const auto network = networks.at((first.below(networks.size()) + index) % networks.size());
    const auto host = 1 + chance.of("host").below(254);
    const bool has_domain = chance.of("has_domain").below(2) == 0;
    json::Object out;
    put(out, "type", "IP");
    put(out, "alert_count", alerts_naming(facts, index, of));
    put(out, "is_manual", false);
    put(out, "network_domain",
        has_domain ? Value("cdn-" + chance.of("domain").hex(6) + ".example.net") : Null{});
    put(out, "network_remote_ip", std::string(network) + std::to_string(host));
    put(out, "network_remote_port", ports.at(chance.of("port").below(ports.size())));
    put(out, "network_country",
        std::string(countries.at(chance.of("country").below(countries.size()))));
    return out;
}

template <class Make>
json::Array made(const Facts& facts, std::uint64_t wanted, Make make) {
    const auto most = static_cast<std::uint64_t>(facts.alert_total);
    const std::size_t count = std::min(wanted, most);
    json::Array out;
    while (out.size() < count) out.emplace_back(make(facts, out.size(), count));
    return out;
}

template <class Make>
json::Array made_over(const Facts& facts, const json::Array& given, Make make) {
    json::Array out;
    for (const Value& artifact : given)
        out.push_back(completed(make(facts, out.size(), given.size()), artifact));
    return out;
}

}  // namespace

json::Array generated_files(const Facts& facts) {
    return made(facts, 1 + facts.chance.of("files").below(3), file);
}

json::Array generated_addresses(const Facts& facts) {
    return made(facts, facts.chance.of("addresses").below(3), address);
}

json::Array completed_files(const Facts& facts, const json::Array& given) {
    return made_over(facts, given, file);
}

json::Array completed_addresses(const Facts& facts, const json::Array& given) {
    return made_over(facts, given, address);
}

}  // namespace mockxdr
