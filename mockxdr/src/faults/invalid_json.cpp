#include "faults.hpp"

namespace mockxdr {

std::optional<InvalidJson> read_invalid_json(ObjectReader& reply) {
    if (!read_mark(reply, "invalid_json")) return std::nullopt;
    return InvalidJson{};
}

std::string text_of(const InvalidJson&) { return "invalid JSON"; }

/// A brace too many: a reader that stops at the end of the first value does not notice.
HttpReply apply(const InvalidJson&, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.body += "}";
    reply.tag.clear();
    return reply;
}

}  // namespace mockxdr
