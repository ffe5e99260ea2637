#pragma once

#include <array>
#include <string>
#include <string_view>

namespace mockxdr {

/// The SHA-256 of these bytes. Throws xdr::Error if the library cannot compute it.
std::array<unsigned char, 32> sha256(std::string_view bytes);

/// The same as 64 hexadecimal digits in lower case.
std::string sha256_hex(std::string_view bytes);

}  // namespace mockxdr
