#include "connection.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace mockxdr {

namespace {

constexpr int transfer_limit_ms = 30'000;  ///< a peer that stops in the middle is given up
constexpr int slice_ms = 200;              ///< how soon a wait notices that the server stops

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

Connection::Connection(socket_t socket, const std::atomic<bool>& stopping)
    : socket_(socket), stopping_(stopping) {
    // Without it, Nagle's algorithm and delayed acknowledgements cost 40 ms a reply.
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() {
    if (delivery_ == Delivery::reset) {
        const linger now{.l_onoff = 1, .l_linger = 0};
        setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    } else {
        shutdown(socket_, SHUT_RDWR);
    }
    close(socket_);
}

bool Connection::wait(short events, int timeout_ms) const {
    for (int waited = 0; waited < timeout_ms; waited += slice_ms) {
        pollfd entry{.fd = socket_, .events = events, .revents = 0};
        const int ready = poll(&entry, 1, std::min(slice_ms, timeout_ms - waited));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
        if (stopping_) return false;
    }
    return false;
}

bool Connection::wait_for_request() {
    delivery_ = Delivery::whole;
    if (in_at_ < in_.size()) return true;
    if (stopping_ || !wait(POLLIN, idle_limit_s * 1000)) return false;
    char byte = 0;
    return recv(socket_, &byte, 1, MSG_PEEK) > 0;
}

bool Connection::is_readable() const { return in_at_ < in_.size() || wait(POLLIN, slice_ms); }

ssize_t Connection::read(char* data, size_t size) {
    if (in_at_ == in_.size()) {
        // A client that waits for `100 Continue` gets it before its body is read.
        if (!out_.empty() && !flush()) return -1;
        if (!wait(POLLIN, transfer_limit_ms)) return -1;
        in_.resize(16384);
        in_at_ = 0;
        const ssize_t received = recv(socket_, in_.data(), in_.size(), 0);
        in_.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
        if (received <= 0) return received;
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
        const ssize_t sent = send(socket_, data.data(), data.size(), MSG_NOSIGNAL);
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
        const std::size_t head = std::min(data.find("\r\n\r\n") + 4, data.size());
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
