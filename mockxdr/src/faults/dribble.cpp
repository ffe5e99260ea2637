#include "faults.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t most_bytes = 1'000'000;

}  // namespace

std::optional<Dribble> read_dribble(ObjectReader& reply) {
    const auto place = reply.find("dribble");
    if (!place) return std::nullopt;
    ObjectReader object(*place, reply.findings());
    object.require("bytes", "the size of a piece");
    object.require("every", "the time from one piece to the next");
    Dribble fault;
    fault.bytes = object.integer("bytes", 1, most_bytes).value_or(fault.bytes);
    if (const auto every = object.find("every"))
        fault.every = read_pause(*every, Sign::positive, reply.findings()).value_or(Millis{0});
    object.finish();
    return fault;
}

std::string text_of(const Dribble& fault) {
    return "body dribbled, " + std::to_string(fault.bytes) + " bytes every " +
           xdr::duration_text(fault.every);
}

HttpReply apply(const Dribble& fault, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.delivery.dribble = fault;
    return reply;
}

}  // namespace mockxdr
