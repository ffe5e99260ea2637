#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fetcher/retry.hpp"

namespace fetcher {

/// What proves to the API that we know a key. Source: "Get Started with APIs".
struct Key {
    std::string id;
    std::string secret;
    KeyLevel level = KeyLevel::standard;
};

/// The headers of one request. For an advanced key they hold a nonce of 64 characters, made of
/// eight numbers of `random`, and the time `now`: ask for new ones for each request.
std::vector<std::pair<std::string, std::string>> key_headers(
    const Key& key, TimePoint now, const std::function<std::uint64_t()>& random);

/// The SHA-256 of these bytes as 64 hexadecimal digits in lower case.
std::string sha256_text(const std::string& bytes);

}  // namespace fetcher
