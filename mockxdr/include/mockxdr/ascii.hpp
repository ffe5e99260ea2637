#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// Letters without regard to capitals, ASCII only, whatever the locale.
namespace mockxdr {

constexpr char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string lowered(std::string text) {
    for (char& c : text) c = lowered(c);
    return text;
}

inline bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lowered(x) == lowered(y); });
}

}  // namespace mockxdr
