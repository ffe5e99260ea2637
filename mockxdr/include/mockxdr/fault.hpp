#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mockxdr/endpoint.hpp"
#include "mockxdr/json.hpp"
#include "xdr/time.hpp"

namespace mockxdr {

using xdr::Millis;
using xdr::TimePoint;

/// When to come again: as seconds, or as a time by the clock in force.
struct RetryAfter {
    enum class Form { seconds, date };
    Millis after{0};
    Form form = Form::seconds;

    friend bool operator==(const RetryAfter&, const RetryAfter&) = default;
};

/// The server answers with this status; without a body, with the API's error envelope.
struct StatusReply {
    int status = 500;
    std::optional<std::string> body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::optional<RetryAfter> retry_after{};

    friend bool operator==(const StatusReply&, const StatusReply&) = default;
};

/// An error envelope with status 200.
struct ErrorObject {
    std::int64_t err_code = 500;
    std::string err_msg;
    json::Value err_extra;

    friend bool operator==(const ErrorObject&, const ErrorObject&) = default;
};

/// The connection breaks before a reply comes: the server has acted on the request, or has never
/// seen it. One that it has not seen is not counted.
struct Reset {
    enum class Seen { yes, no };
    Seen seen = Seen::yes;

    friend bool operator==(Reset, Reset) = default;
};

/// Half of the reply comes.
struct Cut {
    friend bool operator==(Cut, Cut) = default;
};

/// The body lacks its last `by` bytes and Content-Length counts as many too many; where negative,
/// the body is whole and Content-Length counts that many too few. Never 0.
struct WrongLength {
    std::int64_t by = 1;

    friend bool operator==(WrongLength, WrongLength) = default;
};

/// The compressed body ends early, and Content-Length agrees with it. Hits only requests that
/// accept gzip.
struct TruncatedGzip {
    friend bool operator==(TruncatedGzip, TruncatedGzip) = default;
};

/// The body is not JSON.
struct InvalidJson {
    friend bool operator==(InvalidJson, InvalidJson) = default;
};

/// The reply comes late, by a time that is drawn between the two, both included.
struct Delay {
    Millis least{0}, most{0};

    friend bool operator==(Delay, Delay) = default;
};

/// The head comes line by line, spread over this time.
struct SlowHeaders {
    Millis over{0};

    friend bool operator==(SlowHeaders, SlowHeaders) = default;
};

/// The body comes in pieces of so many bytes.
struct Dribble {
    std::int64_t bytes = 1;
    Millis every{0};

    friend bool operator==(Dribble, Dribble) = default;
};

/// No reply ever comes.
struct Silence {
    friend bool operator==(Silence, Silence) = default;
};

/// What happens to the reply of a request that a fault hits.
using ReplyFault = std::variant<StatusReply, ErrorObject, Reset, Cut, WrongLength, TruncatedGzip,
                                InvalidJson, Delay, SlowHeaders, Dribble, Silence>;

/// `status 500`, `connection reset`, …: how reports call a fault.
std::string describe(const ReplyFault& fault);

/// Whether the client gets no usable reply. A delayed, slow or dribbled one is whole in the end.
bool loses_reply(const ReplyFault& fault);

/// Whether the server never sees the request: it is not counted and changes nothing.
bool is_unseen(const ReplyFault& fault);

/// How much of the server's time passes until the reply is whole; 0 for a fault that loses it.
Millis time_of(const ReplyFault& fault);

/// Where the fetcher dies in a run; with `lost_save` it lives on, and what it saved is gone.
enum class Crash { before_emit, after_emit, after_save, lost_save };
inline constexpr std::array<std::string_view, 4> crash_names{"before_emit", "after_emit",
                                                             "after_save", "lost_save"};
std::string_view name_of(Crash crash);

/// Before the run the last run is replaced by the one of so many saves ago, 1 or more.
struct Restore {
    std::int64_t saves = 1;

    friend bool operator==(Restore, Restore) = default;
};

/// Applies to a request that meets all conditions that are set; at least one is. A crash and a
/// restore have `run` and nothing else.
struct Fault {
    std::optional<Millis> from{}, until{};  ///< in [from, until), offsets from the start
    std::optional<std::int64_t> request{};  ///< the request of this number, from 1
    std::optional<std::int64_t> every{};    ///< each request whose number is a multiple of it
    std::optional<std::int64_t> run{};      ///< the run of this number, from 1
    /// Which requests are looked at and counted; nothing for those of any endpoint.
    std::optional<Endpoint> endpoint = Endpoint::get_incidents;
    std::optional<std::int64_t> search_from{};  ///< requests for a page that begins here
    /// How likely a request is hit, above 0, at most 1. The draw depends on the seed, the request's
    /// number and the fault's place only.
    std::optional<double> probability{};
    std::variant<ReplyFault, Crash, Restore> effect{};

    friend bool operator==(const Fault&, const Fault&) = default;
};

/// `status 500`, `crash after_emit`, …: what it does, in words.
std::string describe(const Fault& fault);

}  // namespace mockxdr
