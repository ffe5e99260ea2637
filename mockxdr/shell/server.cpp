#include "mockxdr/server.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <mutex>
#include <thread>

#include "connection.hpp"
#include "growing_pool.hpp"
#include "xdr/error.hpp"

namespace mockxdr {

namespace {

constexpr int backlog = 1024;
constexpr std::size_t largest_body = std::size_t{16} << 20U;

/// `Mon, 01 Jan 2024 12:00:00 GMT`, in English whatever the locale.
std::string http_date(TimePoint time) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto date = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day ymd{date};
    const std::chrono::hh_mm_ss clock{
        std::chrono::floor<std::chrono::seconds>(time - std::chrono::sys_time<Millis>{date})};
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days[std::chrono::weekday{date}.c_encoding()], static_cast<unsigned>(ymd.day()),
                  months[static_cast<unsigned>(ymd.month()) - 1], static_cast<int>(ymd.year()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

/// httplib's server with a connection loop of our own: no busy polling of idle connections, and
/// replies that can be cut or reset.
class HttpServer final : public httplib::Server {
   public:
    void listen_with_long_backlog() { ::listen(svr_sock_, backlog); }
    void close_connections() { stop_.raise(); }

   private:
    bool process_and_close_socket(socket_t socket) override {
        Connection connection(socket, stop_);
        current_connection() = &connection;
        while (connection.wait_for_request()) {
            bool closed = false;
            const bool last = stop_.raised();
            const bool served = process_request(connection, last, closed, nullptr);
            const bool usable = connection.flush();
            if (!served || closed || last || !usable || !connection.answered()) break;
        }
        current_connection() = nullptr;
        return true;
    }

    StopSignal stop_;
};

void fill(httplib::Response& out, const HttpReply& reply) {
    out.status = reply.status;
    out.set_content(reply.body, reply.content_type);
}

HttpRequest to_request(const httplib::Request& in) {
    return {.method = in.method,
            .path = in.path,
            .authorization = in.get_header_value("Authorization"),
            .auth_id = in.get_header_value("x-xdr-auth-id"),
            .body = in.body};
}

}  // namespace

class Server::Impl {
   public:
    Impl(Service& service, Clock now, const Listen& listen, Hold hold)
        : service_(service), now_(std::move(now)), hold_(std::move(hold)), host_(listen.host) {
        http_.set_keep_alive_max_count(1'000'000).set_keep_alive_timeout(Connection::idle_limit_s);
        http_.new_task_queue = [] { return new GrowingPool; };
        // Any path and any method: the service knows them all.
        http_.set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
            if (in.method == "POST" || in.method == "PUT" || in.method == "PATCH")
                return httplib::Server::HandlerResponse::Unhandled;  // its body is not read yet
            reply(in, out);
            return httplib::Server::HandlerResponse::Handled;
        });
        const auto any = [this](const httplib::Request& in, httplib::Response& out) {
            reply(in, out);
        };
        const char* any_path = R"([\s\S]*)";
        http_.Post(any_path, any).Put(any_path, any).Patch(any_path, any);
        http_.set_payload_max_length(largest_body);
        http_.set_error_handler(httplib::Server::HandlerWithResponse(
            [](const httplib::Request&, httplib::Response& out) {
                if (current_connection()->answered())
                    return httplib::Server::HandlerResponse::Unhandled;
                fill(out, refused_by_transport(out.status));
                return httplib::Server::HandlerResponse::Handled;
            }));
        http_.set_exception_handler(
            [](const httplib::Request&, httplib::Response& out, std::exception_ptr) {
                fill(out, refused_by_transport(500));
            });
        bind(listen);
        thread_ = std::thread([this] {
            http_.listen_after_bind();
            ended_ = true;
        });
        while (!http_.is_running() && !ended_) std::this_thread::yield();
    }

    ~Impl() { stop(); }

    int port() const { return port_; }
    const std::string& host() const { return host_; }

    void stop() {
        http_.close_connections();
        http_.stop();
        if (thread_.joinable()) thread_.join();
    }

   private:
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

    void reply(const httplib::Request& in, httplib::Response& out) {
        HttpReply reply;
        std::chrono::milliseconds held{0};
        {
            const std::lock_guard lock(mutex_);
            const TimePoint now = now_();
            reply = service_.answer(to_request(in), now);
            out.set_header("Date", http_date(now));
            if (hold_) held = hold_();
        }
        current_connection()->hold(held);
        fill(out, reply);
        current_connection()->deliver(reply.delivery);
    }

    HttpServer http_;
    std::mutex mutex_;  ///< the service and the clock
    Service& service_;
    Clock now_;
    Hold hold_;
    std::string host_;
    int port_ = 0;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

Server::Server(Service& service, Clock now, const Listen& listen, Hold hold)
    : impl_(std::make_unique<Impl>(service, std::move(now), listen, std::move(hold))) {}

Server::~Server() = default;

int Server::port() const { return impl_->port(); }

std::string Server::url() const {
    const std::string& host = impl_->host();
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return "http://" + name + ":" + std::to_string(port());
}

void Server::stop() { impl_->stop(); }

}  // namespace mockxdr
