#pragma once

#include "connection.hpp"
#include "gzip_cache.hpp"
#include "mockxdr/http.hpp"
#include "mockxdr/server.hpp"

namespace mockxdr {

/// What a request says of how its reply may travel.
struct Asked {
    bool head_only = false;
    bool accepts_gzip = false;
    bool closes = false;
    bool is_http_1_0 = false;
};

/// What deliveries share.
struct Delivering {
    Site& site;
    GzipCache& cache;
    Listen::Silence silence;
};

/// Sends a reply the way that its `delivery` says. Waits by the site's clock, from the reply's date
/// on; when the server stops, what is left to send leaves at once. False if the connection cannot
/// be used any more.
bool deliver(const Delivering& with, Connection& connection, const HttpReply& reply,
             const Asked& asked);

}  // namespace mockxdr
