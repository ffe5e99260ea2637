#pragma once

#include <string>
#include <string_view>

namespace mockxdr {

/// The SHA-256 of these bytes as 64 hexadecimal digits in lower case. Throws xdr::Error if the
/// library cannot compute it.
std::string sha256_hex(std::string_view bytes);

}  // namespace mockxdr
