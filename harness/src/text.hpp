#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace harness {

/// `1,234,567`.
std::string grouped(std::uint64_t number);

/// With one digit behind the point, rounded; the same everywhere.
std::string tenths(double number);

/// `12.3%` of `whole`.
std::string tenths_of_percent(std::uint64_t part, std::uint64_t whole);

/// Sixteen digits.
std::string hex(std::uint64_t number);

/// Of the columns with names in a table of plays.
struct NameWidths {
    std::size_t file = 8, policy = 0;
};

/// Wide enough for all rows, and for policies at least so wide.
template <class Rows>
NameWidths widths_of(const Rows& rows, std::size_t least_policy) {
    NameWidths out{.policy = least_policy};
    for (const auto& row : rows) {
        out.file = std::max(out.file, row.file.size());
        out.policy = std::max(out.policy, row.policy.size());
    }
    return out;
}

std::string padded(std::string text, std::size_t width);
std::string right(const std::string& text, std::size_t width);

}  // namespace harness
