#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "mockxdr/service.hpp"

namespace mockxdr {

struct Listen {
    std::string host = "127.0.0.1";
    int port = 0;  ///< 0 lets the system choose
};

/// Serves a Service over HTTP/1.1 from its own threads, from construction to destruction. Requests
/// are answered one at a time, so that each reply is of one instant.
class Server {
   public:
    using Clock = std::function<TimePoint()>;
    /// How long a reply is held back, in real time, after it was decided.
    using Hold = std::function<std::chrono::milliseconds()>;

    /// `service` and what `now` refers to must outlive the server; `now` is called from the
    /// server's threads, one call at a time. Throws xdr::Error if it cannot listen there.
    Server(Service& service, Clock now, const Listen& listen, Hold hold = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    int port() const;
    std::string url() const;

    /// Stops listening, lets the requests in hand end, closes idle connections. Safe to call twice.
    void stop();

   private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mockxdr
