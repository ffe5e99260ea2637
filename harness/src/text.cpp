#include "text.hpp"

#include <cmath>

namespace harness {

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string tenths(double number) {
    const auto rounded = static_cast<std::uint64_t>(std::llround(number * 10));
    return grouped(rounded / 10) + "." + std::to_string(rounded % 10);
}

std::string tenths_of_percent(std::uint64_t part, std::uint64_t whole) {
    const std::uint64_t permille = whole == 0 ? 0 : (part * 2000 + whole) / (2 * whole);
    return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + "%";
}

std::string hex(std::uint64_t number) {
    std::string out(16, '0');
    for (std::size_t i = 16; i-- > 0; number >>= 4U) out[i] = "0123456789abcdef"[number & 15U];
    return out;
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.resize(width, ' ');
    return text;
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

}  // namespace harness
