#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What to say of a name that nothing has.
namespace mockxdr {

/// The one of `names` that a person probably meant by `word`, if any is near.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> names);

/// `a, b, c`.
std::string list(std::span<const std::string_view> names);

/// `did you mean a?`, or `expected one of a, b, c` if none is near.
std::string guess(std::string_view word, std::span<const std::string_view> names);

/// `did you mean a? expected one of a, b, c`, the first part only if one is near.
std::string guess_and_list(std::string_view word, std::span<const std::string_view> names);

}  // namespace mockxdr
