#pragma once

#include <cstdint>
#include <string>

namespace harness::sim {

/// `1,234,567`.
std::string grouped(std::uint64_t number);

/// With one digit behind the point, rounded; the same everywhere.
std::string tenths(double number);

/// `12.3%` of `whole`.
std::string tenths_of_percent(std::uint64_t part, std::uint64_t whole);

/// Sixteen digits.
std::string hex(std::uint64_t number);

std::string padded(std::string text, std::size_t width);
std::string right(const std::string& text, std::size_t width);

}  // namespace harness::sim
