#include "gzip.hpp"

#include <zlib.h>

#include <new>

namespace mockxdr {

namespace {

// A page of incidents shrinks to an eighth at level 1, and to a ninth at level 6 in twice the time.
constexpr int level = 1;
constexpr int gzip_window = 15 + 16;  ///< zlib's way to say "with gzip's header"
constexpr int any_window = 15 + 32;   ///< "gzip or zlib, as it comes"
constexpr int memory = 8;             ///< zlib's default

/// What zlib reads; it writes to none of it.
Bytef* bytes(std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

/// zlib's state of unpacking, released in the end.
struct Inflation {
    Inflation() {
        if (inflateInit2(&stream, any_window) != Z_OK) throw std::bad_alloc();
    }
    ~Inflation() { inflateEnd(&stream); }
    Inflation(const Inflation&) = delete;
    Inflation& operator=(const Inflation&) = delete;

    z_stream stream{};
};

}  // namespace

std::string gzip(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = bytes(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    packed.shrink_to_fit();
    return packed;
}

Unpacked unpack(std::string_view packed, std::size_t largest) {
    Inflation inflation;
    z_stream& stream = inflation.stream;
    stream.next_in = bytes(packed);
    stream.avail_in = static_cast<uInt>(packed.size());
    Unpacked out;
    char piece[16384];
    int result = Z_OK;
    while (result == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(piece);
        stream.avail_out = sizeof piece;
        result = inflate(&stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END) break;
        out.text.append(piece, sizeof piece - stream.avail_out);
        // One member may follow another.
        if (result == Z_STREAM_END && stream.avail_in != 0) result = inflateReset(&stream);
        if (out.text.size() > largest) {
            out.end = Unpacked::End::too_large;
            return out;
        }
    }
    if (result != Z_STREAM_END) out.end = Unpacked::End::broken;
    return out;
}

}  // namespace mockxdr
