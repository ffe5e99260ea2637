#include "sha256.hpp"

#include <openssl/evp.h>

#include "xdr/error.hpp"

namespace mockxdr {

std::array<unsigned char, 32> sha256(std::string_view bytes) {
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw xdr::Error({.where = "",
                          .what = "libcrypto cannot compute SHA-256",
                          .hint = "check the OpenSSL configuration"},
                         xdr::Blame::surroundings);
    return digest;
}

std::string sha256_hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(64);
    for (const unsigned char byte : sha256(bytes)) {
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
    return out;
}

}  // namespace mockxdr
