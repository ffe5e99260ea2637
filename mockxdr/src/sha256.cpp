#include "sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "xdr/error.hpp"

namespace mockxdr {

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw xdr::Error({.where = "",
                          .what = "libcrypto cannot compute SHA-256",
                          .hint = "check the OpenSSL configuration"},
                         xdr::Blame::surroundings);
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * std::size_t{size});
    for (unsigned i = 0; i < size; ++i) {
        out += digits[digest[i] >> 4U];
        out += digits[digest[i] & 0xFU];
    }
    return out;
}

}  // namespace mockxdr
