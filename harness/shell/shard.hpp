#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace harness {

/// Part `index` of `of` of a campaign, from 1.
struct Shard {
    std::uint64_t index = 1, of = 1;
};

/// Reads `2/8`; nothing if the text is no part of a whole.
std::optional<Shard> read_shard(const std::string& text);

}  // namespace harness
