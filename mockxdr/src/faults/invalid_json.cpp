#include "faults.hpp"

namespace mockxdr {

std::optional<InvalidJson> read_invalid_json(ObjectReader& reply) {
    if (!read_mark(reply, "invalid_json")) return std::nullopt;
    return InvalidJson{};
}

std::string text_of(const InvalidJson&) { return "invalid JSON"; }

/// Wrong from the first byte: a reader that takes what it can gets nothing.
HttpReply apply(const InvalidJson&, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.body.insert(0, "}");
    reply.tag.clear();
    return reply;
}

}  // namespace mockxdr
