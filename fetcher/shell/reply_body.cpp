#include "reply_body.hpp"

#include <zlib.h>

#include <array>
#include <new>

namespace fetcher {

/// zlib's state.
class ReplyBody::Inflation {
   public:
    Inflation() {
        constexpr int gzip_only = MAX_WBITS + 16;
        if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
    }
    ~Inflation() { inflateEnd(&stream); }
    Inflation(const Inflation&) = delete;
    Inflation& operator=(const Inflation&) = delete;

    z_stream stream{};
    bool ended = false;
};

ReplyBody::ReplyBody(Packing packing, std::size_t most)
    : inflation_(packing == Packing::gzip ? std::make_unique<Inflation>() : nullptr), most_(most) {}

ReplyBody::~ReplyBody() = default;
ReplyBody::ReplyBody(ReplyBody&&) noexcept = default;

bool ReplyBody::add(std::string_view bytes) {
    if (fault_ != Fault::none) return false;
    received_ += bytes.size();
    if (received_ > most_)
        fault_ = Fault::too_large;
    else if (inflation_)
        unpack(bytes);
    else
        text_ += bytes;
    return fault_ == Fault::none;
}

void ReplyBody::unpack(std::string_view bytes) {
    z_stream& stream = inflation_->stream;
    // zlib only reads it.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, 16384> piece;
    while (stream.avail_in > 0 || stream.avail_out == 0) {
        // What follows the end is neither a part of the text nor anything that servers send.
        if (inflation_->ended) {
            if (stream.avail_in > 0) fault_ = Fault::broken;
            return;
        }
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        const int result = inflate(&stream, Z_NO_FLUSH);
        if (result == Z_BUF_ERROR) return;  // it wants more input
        if (result != Z_OK && result != Z_STREAM_END) {
            fault_ = Fault::broken;
            return;
        }
        text_.append(piece.data(), piece.size() - stream.avail_out);
        if (text_.size() > most_) {
            fault_ = Fault::too_large;
            return;
        }
        inflation_->ended = result == Z_STREAM_END;
    }
}

ReplyBody::Fault ReplyBody::end() const {
    if (fault_ != Fault::none) return fault_;
    // A reply without a body may say that it is packed.
    const bool whole = !inflation_ || inflation_->ended || received_ == 0;
    return whole ? Fault::none : Fault::broken;
}

}  // namespace fetcher
