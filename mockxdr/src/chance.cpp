#include "chance.hpp"

#include "mockxdr/mixed.hpp"

namespace mockxdr {

Chance::Chance(std::uint64_t seed) : state_(mixed(seed)) {}

Chance Chance::of(std::string_view name) const {
    std::uint64_t state = state_;
    for (const char c : name) state = mixed(state ^ static_cast<unsigned char>(c));
    return Chance(state ^ name.size());
}

Chance Chance::of(std::uint64_t number) const { return Chance(state_ ^ mixed(number)); }

std::string Chance::hex(std::size_t digits) const {
    static constexpr std::string_view all = "0123456789abcdef";
    std::string out;
    for (std::uint64_t word = state_; out.size() < digits; word = mixed(word))
        for (unsigned shift = 0; shift < 64 && out.size() < digits; shift += 4)
            out += all[(word >> shift) & 15U];
    return out;
}

}  // namespace mockxdr
