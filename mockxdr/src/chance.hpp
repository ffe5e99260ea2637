#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mockxdr {

/// Chance that is named instead of drawn: the same seed and names give the same outcome, whatever
/// else is asked for and in whatever order.
class Chance {
   public:
    explicit Chance(std::uint64_t seed);

    /// The chance of that part, unrelated to this one and to those of other parts.
    Chance of(std::string_view name) const;
    Chance of(std::uint64_t number) const;

    /// From 0 to `end` - 1; `end` is 1 or more.
    std::uint64_t below(std::uint64_t end) const { return state_ % end; }

    /// So many hexadecimal digits, in lower case.
    std::string hex(std::size_t digits) const;

   private:
    std::uint64_t state_;
};

}  // namespace mockxdr
