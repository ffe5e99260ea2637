#include "faults.hpp"

namespace mockxdr {

std::optional<SlowHeaders> read_slow_headers(ObjectReader& reply) {
    const auto place = reply.find("slow_headers");
    if (!place) return std::nullopt;
    const auto over = read_pause(*place, Sign::positive, reply.findings());
    return SlowHeaders{.over = over.value_or(Millis{0})};
}

std::string text_of(const SlowHeaders& fault) {
    return "headers spread over " + xdr::duration_text(fault.over);
}

HttpReply apply(const SlowHeaders& fault, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.delivery.slow_headers = fault.over;
    return reply;
}

}  // namespace mockxdr
