#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "mockxdr/service.hpp"
#include "mockxdr/signal.hpp"

namespace mockxdr {

/// What a server serves. Called from many threads at once.
class Site {
   public:
    virtual ~Site() = default;

    /// The reply with its date. What it throws becomes status 500.
    virtual HttpReply answer(const HttpRequest& request) = 0;

    /// The reply to a request that could not be read, as far as it was.
    virtual HttpReply refuse(const HttpRequest& request, int status) {
        (void)request;
        HttpReply reply = refused_by_transport(status);
        reply.date = now();
        return reply;
    }

    /// The client went away before it had all of the reply with that number.
    virtual void undelivered(std::uint64_t number) { (void)number; }

    /// Whether the world has begun anew since the reply with that number: then it is held back no
    /// longer.
    virtual bool is_stale(std::uint64_t number) const {
        (void)number;
        return false;
    }

    /// The clock in force, by which replies are delayed.
    virtual TimePoint now() const = 0;

    /// How long to sleep, in real time, before it is worth looking at `now()` again for `until`;
    /// 1 ms or more.
    virtual std::chrono::milliseconds nap(TimePoint until) const = 0;

    /// Raised when `now()` jumps or the world begins anew, which ends a nap; to be asked for before
    /// these two are. nullptr if nobody would notice: then `nap` must be short.
    virtual std::shared_ptr<const Signal> jump() const { return nullptr; }
};

/// How long a peer may keep a connection waiting, in real time.
struct Patience {
    std::chrono::milliseconds idle{300'000};     ///< between two requests
    std::chrono::milliseconds transfer{30'000};  ///< inside of one, and of a reply
    std::chrono::milliseconds opening{10'000};   ///< for the TLS handshake
    std::chrono::milliseconds last{500};         ///< for the reply in hand, once the server stops
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
    Patience patience{};
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
