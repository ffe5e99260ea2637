#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mockxdr {

/// Longest request line and headers that are read, in bytes.
inline constexpr std::size_t longest_head = 65536;

/// The length of a request's head with its final empty line, once all of it is there.
std::optional<std::size_t> head_size(std::string_view received);

/// Puts a request's head into a form in which httplib treats the request as the API does. Any body
/// is taken for JSON, also one that says it is a form. A POST without a length has no body, instead
/// of one that ends with the connection. A request whose body nobody reads, and a length that is
/// none, close the connection after the reply. `Range` and encodings but gzip are left out.
std::string rewritten_head(std::string_view head);

}  // namespace mockxdr
