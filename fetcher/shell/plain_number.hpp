#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <string>

namespace fetcher {

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

}  // namespace fetcher
