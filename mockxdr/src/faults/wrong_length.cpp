#include "faults.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t farthest = 1'000'000;

}  // namespace

std::optional<WrongLength> read_wrong_length(ObjectReader& reply) {
    const auto place = reply.find("wrong_length");
    if (!place) return std::nullopt;
    const auto by = read_integer(*place, -farthest, farthest, reply.findings());
    if (by == 0)
        complain_at(*place, "a length that is wrong by 0 is right",
                    "expected how many bytes Content-Length says too many, or with - too few",
                    reply.findings());
    return WrongLength{.by = by.value_or(1)};
}

std::string text_of(const WrongLength& fault) {
    const bool more = fault.by > 0;
    return "Content-Length " + std::to_string(more ? fault.by : -fault.by) +
           (more ? " too large" : " too small");
}

HttpReply apply(const WrongLength& fault, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.delivery.wrong_length = fault.by;
    return reply;
}

}  // namespace mockxdr
