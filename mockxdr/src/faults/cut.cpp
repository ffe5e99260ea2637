#include "faults.hpp"

namespace mockxdr {

std::optional<Cut> read_cut(ObjectReader& reply) {
    if (!read_mark(reply, "cut")) return std::nullopt;
    return Cut{};
}

std::string text_of(const Cut&) { return "reply cut"; }

HttpReply apply(const Cut&, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.delivery.end = Delivery::End::cut;
    return reply;
}

}  // namespace mockxdr
