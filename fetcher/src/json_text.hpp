#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fetcher {

/// JSON as text. What a text that is known to be JSON holds is handed out as it stands there:
/// numbers keep their digits and characters their escapes, whatever a parser could hold of them.
/// Keys count as equal if they name the same characters, escaped or not.

/// The same without the spaces between.
std::string without_spaces(std::string_view json);

/// A key, and its value without spaces.
using Member = std::pair<std::string, std::string>;

/// The members of an object, in their order; none of what is no object.
std::vector<Member> members_of(std::string_view object);

/// The elements of the array under keys, the outermost first; none if there is no such array.
std::vector<std::string_view> elements_of(std::string_view json,
                                          std::initializer_list<std::string_view> keys);

/// The value of a key; an empty text if there is none.
std::string_view value_of(std::string_view object, std::string_view key);

/// Appends a text of UTF-8 as JSON writes it, with its quotes.
void append_quoted(std::string& out, std::string_view text);

}  // namespace fetcher
