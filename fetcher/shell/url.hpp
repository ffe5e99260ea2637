#pragma once

#include <string>

namespace fetcher {

/// A URL as a client needs it.
struct Url {
    std::string host;    ///< scheme, name and port
    std::string prefix;  ///< the path before /public_api; no slash at its end, often empty

    bool is_tls() const { return host.starts_with("https://"); }
    friend bool operator==(const Url&, const Url&) = default;
};

/// Throws xdr::Error for what is no URL of HTTP or HTTPS, and for one that holds a user's name, a
/// query or a fragment.
Url split_url(const std::string& url);

}  // namespace fetcher
