#pragma once

#include "mockxdr/http.hpp"

namespace mockxdr {

/// `{"status": "Healthy"}` and a line end: the 22 bytes that were measured, without `reply` around.
HttpReply healthcheck_reply();

/// Licences that run out a year after `now`. Source: "Get Tenant Info", and what a client expects.
HttpReply tenant_info_reply(TimePoint now);

/// Source: a client's test server; the first call of two clients, which take any JSON.
HttpReply validate_reply();

/// The agent's versions of each platform, newest first. Source: "Get Distribution Version".
HttpReply versions_reply();

}  // namespace mockxdr
