#pragma once

#include "harness/play.hpp"

namespace harness {

/// Real HTTP over loopback: the mock's server, the fetcher's client, and JSON both ways.
Link http_link();

}  // namespace harness
