#include <iostream>

#include "commands.hpp"
#include "fetching.hpp"
#include "standard_streams.hpp"
#include "wire_record.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

void check_limit(const Options& options) {
    const std::string recommended = std::to_string(recommended_limit);
    const auto refuse = [&](std::string what) {
        throw xdr::Error(
            {.where = "--limit", .what = std::move(what), .hint = "set it to 1 to " + recommended});
    };
    if (!options.limit) refuse("there is no fetch limit");
    if (*options.limit < 1 || *options.limit > recommended_limit)
        refuse("the fetch limit is " + std::to_string(*options.limit));
}

/// Who asked for JSON gets it, whatever is wrong.
int test_as_json(const Options& options, int (*test)(Options)) {
    try {
        return test(options);
    } catch (const xdr::Error& error) {
        if (options.json) std::cout << test_result(error.what()) << std::endl;
        throw;
    }
}

/// One small request, as the platform's Test button makes it. Who presses a button does not want
/// to wait for a server to come back: nothing is tried again unless asked for.
int test_connection(Options options) {
    check_limit(options);
    check_parameters(parameters_of(options));
    if (!options.retries) options.retries = 0;
    PageRequest request;
    request.lte = first_fetch_of(options, system_now());
    request.search_to = 1;
    HttpSource source(connection_of(options), query_of(options));
    const auto answer = source.fetch(request);
    const auto* why = std::get_if<RequestFailed>(&answer);
    if (why) std::cerr << "fetch-incidents: " << why->why << "\n";
    if (options.json)
        std::cout << test_result(why ? why->why : "") << "\n";
    else if (!why)
        std::cout << "ok\n";
    finish_stdout();
    return why ? failed : 0;
}

}  // namespace

Command add_test(CLI::App& app, Options& options) {
    CLI::App* test = app.add_subcommand("test", "check the connection, the key and the parameters");
    add_connection(*test, options);
    add_query(*test, options);
    add_first_fetch(*test, options);
    add_json(*test, options, "print {\"ok\": true}, or false with the error, as JSON");
    test->footer(
        "A limit must be given, 1 to 200.\n"
        "exit codes:\n  0 a request was answered   1 it was not   2 usage or bad input\n"
        "example:\n"
        "  fetch-incidents test --url http://127.0.0.1:8080 --api-key-id 1 \\\n"
        "      --api-key-file key.txt --limit 50\n");
    return {test, [&options] { return test_as_json(options, test_connection); }};
}

}  // namespace fetcher
