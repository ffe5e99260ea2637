#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mockxdr/http.hpp"

namespace mockxdr {

/// Longest request line and headers that are read, in bytes.
inline constexpr std::size_t longest_head = 65536;

/// The length of a request's head with its final empty line, once all of it is there.
std::optional<std::size_t> head_size(std::string_view received);

/// What the head of a request says, as far as it matters here. `Content-Type`, `Range` and the like
/// do not: any body is taken for JSON.
struct RequestHead {
    enum class Coding { none, compressed, unknown };

    HttpRequest request;            ///< without its body
    std::size_t length = 0;         ///< of the body; a request that names none has none
    bool chunked = false;           ///< the body says itself where it ends
    Coding coding = Coding::none;   ///< of the body
    bool expects_continue = false;  ///< the client waits for `100 Continue`
    bool keeps_open = true;         ///< another request may follow
    bool is_http_1_0 = false;
};

/// Nothing if it is not HTTP/1.1 or 1.0, or leaves open where its body ends.
std::optional<RequestHead> read_request_head(std::string_view head);

/// Whether `Accept-Encoding` lets us send gzip: by its name, or by `*` where it is not named.
/// Source: RFC 9110, 12.5.3.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace mockxdr
