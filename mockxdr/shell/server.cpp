#include "mockxdr/server.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "delivering.hpp"
#include "growing_pool.hpp"
#include "request_input.hpp"
#include "tls.hpp"
#include "xdr/error.hpp"

namespace mockxdr {

namespace {

constexpr int backlog = 1024;

/// A service and its clock behind one lock, so that each reply is of one instant.
class ServiceSite final : public Site {
   public:
    ServiceSite(Service& service, Server::Clock now) : service_(service), now_(std::move(now)) {}

    HttpReply answer(const HttpRequest& request) override {
        const std::lock_guard lock(mutex_);
        const TimePoint now = now_();
        HttpReply reply = service_.answer(request, now);
        reply.date = now;
        return reply;
    }

    HttpReply refuse(const HttpRequest& request, int status) override {
        const std::lock_guard lock(mutex_);
        return service_.refuse(request, status, now_());
    }

    TimePoint now() const override {
        const std::lock_guard lock(mutex_);
        return now_();
    }

    std::chrono::milliseconds nap(TimePoint) const override { return std::chrono::milliseconds{1}; }

   private:
    mutable std::mutex mutex_;
    Service& service_;
    Server::Clock now_;
};

HttpReply refusal(const Site& site, int status) {
    HttpReply reply = refused_by_transport(status);
    reply.date = site.now();
    return reply;
}

/// Never throws: a client must not be able to end the server.
HttpReply answer(Site& site, const RequestHead& head, int refused) {
    try {
        return refused != 0 ? site.refuse(head.request, refused) : site.answer(head.request);
    } catch (const std::exception&) {
        return refusal(site, 500);
    }
}

/// httplib listens and accepts; what happens on a connection is ours: no busy polling of idle ones,
/// replies that are not copied, and replies that break.
class HttpServer final : public httplib::Server {
   public:
    HttpServer(Site& site, const Listen& listen)
        : with_{.site = site, .cache = cache_, .silence = listen.silence},
          patience_(listen.patience) {
        // Ours hold: a limit on the socket would hide a call that blocks.
        set_read_timeout(0);
        set_write_timeout(0);
        if (!listen.tls_certificate.empty() || !listen.tls_key.empty())
            tls_.emplace(listen.tls_certificate, listen.tls_key);
    }

    void listen_with_long_backlog() { ::listen(svr_sock_, backlog); }
    void close_connections() { stop_.raise(); }
    bool is_encrypted() const { return tls_.has_value(); }

   private:
    bool process_and_close_socket(socket_t socket) override {
        try {
            Connection connection(tls_ ? tls_->transport(socket) : plain_transport(socket), stop_,
                                  patience_);
            if (connection.open())
                while (serve_one(connection)) continue;
        } catch (const std::exception&) {
            // Out of memory: this connection ends, the others go on.
        }
        return true;
    }

    /// False when the connection is over.
    bool serve_one(Connection& connection) {
        const auto received = next_request(connection);
        if (!received) return false;
        const RequestHead& head = received->head;
        const bool refused = received->refused != 0;
        const HttpReply reply = answer(with_.site, head, received->refused);
        return deliver(with_, connection, reply,
                       {.head_only = head.request.method == "HEAD",
                        .accepts_gzip = head.request.accepts_gzip,
                        .closes = refused || !head.keeps_open || connection.stopping(),
                        .is_http_1_0 = head.is_http_1_0});
    }

    Signal stop_;
    GzipCache cache_;
    Delivering with_;
    Patience patience_;
    std::optional<TlsContext> tls_;
};

}  // namespace

class Server::Impl {
   public:
    Impl(Site& site, const Listen& listen) : http_(site, listen), host_(listen.host) {
        http_.new_task_queue = [] { return new GrowingPool; };
        bind(listen);
        start();
        while (!http_.is_running() && !ended_) std::this_thread::yield();
    }

    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    int port() const { return port_; }

    std::string url() const {
        const std::string name = host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]";
        return (http_.is_encrypted() ? "https://" : "http://") + name + ":" + std::to_string(port_);
    }

    void stop() {
        http_.close_connections();
        http_.stop();
        if (thread_.joinable()) thread_.join();
    }

   private:
    void start() try {
        thread_ = std::thread([this] {
            http_.listen_after_bind();
            ended_ = true;
        });
    } catch (const std::system_error& error) {
        throw xdr::Error({.where = "the server",
                          .what = std::string("cannot start a thread: ") + error.code().message(),
                          .hint = "check the limits on processes and memory"},
                         xdr::Blame::surroundings);
    }

    void bind(const Listen& listen) {
        // httplib would set SO_REUSEPORT, with which two servers share a port without a word.
        http_.set_socket_options([](socket_t socket) {
            const int on = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        });
        errno = 0;
        if (listen.port == 0)
            port_ = http_.bind_to_any_port(listen.host);
        else
            port_ = http_.bind_to_port(listen.host, listen.port) ? listen.port : -1;
        if (port_ <= 0) {
            const std::string why = errno == 0 ? "unknown host" : std::strerror(errno);
            throw xdr::Error({.where = listen.host + ":" + std::to_string(listen.port),
                              .what = "cannot listen: " + why,
                              .hint = "choose another host or port; port 0 is any free one"},
                             xdr::Blame::surroundings);
        }
        http_.listen_with_long_backlog();
    }

    HttpServer http_;
    std::string host_;
    int port_ = 0;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

Server::Server(Site& site, const Listen& listen) : impl_(std::make_unique<Impl>(site, listen)) {}

Server::Server(Service& service, Clock now, const Listen& listen)
    : own_site_(std::make_unique<ServiceSite>(service, std::move(now))),
      impl_(std::make_unique<Impl>(*own_site_, listen)) {}

Server::~Server() = default;

int Server::port() const { return impl_->port(); }

std::string Server::url() const { return impl_->url(); }

void Server::stop() { impl_->stop(); }

}  // namespace mockxdr
