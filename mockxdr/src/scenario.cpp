#include "mockxdr/scenario.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "scenario_parts.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

/// Words of the file go into messages: no line ends and no terminal codes among them.
std::string printable(const std::string& text) {
    std::string out;
    for (const char c : text) {
        char code[8];
        std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(c) & 0xFFU);
        out += xdr::is_control(c) ? std::string(code) : std::string(1, c);
    }
    return out;
}

xdr::Problem to_problem(const Finding& finding, const std::string& file) {
    std::string where =
        file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column);
    const std::string at = finding.pointer.empty() ? "" : " (at " + finding.pointer + ")";
    return {.where = std::move(where),
            .what = printable(finding.what + at),
            .hint = printable(finding.expected)};
}

std::string joined(const std::vector<xdr::Problem>& problems) {
    std::string text;
    for (const xdr::Problem& problem : problems) {
        if (!text.empty()) text += "\n";
        text += to_string(problem);
    }
    return text;
}

[[noreturn]] void refuse(Findings findings, const std::string& file) {
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
    });
    std::vector<xdr::Problem> problems;
    for (const Finding& finding : findings) problems.push_back(to_problem(finding, file));
    throw ScenarioError(std::move(problems));
}

json::Document parse_file(std::string_view text, const std::string& file) {
    try {
        return json::parse(text, json::Comments::allowed);
    } catch (const xdr::Error& error) {
        throw ScenarioError({{.where = file + ":" + error.problem().where,
                              .what = error.problem().what,
                              .hint = error.problem().hint}});
    }
}

/// Returns of each incident the index of the element that it was read from.
std::vector<std::size_t> read_incidents(ObjectReader& object,
                                        std::vector<IncidentSpec>& incidents) {
    std::vector<std::size_t> elements;
    object.require("incidents", "an array of at least one incident");
    const auto place = object.find("incidents");
    if (!place) return elements;
    const std::vector<Spot> items = read_array(*place, object.findings());
    for (std::size_t i = 0; i < items.size(); ++i) {
        read_incident(items[i], incidents, object.findings());
        elements.resize(incidents.size(), i);
    }
    if (const auto* array = place->value.get_if<json::Array>(); array && array->empty())
        object.findings().push_back({.at = place->value.at(),
                                     .pointer = place->pointer,
                                     .what = "there are no incidents",
                                     .expected = "expected at least one"});
    return elements;
}

void read_head(ObjectReader& object, Scenario& scenario) {
    object.text("$schema");
    object.require("title", "a sentence that says what the fetcher must do");
    object.require("start", "the virtual clock's zero such as \"2024-01-01T12:00:00Z\"");
    scenario.title = object.text("title").value_or("");
    if (const auto title = object.find("title"); title && xdr::is_blank(scenario.title))
        if (title->value.get_if<std::string>())
            object.findings().push_back({.at = title->value.at(),
                                         .pointer = title->pointer,
                                         .what = "the title is empty",
                                         .expected = "expected a sentence"});
    scenario.source = object.text("source").value_or("");
    scenario.vacuous = object.flag("vacuous").value_or(false);
    const auto start = object.text("start");
    if (!start) return;
    const auto complain = [&](std::string what, std::string expected) {
        const auto place = object.find("start");
        object.findings().push_back({.at = place->value.at(),
                                     .pointer = place->pointer,
                                     .what = std::move(what),
                                     .expected = std::move(expected)});
    };
    try {
        scenario.start = xdr::parse_iso8601(*start);
        static const TimePoint least = xdr::parse_iso8601("2000-01-01T00:00:00Z");
        static const TimePoint most = xdr::parse_iso8601("9000-01-01T00:00:00Z");
        if (scenario.start < least || scenario.start > most) {
            scenario.start = {};
            complain("the start is out of range", "expected a time from 2000 to 9000");
        }
    } catch (const xdr::Error& error) {
        complain(error.problem().what, error.problem().hint);
    }
}

}  // namespace

ScenarioError::ScenarioError(std::vector<xdr::Problem> problems)
    : Error({.where = "", .what = joined(problems), .hint = ""}), problems_(std::move(problems)) {}

Scenario read_scenario(std::string_view text, const std::string& file,
                       const std::vector<std::string_view>& policies) {
    const json::Document document = parse_file(text, file);
    Findings findings;
    for (const json::DuplicateKey& key : document.duplicates)
        findings.push_back({.at = key.at,
                            .pointer = key.pointer,
                            .what = "the key stands twice in one object",
                            .expected = "keep one of the two"});
    ObjectReader object({.value = document.root, .pointer = ""}, findings);
    Scenario scenario;
    read_head(object, scenario);
    if (const auto place = object.find("server")) scenario.server = read_server(*place, findings);
    if (const auto place = object.find("fetch"))
        scenario.fetch = read_fetch(*place, scenario.start, findings);
    const std::vector<std::size_t> elements = read_incidents(object, scenario.incidents);
    if (const auto place = object.find("faults")) scenario.faults = read_faults(*place, findings);
    if (const auto place = object.find("expect"))
        scenario.expect = read_expect(*place, policies, findings);
    object.finish();
    const ReadScenario read{.scenario = scenario, .root = document.root, .elements = elements};
    check_ids(read, findings);
    check_faults(read, findings);
    if (!findings.empty()) refuse(std::move(findings), file);
    return scenario;
}

std::string print_scenario(std::string_view text, const std::string& file) {
    return json::write(parse_file(text, file).root);
}

}  // namespace mockxdr
