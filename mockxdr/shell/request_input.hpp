#pragma once

#include <optional>

#include "connection.hpp"
#include "request_head.hpp"

namespace mockxdr {

/// Largest body of a request that is read, in bytes, as it is sent and as it is unpacked.
inline constexpr std::size_t largest_body = std::size_t{16} << 20U;

/// A request, or the status with which it is refused; what follows a refused one is not known.
struct Received {
    RequestHead head;
    int refused = 0;
};

/// The next request of a connection. Nothing when it is over: the peer is gone, silent for too long
/// or sends no head, or the server stops.
std::optional<Received> next_request(Connection& connection);

}  // namespace mockxdr
