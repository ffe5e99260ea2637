#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "mockxdr/service.hpp"

namespace mockxdr {

/// What a server serves. Called from many threads at once.
class Site {
   public:
    virtual ~Site() = default;

    /// The reply with its date. What it throws becomes status 500.
    virtual HttpReply answer(const HttpRequest& request) = 0;

    /// The clock in force, by which replies are delayed.
    virtual TimePoint now() const = 0;

    /// How long to sleep, in real time, before it is worth looking at `now()` again for `until`;
    /// 1 ms or more.
    virtual std::chrono::milliseconds nap(TimePoint until) const = 0;
};

struct Listen {
    /// What a client meets whose request gets no reply ever: a connection that stays until it goes
    /// away or the server stops, or one that is closed at once.
    enum class Silence { kept, closes };

    std::string host = "127.0.0.1";
    int port = 0;                      ///< 0 lets the system choose
    std::string tls_certificate = {};  ///< PEM files; both, or none for plain HTTP
    std::string tls_key = {};
    Silence silence = Silence::kept;
};

/// Serves a Site over HTTP/1.1 from its own threads, from construction to destruction.
class Server {
   public:
    using Clock = std::function<TimePoint()>;

    /// `site` must outlive the server. Throws xdr::Error if it cannot listen there, or the
    /// certificate and its key are no good.
    Server(Site& site, const Listen& listen);

    /// Serves a service, one request at a time, by a clock that somebody else advances. `service`
    /// and what `now` refers to must outlive the server; `now` is called from the server's threads,
    /// one call at a time. Throws as above.
    Server(Service& service, Clock now, const Listen& listen);

    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    int port() const;
    std::string url() const;

    /// Stops listening, lets the requests in hand end, closes idle connections. Replies that are
    /// held back leave at once. Safe to call twice.
    void stop();

   private:
    class Impl;
    std::unique_ptr<Site> own_site_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mockxdr
