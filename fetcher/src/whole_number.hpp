#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace fetcher {

/// The integer that a JSON value is; nullopt for another value, and for one beyond 64 bits, which
/// nlohmann would wrap.
template <class Json>
std::optional<std::int64_t> whole_number(const Json& value) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!value.is_number_integer()) return std::nullopt;
    if (value.is_number_unsigned() && value.template get<std::uint64_t>() > most)
        return std::nullopt;
    return value.template get<std::int64_t>();
}

}  // namespace fetcher
