#include "faults.hpp"

namespace mockxdr {

std::optional<Silence> read_silence(ObjectReader& reply) {
    if (!read_mark(reply, "silence")) return std::nullopt;
    return Silence{};
}

std::string text_of(const Silence&) { return "no reply"; }

HttpReply apply(const Silence&, const Regular& regular) {
    return {.date = regular.reply.date, .delivery = {.end = Delivery::End::silence}};
}

}  // namespace mockxdr
