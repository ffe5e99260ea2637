#pragma once

#include <string>
#include <string_view>

#include "reply_json.hpp"

namespace fetcher {

/// Throws xdr::Error for a reply that is not what a URL of the API answers with.
[[noreturn]] void refuse(std::string where, std::string what);

/// A member of an object at the JSON pointer `at`. Throws xdr::Error if there is none.
JsonValue member(const JsonValue& object, std::string_view key, const std::string& at);

/// The value under `reply`. Throws xdr::Error for what is not JSON or has none, and for an error
/// reply in either form, whatever its status was.
JsonValue reply_of(const ReplyJson& json, std::string_view body);

}  // namespace fetcher
