#include "found.hpp"

#include <cctype>
#include <filesystem>
#include <iostream>

#include "files.hpp"
#include "harness/neighbours.hpp"
#include "harness/scenario_text.hpp"
#include "xdr/error.hpp"

namespace harness {

namespace {

const fetcher::Policy& policy_of(const sim::Subject& subject) {
    const auto* any = std::get_if<sim::PolicyFetcher>(&subject.fetcher);
    return any ? any->policy() : fetcher::policy(subject.name);
}

/// False if a replay does not show it.
bool tell_why(const mockxdr::Scenario& scenario, const sim::Subject& subject) {
    const Result result =
        replay({.scenario = scenario, .policy = policy_of(subject), .contract = subject.contract},
               direct_link());
    const auto failures = failures_of(result.verdict);
    if (failures.empty()) {
        std::cout
            << "A replay over the mock does not confirm this: simulation and harness differ\n";
        return false;
    }
    const IncidentVerdict& first = failures.front();
    std::string name(name_of(first.verdict));
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::cout << name << "  incident " << first.id.text() << "\n"
              << failure_report({.scenario = scenario,
                                 .policy = policy_of(subject),
                                 .contract = subject.contract,
                                 .incident = first.id,
                                 .verdict = first.verdict});
    return true;
}

}  // namespace

bool tell_found(const sim::Schedule& schedule, const sim::Subject& subject,
                const sim::Origin& origin, const std::string& folder) {
    sim::Origin full = origin;
    full.commit = MOCKXDR_COMMIT;
    const mockxdr::Scenario scenario = sim::found_scenario(schedule, subject, full);
    const std::string text = scenario_text(scenario);
    const bool confirmed = tell_why(scenario, subject);
    if (folder.empty()) {
        std::cout << "\n" << text << "\n";
        return confirmed;
    }
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const std::string file = folder + "/" + origin.file + ".json";
    write_file(file, text);
    std::cout << "scenario  " << file << "\n";
    std::cout << "replay    mockxdr replay " << quoted(file) << " --policy " << subject.name
              << "\n";
    return confirmed;
}

}  // namespace harness
