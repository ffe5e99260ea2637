#include "faults.hpp"

namespace mockxdr {

std::optional<Reset> read_reset(ObjectReader& reply) {
    const auto place = reply.find("reset");
    if (!place) return std::nullopt;
    if (const auto* flag = place->value.get_if<bool>()) {
        if (!*flag)
            complain_at(*place, "\"reset\" is false", "leave it out or set it to true",
                        reply.findings());
        return Reset{};
    }
    const auto* text = place->value.get_if<std::string>();
    if (text && *text == "before_seen") return Reset{.seen = Reset::Seen::no};
    if (!text || *text != "after_seen")
        complain_at(*place,
                    text ? "unknown reset '" + *text + "'" : "found " + kind_of(place->value),
                    "expected true, \"before_seen\" or \"after_seen\"", reply.findings());
    return Reset{};
}

std::string text_of(const Reset& fault) {
    return fault.seen == Reset::Seen::yes ? "connection reset"
                                          : "connection reset before the request was seen";
}

HttpReply apply(const Reset&, const Regular& regular) {
    return {.date = regular.reply.date, .delivery = {.end = Delivery::End::reset}};
}

}  // namespace mockxdr
