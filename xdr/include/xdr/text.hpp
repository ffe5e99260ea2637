#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xdr {

/// True for a text of one or more decimal digits.
bool is_digits(std::string_view text);

/// True for what a terminal or a header would obey instead of showing it: a control character of
/// ASCII, line ends and tabs among them.
bool is_control(char c);

/// True for a text that is empty or holds nothing but spaces.
bool is_blank(std::string_view text);

/// `1 incident`, `0 incidents`.
std::string counted(std::int64_t number, const std::string& noun);

}  // namespace xdr
