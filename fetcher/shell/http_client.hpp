#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "connection.hpp"

namespace fetcher {

/// A whole reply, unpacked.
struct HttpReply {
    int status = 0;
    std::string content_type{}, retry_after{}, body{};  ///< headers that are absent are empty
    std::optional<TimePoint> date{};
};

/// Why there is none.
struct NoReply {
    Attempt::End end = Attempt::End::broken;
    std::string why;
};

/// One keep-alive connection to the API: limits, TLS, gzip and keys, but no second attempts.
class HttpClient {
   public:
    /// Needs the connection's functions. Throws xdr::Error for a URL that is none and a CA file
    /// that holds no certificate.
    explicit HttpClient(const Connection& connection);
    ~HttpClient();

    /// `path` begins with /public_api.
    std::variant<HttpReply, NoReply> post(const std::string& path, const std::string& body);

    /// The next request begins with a new connection: for a reply that was out of step.
    void disconnect();

    /// `POST ` and the whole URL.
    std::string name_of(const std::string& path) const;

   private:
    class Exchange;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace fetcher
