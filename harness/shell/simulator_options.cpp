#include "simulator_options.hpp"

#include "command_line.hpp"

namespace harness {

namespace {

constexpr const char* explore_codes =
    "exit codes:\n"
    "  0 nothing found   1 the program or its surroundings failed, or a signal stopped it before\n"
    "  anything was found   2 usage or bad input\n"
    "  10 lost   11 duplicated   12 late: the first of these that happened at all, whatever the\n"
    "  schedule that is shown\n"
    "  13 vacuous, a situation below its floor, or a shard of a sum is missing\n"
    "  14 not deterministic   16 the oracles, or simulation and replay, disagree\n";
constexpr const char* prove_codes =
    "exit codes:\n"
    "  0 nothing found   1 the program or its surroundings failed   2 usage or bad input\n"
    "  10 lost   11 duplicated   12 late   13 nothing was owed   16 a replay disagrees\n";
constexpr const char* zoo_codes =
    "exit codes:\n"
    "  0 all caught   1 the program or its surroundings failed   2 usage or bad input\n"
    "  15 one survived, or is caught later than the baseline says\n";

SimulatorCommand add_explore(CLI::App& app, ExploreOptions& options) {
    CLI::App* explore =
        app.add_subcommand("explore", "play random schedules against a fetcher, millions of them");
    explore->add_option("--policy", options.policy, "a policy, or a broken fetcher of the zoo")
        ->capture_default_str();
    explore->add_option("--seed", options.seed, "the same seed plays the same schedules")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(fetcher::not_negative());
    CLI::Option* count =
        explore->add_option("--schedules,--scenarios", options.schedules, "how many to play")
            ->capture_default_str()
            ->check(fetcher::plain_number())
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}));
    explore->add_option("--for", options.time_limit, "play for so long instead, such as 60s or 10m")
        ->excludes(count);
    CLI::Option* shard =
        explore->add_option("--shard", options.shard, "play part i of n only, as i/n")
            ->capture_default_str();
    CLI::Option* time_limit = explore->get_option("--for");
    explore
        ->add_option("--only", options.only,
                     "play that schedule alone, as a finding is told to be played again")
        ->check(fetcher::plain_number())
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000'000'000}))
        ->excludes(count)
        ->excludes(shard)
        ->excludes(time_limit);
    explore->add_option("--save", options.save, "folder for the scenario file of what is found")
        ->check(fetcher::is_there());
    explore->add_flag("--keep-going", options.go_on,
                      "play on after a batch (20,000) with a failure");
    explore->add_flag("--no-recheck", options.once,
                      "play once only: by default a second process plays the same and must agree");
    explore->add_flag("--json", options.json, "print the result as one line of JSON");
    CLI::Option* summary = explore->add_option(
        "--summary", options.summaries, "add up results that --json printed, and play nothing");
    for (CLI::Option* other : explore->get_options())
        if (other != summary && other->get_name() != "--json" && other->get_name() != "--help")
            summary->excludes(other);
    explore->footer(std::string(explore_codes) +
                    "examples:\n  mockxdr explore --for 60s\n"
                    "  mockxdr explore --policy documented --save found\n"
                    "  mockxdr explore --shard 2/8 --json > 2.json\n"
                    "  mockxdr explore --summary 1.json 2.json\n");
    return {explore, [&options] { return harness::explore(options); }};
}

SimulatorCommand add_prove(CLI::App& app, ProveOptions& options) {
    CLI::App* prove = app.add_subcommand("prove", "play all schedules up to a size");
    prove->add_option("--policy", options.policy, "a policy, or a broken fetcher of the zoo")
        ->capture_default_str();
    prove->add_option("--incidents", options.incidents, "most incidents")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(CLI::Range(1, 6));
    prove->add_option("--polls", options.polls, "most polls before the drain")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(CLI::Range(1, 6));
    prove->add_flag("--full", options.full,
                    "also those that differ from others only in the names of incidents");
    prove->add_option("--save", options.save, "folder for the scenario file of a counterexample")
        ->check(fetcher::is_there());
    prove->footer(std::string(prove_codes) +
                  "It says what was played and that nothing was found there, never more.\n"
                  "examples:\n  mockxdr prove --incidents 4 --polls 4\n"
                  "  mockxdr prove --policy documented\n");
    return {prove, [&options] { return harness::prove(options); }};
}

