#pragma once

#include <string>
#include <string_view>

namespace mockxdr {

/// The same text gives the same bytes.
std::string gzip(std::string_view text);

struct Unpacked {
    enum class End { whole, broken, too_large };
    End end = End::whole;
    std::string text;  ///< up to where it ended
};

/// Undoes gzip, and `deflate` with its zlib header. Stops at `largest` bytes of text.
Unpacked unpack(std::string_view packed, std::size_t largest);

}  // namespace mockxdr
