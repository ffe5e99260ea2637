#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mockxdr/http.hpp"
#include "mockxdr/server_options.hpp"
#include "object_reader.hpp"

/// The faults that hit replies, each in a file of its own under faults/: how it is read, what
/// reports call it (`text_of`), and what it makes of the regular reply (`apply`).
///
/// The readers look for their key in the object `reply` of a scenario's fault, and return nothing
/// if it is absent. After a finding the value may be anything: the file is refused.
namespace mockxdr {

/// What a fault starts from: the reply that would have been sent, and how the server behaves.
struct Regular {
    const HttpReply& reply;
    const ServerOptions& options;
};

std::optional<StatusReply> read_status_reply(ObjectReader& reply);
std::string text_of(const StatusReply& fault);
HttpReply apply(const StatusReply& fault, const Regular& regular);

std::optional<ErrorObject> read_error_object(ObjectReader& reply);
std::string text_of(const ErrorObject& fault);
HttpReply apply(const ErrorObject& fault, const Regular& regular);

std::optional<Reset> read_reset(ObjectReader& reply);
std::string text_of(const Reset& fault);
HttpReply apply(const Reset& fault, const Regular& regular);

std::optional<Cut> read_cut(ObjectReader& reply);
std::string text_of(const Cut& fault);
HttpReply apply(const Cut& fault, const Regular& regular);

std::optional<WrongLength> read_wrong_length(ObjectReader& reply);
std::string text_of(const WrongLength& fault);
HttpReply apply(const WrongLength& fault, const Regular& regular);

std::optional<TruncatedGzip> read_truncated_gzip(ObjectReader& reply);
std::string text_of(const TruncatedGzip& fault);
HttpReply apply(const TruncatedGzip& fault, const Regular& regular);

std::optional<InvalidJson> read_invalid_json(ObjectReader& reply);
std::string text_of(const InvalidJson& fault);
HttpReply apply(const InvalidJson& fault, const Regular& regular);

std::optional<Delay> read_delay(ObjectReader& reply);
std::string text_of(const Delay& fault);
HttpReply apply(const Delay& fault, const Regular& regular);

std::optional<SlowHeaders> read_slow_headers(ObjectReader& reply);
std::string text_of(const SlowHeaders& fault);
HttpReply apply(const SlowHeaders& fault, const Regular& regular);

std::optional<Dribble> read_dribble(ObjectReader& reply);
std::string text_of(const Dribble& fault);
HttpReply apply(const Dribble& fault, const Regular& regular);

std::optional<Silence> read_silence(ObjectReader& reply);
std::string text_of(const Silence& fault);
HttpReply apply(const Silence& fault, const Regular& regular);

/// The one fault that the object `reply` names; nothing after a finding.
std::optional<ReplyFault> read_reply(const Spot& place, Findings& findings);

/// Whether a key that may only be `true` is there; any other value is a finding.
bool read_mark(ObjectReader& reply, std::string_view key);

/// A time that a reply is held up for: at most a day, so that a typing error is found.
std::optional<Millis> read_pause(const Spot& place, Sign sign, Findings& findings);

}  // namespace mockxdr