SimulatorCommand add_zoo(CLI::App& app, ZooOptions& options) {
    CLI::App* zoo = app.add_subcommand("zoo", "how soon each broken fetcher is caught");
    zoo->add_option("--trials", options.trials, "trials for each, from different seeds")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(CLI::Range(1, 10'000));
    zoo->add_option("--seed", options.seed, "of the trials")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(fetcher::not_negative());
    zoo->add_flag("--list", options.list, "say what is wrong with each, and where it was met");
    zoo->add_flag("--quick", options.quick, "do not look for the smallest scope");
    CLI::Option* list = zoo->get_option("--list");
    zoo->add_option("--baseline", options.baseline,
                    "scores that must not get worse by half, as --save wrote them")
        ->excludes(list);
    zoo->add_option("--save", options.save, "write the scores into this file")
        ->check(fetcher::is_there())
        ->excludes(list);
    zoo->footer(std::string(zoo_codes) +
                "mean and p95 are schedules until caught; incidents and polls are those of the\n"
                "schedule once it is made small; the scope is the smallest that `prove` refutes.\n"
                "example:\n  mockxdr zoo --trials 20\n");
    return {zoo, [&options] { return zoo_scores(options); }};
}

SimulatorCommand add_compare(CLI::App& app, CompareOptions& options) {
    CLI::App* compare =
        app.add_subcommand("compare", "policies beside each other: losses, delays, requests");
    compare->add_option("path", options.paths, "scenario files or folders")->required();
    compare->add_option("--policy", options.policies, "policies, or broken fetchers of the zoo")
        ->capture_default_str();
    compare->add_option("--over", options.over, "http (loopback) or direct (structs, faster)")
        ->capture_default_str()
        ->check(CLI::IsMember({"http", "direct"}));
    compare->footer(
        "Each policy is judged by its own promise, so what is owed may differ: see replay "
        "--contract.\n"
        "Delays count from the moment at which queries see an incident to the run that emits it\n"
        "first. Nothing is judged: the exit code is 0 unless something could not be played.\n"
        "example:\n  mockxdr compare scenarios/lookback\n");
    return {compare, [&options] { return compare_policies(options); }};
}

SimulatorCommand add_explain(CLI::App& app, ExplainOptions& options) {
    CLI::App* explain = app.add_subcommand(
        "explain", "why an incident was lost or repeated, and what would have saved it");
    explain->add_option("file", options.file, "scenario to play")->required();
    explain->add_option("--policy", options.policy, "a policy, or a broken fetcher of the zoo")
        ->capture_default_str();
    CLI::Option* incident =
        explain
            ->add_option("--incident", options.incident,
                         "its id; without it the first that is lost, or else duplicated or late")
            ->check(fetcher::is_there());
    explain
        ->add_flag("--min-look-back", options.min_look_back,
                   "instead: the smallest look_back, in whole minutes, and the smallest limit with "
                   "which all that is owed now is still owed and comes once and in time")
        ->excludes(incident);
    explain->footer(
        "exit codes:\n  0 explained, or there was nothing to explain   1 it could not be played\n"
        "  2 usage or bad input\n"
        "example:\n  mockxdr explain scenarios/lookback/known-incident-fills-the-answer.json "
        "--policy documented\n");
    return {explain, [&options] { return explain_scenario(options); }};
}

SimulatorCommand add_promote(CLI::App& app, PromoteOptions& options) {
    CLI::App* promote =
        app.add_subcommand("promote", "put a scenario that was found into the library");
    promote->add_option("file", options.file, "scenario, as explore or prove saved it")->required();
    promote->add_option("--name", options.name, "of the file in the library, without .json")
        ->required();
    promote
        ->add_option("--title", options.title, "what the world does and what the fetcher must do")
        ->required();
    promote->add_option("--folder", options.folder, "the library's folder")->capture_default_str();
    promote->footer(
        "The complete policies must be clean in it, over both links, and owe something.\n"
        "exit codes:\n  0 it is there   1 it could not be written   2 usage, or it was refused\n"
        "example:\n  mockxdr promote found/current-seed-1-7.json --name two-ties \\\n"
        "    --title 'what the world does and what the fetcher must do'\n");
    return {promote, [&options] { return harness::promote(options); }};
}

}  // namespace

std::vector<SimulatorCommand> add_simulator(CLI::App& app, SimulatorOptions& options) {
    return {add_explore(app, options.explore), add_prove(app, options.prove),
            add_zoo(app, options.zoo),         add_compare(app, options.compare),
            add_explain(app, options.explain), add_promote(app, options.promote)};
}

}  // namespace harness
