#pragma once

#include <cstddef>
#include <string>

#include "mockxdr/http.hpp"

namespace mockxdr {

/// How a reply's head differs from what the reply itself says.
struct HeadForm {
    std::size_t length = 0;  ///< for Content-Length
    bool gzip = false;
    bool closes = false;
    bool names_keep_alive = false;  ///< HTTP/1.0 clients want to be told
};

/// Whether replies with this status have a body: not 204, 304 or one below 200.
bool has_body(int status);

/// Status line and headers with the final empty line. A header of the reply takes the place of
/// `Content-Type` and `Date`; those that say how the body travels are left out of the reply's.
std::string reply_head(const HttpReply& reply, const HeadForm& form);

}  // namespace mockxdr
