#include "faults.hpp"

namespace mockxdr {

std::optional<TruncatedGzip> read_truncated_gzip(ObjectReader& reply) {
    if (!read_mark(reply, "truncated_gzip")) return std::nullopt;
    return TruncatedGzip{};
}

std::string text_of(const TruncatedGzip&) { return "gzip body truncated"; }

HttpReply apply(const TruncatedGzip&, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.delivery.truncated_gzip = true;
    return reply;
}

}  // namespace mockxdr
