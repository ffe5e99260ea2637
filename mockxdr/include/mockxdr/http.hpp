#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mockxdr/fault.hpp"
#include "mockxdr/keys.hpp"

namespace mockxdr {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method;
    std::string path;      ///< without what follows a question mark
    Headers parameters{};  ///< of the URL, decoded
    Credentials credentials{};
    std::string body{};  ///< decoded
    bool accepts_gzip = false;
    bool from_loopback = true;  ///< the peer's address
};

/// How a reply travels. Times are those of the server's clock.
struct Delivery {
    enum class End {
        whole,
        cut,      ///< half of the body, then the connection closes
        reset,    ///< nothing, and the connection is reset
        silence,  ///< nothing, and the connection stays
    };

    End end = End::whole;
    Millis delay{0};                   ///< before the first byte
    Millis slow_headers{0};            ///< the head's lines are spread over this time
    std::optional<Dribble> dribble{};  ///< the body comes in such pieces
    std::int64_t wrong_length = 0;     ///< added to Content-Length
    bool truncated_gzip = false;       ///< compressed, and the end is missing

    friend bool operator==(const Delivery&, const Delivery&) = default;
};

struct HttpReply {
    int status = 200;
    std::string content_type = "application/json";
    std::string body{};
    Headers headers{};     ///< beyond Content-Type, Content-Length, Date, Content-Encoding
    TimePoint date{};      ///< of the server
    Millis date_ahead{0};  ///< how far the header `Date` is ahead of that
    /// Replies of one server with the same tag have the same body; empty: nothing is known.
    std::string tag{};
    std::uint64_t number = 0;  ///< Exchange::number of its request; 0 if it has none
    Delivery delivery{};
};

}  // namespace mockxdr
