#include "connection.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "request_head.hpp"

namespace mockxdr {

namespace {

constexpr int transfer_limit_ms = 30'000;  ///< a peer that stops in the middle is given up
constexpr int drain_limit_ms = 200;        ///< for what a peer still sends when we close

void address(const sockaddr_storage& from, std::string& ip, int& port) {
    char text[INET6_ADDRSTRLEN] = {};
    if (from.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
        port = ntohs(v4.sin_port);
    } else {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        port = ntohs(v6.sin6_port);
    }
    ip = text;
}

}  // namespace

Connection*& current_connection() {
    thread_local Connection* current = nullptr;
    return current;
}

Connection::Connection(socket_t socket, const StopSignal& stop) : socket_(socket), stop_(stop) {
    // Without it, Nagle's algorithm and delayed acknowledgements cost 40 ms a reply.
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() {
    if (delivery_ == Delivery::reset) {
        const linger now{.l_onoff = 1, .l_linger = 0};
        setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    } else {
        shutdown(socket_, SHUT_WR);
        if (!stop_.raised()) drain();
    }
    close(socket_);
}

/// Closing a socket with unread input resets it, and the peer may lose the reply before it.
void Connection::drain() {
    char data[16384];
    for (int i = 0; i < 64; ++i)
        if (!wait(POLLIN, drain_limit_ms) || recv(socket_, data, sizeof data, 0) <= 0) return;
}

/// False when the time is over, the peer is gone or the server stops.
bool Connection::wait(short events, int timeout_ms) const {
    pollfd entries[] = {{.fd = socket_, .events = events, .revents = 0},
                        {.fd = stop_.descriptor(), .events = POLLIN, .revents = 0}};
    int ready = 0;
    do {
        ready = poll(entries, 2, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    return ready > 0 && entries[1].revents == 0;
}

void Connection::hold(std::chrono::milliseconds time) const {
    pollfd entry{.fd = stop_.descriptor(), .events = POLLIN, .revents = 0};
    if (time.count() > 0) poll(&entry, 1, static_cast<int>(time.count()));
}

/// Appends what has come to the input.
bool Connection::receive() {
    in_.erase(0, in_at_);
    in_at_ = 0;
    char data[16384];
    const ssize_t received = recv(socket_, data, sizeof data, 0);
    if (received > 0) in_.append(data, static_cast<std::size_t>(received));
    return received > 0;
}

bool Connection::wait_for_request() {
    delivery_ = Delivery::whole;
    answered_ = false;
    int patience_ms = idle_limit_s * 1000;
    for (;;) {
        if (stop_.raised()) return false;
        // Empty lines before a request are to be ignored.
        while (in_at_ < in_.size() && (in_[in_at_] == '\r' || in_[in_at_] == '\n')) ++in_at_;
        const std::string_view received = std::string_view(in_).substr(in_at_);
        if (const auto size = head_size(received)) {
            in_ = rewritten_head(received.substr(0, *size)) + std::string(received.substr(*size));
            in_at_ = 0;
            return true;
        }
        if (received.size() > longest_head) return false;
        if (!received.empty()) patience_ms = transfer_limit_ms;
        if (!wait(POLLIN, patience_ms) || !receive()) return false;
    }
}

bool Connection::is_readable() const { return in_at_ < in_.size() || wait(POLLIN, 0); }

ssize_t Connection::read(char* data, size_t size) {
    if (in_at_ == in_.size()) {
        // A client that waits for `100 Continue` gets it before its body is read.
        if (!out_.empty() && !flush()) return -1;
        if (!wait(POLLIN, transfer_limit_ms)) return -1;
        if (!receive()) return 0;
    }
    const std::size_t count = std::min(size, in_.size() - in_at_);
    std::copy_n(in_.data() + in_at_, count, data);
    in_at_ += count;
    return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, size_t size) {
    out_.append(data, size);
    return static_cast<ssize_t>(size);
}

bool Connection::send_all(std::string_view data) const {
    while (!data.empty()) {
        const ssize_t sent = send(socket_, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait(POLLOUT, transfer_limit_ms)) return false;
            continue;
        }
        if (sent < 0) return false;
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Connection::flush() {
    std::string_view data = out_;
    if (delivery_ == Delivery::reset) {
        data = {};
    } else if (delivery_ == Delivery::cut) {
        const std::size_t first = data.starts_with("HTTP/1.1 100") ? data.find("\r\n\r\n") + 4 : 0;
        const std::size_t head = std::min(data.find("\r\n\r\n", first) + 4, data.size());
        data = data.substr(0, head + (data.size() - head) / 2);
    }
    const bool sent = send_all(data);
    out_.clear();
    return sent && delivery_ == Delivery::whole;
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    if (getpeername(socket_, reinterpret_cast<sockaddr*>(&from), &size) == 0)
        address(from, ip, port);
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    if (getsockname(socket_, reinterpret_cast<sockaddr*>(&from), &size) == 0)
        address(from, ip, port);
}

}  // namespace mockxdr
