#include "faults.hpp"

namespace mockxdr {

namespace {

Delay read_drawn(const Spot& place, Findings& findings) {
    ObjectReader object(place, findings);
    object.require("least", "the shortest delay");
    object.require("most", "the longest delay");
    const auto least_at = object.find("least"), most_at = object.find("most");
    const auto least =
        least_at ? read_pause(*least_at, Sign::not_negative, findings) : std::nullopt;
    const auto most = most_at ? read_pause(*most_at, Sign::positive, findings) : std::nullopt;
    object.finish();
    if (!least || !most) return {};
    if (*most < *least)
        object.complain("\"most\" is " + xdr::duration_text(*most) + ", less than \"least\"",
                        "expected \"most\" at " + xdr::duration_text(*least) + " or above");
    return {.least = *least, .most = *most};
}

}  // namespace

std::optional<Delay> read_delay(ObjectReader& reply) {
    const auto place = reply.find("delay");
    if (!place) return std::nullopt;
    if (place->value.get_if<json::Object>()) return read_drawn(*place, reply.findings());
    const auto time = read_pause(*place, Sign::positive, reply.findings());
    return Delay{.least = time.value_or(Millis{0}), .most = time.value_or(Millis{0})};
}

std::string text_of(const Delay& fault) {
    const std::string most = xdr::duration_text(fault.most);
    if (fault.least == fault.most) return "delay of " + most;
    return "delay of " + xdr::duration_text(fault.least) + " to " + most;
}

HttpReply apply(const Delay& fault, const Regular& regular) {
    HttpReply reply = regular.reply;
    reply.delivery.delay += time_of(fault);
    return reply;
}

}  // namespace mockxdr
