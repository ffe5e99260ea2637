#include <filesystem>
#include <iostream>

#include "files.hpp"
#include "harness/judgement.hpp"
#include "harness/scenario_text.hpp"
#include "http_link.hpp"
#include "simulator.hpp"
#include "standard_streams.hpp"
#include "xdr/error.hpp"
#include "xdr/text.hpp"

namespace harness {

namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& what,
                         const std::string& hint) {
    throw xdr::Error({.where = where, .what = what, .hint = hint});
}

Result played(const mockxdr::Scenario& scenario, const std::string& policy, const Link& link) {
    return replay(
        {.scenario = scenario, .policy = fetcher::policy(policy), .contract = contract_of(policy)},
        link);
}

/// What a published revision does in it today, as a file expects it; nothing where it cannot be
/// held to anything, as with a look_back that is not in whole minutes.
std::optional<mockxdr::Expectation> expectation_of(const mockxdr::Scenario& scenario,
                                                   const std::string& policy) {
    const Result result = played(scenario, policy, direct_link());
    if (result.verdict.owed == 0 || !result.trace.unfired.empty()) return std::nullopt;
    return mockxdr::Expectation{.lost = result.verdict.ids(Class::lost),
                                .duplicated = result.verdict.ids(Class::duplicated),
                                .late = result.verdict.ids(Class::late),
                                .unexpected = result.verdict.ids(Class::unexpected),
                                .excused = {}};
}

/// Throws, with that hint, unless each policy does in it what it expects.
void check(const std::string& file, const mockxdr::Scenario& scenario, const Link& link,
           const std::string& hint = "mend the policy first, then promote the scenario") {
    for (const auto& [policy, expected] : scenario.expect) {
        const Result result = played(scenario, policy, link);
        if (result.verdict.owed == 0)
            refuse(file, policy + ": nothing is owed in it",
                   "a scenario that cannot fail is no use in the library");
        const Judgement judgement = compare(scenario, policy, result);
        if (judgement.exit == Exit::ok) continue;
        const bool vacuous = judgement.exit == Exit::vacuous;
        refuse(file, policy + ": " + judgement.differences.front(),
               vacuous ? "a scenario that cannot fail is no use in the library" : hint);
    }
}

/// What happens in a scenario, whatever it is called and expected to show.
mockxdr::Scenario play_of(mockxdr::Scenario scenario) {
    scenario.title.clear();
    scenario.source.clear();
    scenario.expect.clear();
    return scenario;
}

mockxdr::Scenario of_library(const std::string& file) {
    try {
        return load_scenario(file);
    } catch (const xdr::Error& error) {
        refuse(file, "is in the library and cannot be read: " + std::string(error.what()),
               "mend it or take it away, then promote again");
    }
}

/// Throws if the folder has that scenario under another name, or a file that is none.
void check_new(const mockxdr::Scenario& scenario, const PromoteOptions& options) {
    std::error_code failed;
    if (!std::filesystem::is_directory(options.folder, failed)) return;
    for (const std::string& file : scenarios_in(options.folder))
        if (play_of(of_library(file)) == play_of(scenario))
            refuse(options.file, "the library has this scenario: " + file,
                   "change that file's title if it should say more");
}

bool is_name(const std::string& name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

}  // namespace

Exit promote(const PromoteOptions& options) {
    mockxdr::Scenario scenario = load_scenario(options.file);
    if (!is_name(options.name))
        refuse("--name", "'" + options.name + "' is no name of a scenario",
               "write it in small letters, digits and hyphens, such as late-one-behind-ties");
    if (xdr::is_blank(options.title))
        refuse("--title", "the title is empty", "say what the fetcher must do");
    const std::string target = options.folder + "/" + options.name + ".json";
    std::error_code failed;
    if (std::filesystem::exists(target, failed))
        refuse(target, "there is a scenario of that name", "choose another --name");
    // What it says of other policies is kept.
    check(options.file, scenario, direct_link(), "correct what the file expects, or take it out");
    scenario.title = options.title;
    for (const std::string policy : {"complete", "complete-modified"}) scenario.expect[policy] = {};
    for (const std::string policy : {"documented", "current"})
        if (const auto expected = expectation_of(scenario, policy))
            scenario.expect[policy] = *expected;
    check_new(scenario, options);
    check(options.file, scenario, direct_link());
    check(options.file, scenario, http_link());
    const std::string text = scenario_text(scenario);
    mockxdr::Scenario reread = mockxdr::read_scenario(text, options.file, fetcher::policy_names());
    if (!(reread == scenario))
        refuse(options.file, "it says more than schedules of the simulator do",
               "copy it into the library by hand");
    std::filesystem::create_directories(options.folder, failed);
    const std::filesystem::path written = write_file(target, text);
    std::cout << target << "\n";
    try {
        fetcher::finish_stdout();
    } catch (const xdr::Error&) {
        std::filesystem::remove(written, failed);  // whoever did not hear of it tries again
        throw;
    }
    return Exit::ok;
}

}  // namespace harness
