#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "xdr/error.hpp"
#include "xdr/time.hpp"

/// What both commands have in common in how they are called.
namespace fetcher {

constexpr int usage = 2;  ///< exit code: wrong use or bad input

/// For options: digits as people write them. The parser by itself reads 010 as eight, an empty text
/// as 0, and a number that is too large as the largest.
inline CLI::Validator plain_number() {
    return {[](const std::string& text) -> std::string {
                const char* const begin = text.data() + (text.starts_with("-") ? 1 : 0);
                const char* const end = text.data() + text.size();
                std::uint64_t value = 0;
                const auto [stop, failure] = std::from_chars(begin, end, value);
                if (failure == std::errc::result_out_of_range) return "'" + text + "' is too large";
                const bool padded = end - begin > 1 && *begin == '0';
                if (failure == std::errc() && stop == end && !padded) return {};
                return "'" + text + "' is no whole number in plain digits";
            },
            ""};
}

/// The parser takes -1 for the largest number where none is below 0.
inline CLI::Validator not_negative() {
    return {[](const std::string& text) -> std::string {
                return text.starts_with("-") ? "'" + text + "' is less than 0" : "";
            },
            ""};
}

/// For options that count what there must be some of. The parser tells its own such checks as a
/// range whose end has three hundred digits.
inline CLI::Validator one_or_more() {
    return {[](const std::string& text) -> std::string {
                const bool is_none = text.starts_with("-") || text == "0";
                return is_none ? "'" + text + "' is less than 1" : "";
            },
            ""};
}

/// For options that name something.
inline CLI::Validator is_there() {
    return {[](const std::string& text) -> std::string {
                return text.empty() ? "an empty name is none" : "";
            },
            ""};
}

/// What `act` returns; an error of it that names no place is one of this flag.
template <class Act>
decltype(auto) naming(const std::string& flag, Act act) {
    try {
        return act();
    } catch (const xdr::Error& error) {
        if (!error.problem().where.empty()) throw;
        throw xdr::Error(
            {.where = flag, .what = error.problem().what, .hint = error.problem().hint},
            error.blame());
    }
}

/// Throws xdr::Error, which names the flag.
inline xdr::Millis duration_of(const std::string& flag, const std::string& text) {
    return naming(flag, [&] { return xdr::parse_duration(text); });
}

/// The variable that gave an option of the command in hand its value; empty if `words` did.
inline std::string variable_of(const CLI::App& app, const std::string& flag,
                               const std::vector<std::string>& words) {
    const bool is_given = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return word == flag || word.starts_with(flag + "=");
    });
    if (is_given) return {};
    for (const CLI::Option* option : app.get_options()) {
        const char* value = std::getenv(option->get_envname().c_str());
        if (option->get_name() == flag && value && *value) return option->get_envname();
    }
    for (const CLI::App* command : app.get_subcommands())
        if (std::string found = variable_of(*command, flag, words); !found.empty()) return found;
    return {};
}

/// `a, b or c`.
inline std::string names_of_commands(const CLI::App& app) {
    std::string out;
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    for (std::size_t i = 0; i < commands.size(); ++i)
        out += (i == 0 ? "" : i + 1 < commands.size() ? ", " : " or ") + commands[i]->get_name();
    return out;
}

/// Tells on stderr what is wrong with the command line of `program`, and what --help and --version
/// ask for; returns the exit code. CLI11 says that a command is missing where one is misspelt, and
/// names the option of a value that a variable gave.
inline int refuse_usage(const CLI::App& app, const std::string& program,
                        const CLI::ParseError& error, const std::vector<std::string>& words) {
    const std::string text = error.what(), flag = text.substr(0, text.find(": "));
    if (const std::string variable = variable_of(app, flag, words); !variable.empty()) {
        std::cerr << variable << text.substr(flag.size()) << "; correct it or unset it\n";
        return usage;
    }
    const bool no_command = app.get_subcommands().empty();
    if (error.get_exit_code() == 0 || !no_command || words.empty() || words[0].starts_with("-"))
        return app.exit(error) == 0 ? 0 : usage;
    std::cerr << program << ": there is no command '" << words[0] << "'; choose "
              << names_of_commands(app) << "\n";
    return usage;
}

}  // namespace fetcher
