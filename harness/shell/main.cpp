#include <CLI/CLI.hpp>
#include <iostream>

#include "command_line.hpp"
#include "commands.hpp"
#include "fetcher/policy.hpp"
#include "simulator_options.hpp"
#include "standard_streams.hpp"
#include "xdr/error.hpp"

namespace {

using harness::Exit;

constexpr const char* exit_codes =
    "exit codes:\n"
    "  0 all as expected       1 the program or its surroundings failed   2 usage or bad input\n"
    "  10 lost   11 duplicated (or unexpected)   12 late   13 vacuous: nothing was tested\n"
    "  14 not deterministic   15 a broken fetcher survived   16 unknown: not all was seen\n";

std::string policies() {
    std::string names;
    for (const std::string_view name : fetcher::policy_names())
        names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

void add_serve(CLI::App& app, harness::ServeOptions& options) {
    CLI::App* serve = app.add_subcommand("serve", "run the mock for any client until SIGTERM");
    serve->add_option("file", options.file, "scenario to play")->required();
    serve->add_option("--host", options.host, "address to listen on")->capture_default_str();
    serve->add_option("--port", options.port, "port, 0 for any free one")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(CLI::Range(0, 65535));
    serve->add_option("--port-file", options.port_file,
                      "write the port here once it is ready; removed when it stops");
    serve
        ->add_option("--clock", options.clock,
                     "real, a speed such as 60x, or manual: moved by the admin API only")
        ->capture_default_str();
    serve->add_flag("--keep-start", options.keep_start,
                    "keep the file's start instead of moving it to now");
    serve->add_option("--api-key-file", options.api_key_file,
                      "file with the keys to accept (default: the variable MOCKXDR_API_KEYS, or "
                      "the key mockxdr-test-key)");
    serve->add_option("--api-key-id", options.api_key_id, "id of a key that stands alone")
        ->capture_default_str();
    CLI::Option* certificate = serve->add_option("--tls-cert", options.tls_certificate,
                                                 "serve HTTPS with this certificate (PEM)");
    CLI::Option* key = serve->add_option("--tls-key", options.tls_key, "and its key (PEM)");
    certificate->needs(key);
    key->needs(certificate);
    serve->add_option("--log", options.log, "one line a request on stderr: text, json or off")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json", "off"}));
    serve->add_option("--journal", options.journal, "requests that the journal keeps")
        ->capture_default_str()
        ->check(fetcher::plain_number())
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}));
    serve->add_flag("--watch", options.watch, "play the scenario anew whenever its file changes");
    serve->add_flag("--until-verdict", options.until_verdict,
                    "end when the scenario is over and the client done, with the verdict");
    serve->add_flag("--strict", options.strict,
                    "judge what is handed over twice as duplicated, and faults that did not fire");
    serve->add_flag("--admin-from-anywhere", options.admin_from_anywhere,
                    "let other machines use the admin API under /__mock/");
    serve->footer(
        "exit codes:\n  0 ended by SIGTERM or SIGINT   1 it could not listen or write   "
        "2 usage or bad input\n"
        "with --until-verdict, when it is over or a signal comes:\n  0 pass   10 lost   11 "
        "duplicated (or unexpected)   12 late   "
        "13 vacuous\n  16 unknown\n"
        "The first line on stdout is a JSON object with url, port, pid and more. GET /__mock/\n"
        "lists the admin API: clock, journal, verdict, explain and more.\n"
        "examples:\n  mockxdr serve scenarios/serve/quiet-day.json --port 8080 --clock 60x\n"
        "  mockxdr serve scenarios/serve/quiet-day.json --clock manual --until-verdict\n");
}

void add_replay(CLI::App& app, harness::ReplayOptions& options) {
    CLI::App* replay =
        app.add_subcommand("replay", "play scenarios against our fetchers and judge them");
    replay->add_option("path", options.paths, "scenario files or folders")->required();
    replay
        ->add_option("--policy", options.policies,
                     "fetchers to play: " + policies() + ", or broken ones of the zoo")
        ->capture_default_str();
    replay->add_option("--over", options.over, "http (loopback) or direct (structs, faster)")
        ->capture_default_str()
        ->check(CLI::IsMember({"http", "direct"}));
    replay
        ->add_option("--contract", options.contract,
                     "judge by reach, modified or window instead of the policy's own")
        ->check(fetcher::is_there());
    replay->add_flag("--explain", options.explain,
                     "explain all that is lost, duplicated, late or unexpected, expected ones too");
    replay->add_flag("--trace", options.trace, "print every run and request");
    replay->add_flag("--json", options.json, "print one JSON array")
        ->excludes("--trace")
        ->excludes("--explain");
    replay->footer(std::string(exit_codes) +
                   "examples:\n  mockxdr replay scenarios\n"
                   "  mockxdr replay scenarios/lookback --policy complete --policy documented\n");
}

void add_validate(CLI::App& app, harness::ValidateOptions& options) {
    CLI::App* validate = app.add_subcommand("validate", "check scenario files");
    validate->add_option("path", options.paths, "scenario files or folders")->required();
    validate->add_flag("--print", options.print,
                       "print each file's JSON without comments, even if it is no scenario");
    validate->footer(
        "exit codes:\n  0 all are valid   2 one is not, or there is none\n"
        "example:\n  mockxdr validate scenarios\n");
}

int run(int argc, char** argv) {
    CLI::App app{"mockxdr: a mock Cortex XDR that plays scenarios, and a judge of fetchers"};
    app.set_version_flag("--version", MOCKXDR_VERSION);
    app.require_subcommand(1);
    app.footer(exit_codes);
    harness::ServeOptions serve;
    harness::ReplayOptions replay;
    harness::ValidateOptions validate;
    add_serve(app, serve);
    add_replay(app, replay);
    add_validate(app, validate);
    harness::SimulatorOptions simulator;
    const auto commands = harness::add_simulator(app, simulator);
    for (CLI::App* command : app.get_subcommands({}))
        command->set_version_flag("--version", MOCKXDR_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return fetcher::refuse_usage(app, "mockxdr", error, {argv + 1, argv + argc});
    }
    Exit exit = Exit::ok;
    if (app.got_subcommand("serve")) exit = harness::serve(serve);
    if (app.got_subcommand("validate")) exit = harness::validate(validate);
    if (app.got_subcommand("replay")) exit = harness::replay(replay);
    for (const harness::SimulatorCommand& command : commands)
        if (command.app->parsed()) exit = command.run();
    fetcher::finish_stdout();
    return static_cast<int>(exit);
}

}  // namespace

int main(int argc, char** argv) {
    fetcher::keep_standard_streams();
    try {
        return run(argc, argv);
    } catch (const xdr::Error& error) {
        std::cerr << error.what() << "\n";
        return static_cast<int>(error.blame() == xdr::Blame::input ? Exit::usage : Exit::failed);
    } catch (const std::exception& error) {
        std::cerr << "mockxdr: " << error.what() << "\n";
        return static_cast<int>(Exit::failed);
    }
}
