#include "key_headers.hpp"

#include <openssl/evp.h>

#include <array>

#include "xdr/error.hpp"

namespace fetcher {

namespace {

/// 64 letters and digits.
std::string make_nonce(const std::function<std::uint64_t()>& random) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
    std::string nonce;
    for (int i = 0; i < 8; ++i) {
        std::uint64_t bits = random();
        for (int k = 0; k < 8; ++k, bits >>= 8U) nonce += letters[bits % letters.size()];
    }
    return nonce;
}

}  // namespace

std::string sha256_text(const std::string& bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw xdr::Error({.where = "API key",
                          .what = "the system's OpenSSL cannot compute SHA-256",
                          .hint = "check its configuration, or use a standard key"},
                         xdr::Blame::surroundings);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        const unsigned byte = digest.at(i);
        text.push_back(digits[byte / 16]);
        text.push_back(digits[byte % 16]);
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> key_headers(
    const Key& key, TimePoint now, const std::function<std::uint64_t()>& random) {
    if (key.level == KeyLevel::standard)
        return {{"Authorization", key.secret}, {"x-xdr-auth-id", key.id}};
    const std::string nonce = make_nonce(random);
    const std::string timestamp = std::to_string(now.time_since_epoch().count());
    return {{"Authorization", sha256_text(key.secret + nonce + timestamp)},
            {"x-xdr-auth-id", key.id},
            {"x-xdr-nonce", nonce},
            {"x-xdr-timestamp", timestamp}};
}

}  // namespace fetcher
