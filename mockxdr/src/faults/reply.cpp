#include <vector>

#include "faults.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

constexpr Millis longest_pause = std::chrono::hours{24};

}  // namespace

bool read_mark(ObjectReader& reply, std::string_view key) {
    const auto place = reply.find(key);
    if (!place) return false;
    if (const auto flag = read_flag(*place, reply.findings()); flag && !*flag)
        complain_at(*place, "\"" + std::string(key) + "\" is false",
                    "leave it out or set it to true", reply.findings());
    return true;
}

std::optional<Millis> read_pause(const Spot& place, Sign sign, Findings& findings) {
    const auto pause = read_duration(place, sign, findings);
    if (pause && *pause > longest_pause)
        complain_at(place, "the duration " + xdr::duration_text(*pause) + " is longer than a day",
                    "expected at most " + xdr::duration_text(longest_pause), findings);
    return pause;
}

std::optional<ReplyFault> read_reply(const Spot& place, Findings& findings) {
    ObjectReader object(place, findings);
    std::vector<ReplyFault> faults;
    const auto add = [&](auto fault) {
        if (fault) faults.emplace_back(*std::move(fault));
    };
    const std::size_t before = findings.size();
    add(read_status_reply(object));
    add(read_error_object(object));
    add(read_reset(object));
    add(read_cut(object));
    add(read_wrong_length(object));
    add(read_truncated_gzip(object));
    add(read_invalid_json(object));
    add(read_delay(object));
    add(read_slow_headers(object));
    add(read_dribble(object));
    add(read_silence(object));
    object.finish();
    if (faults.size() == 1) return faults.front();
    // A body without a status, or a key with a spelling error, is all that is wrong.
    if (object.is_object() && (faults.size() > 1 || findings.size() == before))
        object.complain(
            faults.empty() ? "the reply names no fault" : "the reply names more than one fault",
            "expected one of status, error_object, reset, cut, wrong_length, truncated_gzip, "
            "invalid_json, delay, slow_headers, dribble, silence");
    return std::nullopt;
}

std::string describe(const ReplyFault& fault) {
    return std::visit([](const auto& one) { return text_of(one); }, fault);
}

bool loses_reply(const ReplyFault& fault) {
    return !std::holds_alternative<Delay>(fault) && !std::holds_alternative<SlowHeaders>(fault) &&
           !std::holds_alternative<Dribble>(fault);
}

bool is_unseen(const ReplyFault& fault) {
    const auto* reset = std::get_if<Reset>(&fault);
    return reset && reset->seen == Reset::Seen::no;
}

Millis time_of(const ReplyFault& fault) {
    if (const auto* delay = std::get_if<Delay>(&fault)) return delay->most;
    if (const auto* slow = std::get_if<SlowHeaders>(&fault)) return slow->over;
    // How long a dribbled reply takes depends on its size, which nobody knows yet.
    return Millis{0};
}

HttpReply write_fault(const ReplyFault& fault, const HttpReply& regular,
                      const ServerOptions& options) {
    const Regular from{.reply = regular, .options = options};
    return std::visit([&](const auto& one) { return apply(one, from); }, fault);
}

}  // namespace mockxdr
