#include "connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace mockxdr {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t piece = 16384;
constexpr milliseconds quiet_limit{200};   ///< a peer that is silent this long has sent it all
constexpr milliseconds drain_limit{2000};  ///< for what a peer still sends when we close

bool is_loopback(int socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
    if (peer.ss_family == AF_INET)
        return ntohl(reinterpret_cast<const sockaddr_in&>(peer).sin_addr.s_addr) >> 24U == 127;
    if (peer.ss_family != AF_INET6) return false;
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
    const bool is_v4 = IN6_IS_ADDR_V4MAPPED(&address);
    return IN6_IS_ADDR_LOOPBACK(&address) || (is_v4 && address.s6_addr[12] == 127);
}

/// For poll(2).
int timeout(milliseconds time) {
    if (time < milliseconds{0}) return -1;
    return static_cast<int>(
        std::min<milliseconds::rep>(time.count(), std::numeric_limits<int>::max()));
}

int poll_all(pollfd* entries, nfds_t count, milliseconds limit) {
    const auto end = Clock::now() + limit;
    for (;;) {
        const int ready = poll(entries, count, timeout(limit));
        if (ready >= 0 || errno != EINTR) return ready;
        if (limit < milliseconds{0}) continue;
        limit =
            std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(end - Clock::now()));
    }
}

short events_for(Transport::State state) {
    return state == Transport::State::needs_output ? POLLOUT : POLLIN;
}

}  // namespace

Connection::Connection(std::unique_ptr<Transport> transport, const Signal& stop,
                       const Patience& patience)
    : transport_(std::move(transport)),
      stop_(stop),
      patience_(patience),
      from_loopback_(is_loopback(transport_->socket())) {
    // Without it, Nagle's algorithm and delayed acknowledgements cost 40 ms a reply.
    const int on = 1;
    setsockopt(transport_->socket(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() {
    if (reset_) {
        const linger now{.l_onoff = 1, .l_linger = 0};
        setsockopt(transport_->socket(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    } else {
        transport_->end();
        drain();
    }
}

/// Closing a socket with unread input resets it, and the peer may lose the reply before it.
void Connection::drain() {
    char data[piece];
    const auto end = Clock::now() + drain_limit;
    while (Clock::now() < end) {
        const ssize_t size = recv(transport_->socket(), data, sizeof data, 0);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return;
        if (size < 0 && (stop_.raised() || !wait(POLLIN, quiet_limit))) return;
    }
}

/// False when the time is over or the server stops.
bool Connection::wait(short events, milliseconds limit) const {
    pollfd entries[] = {{.fd = transport_->socket(), .events = events, .revents = 0},
                        {.fd = stop_.descriptor(), .events = POLLIN, .revents = 0}};
    return poll_all(entries, 2, limit) > 0 && entries[1].revents == 0;
}

bool Connection::wait_for(Transport::State state, milliseconds limit) const {
    return wait(events_for(state), limit);
}

bool Connection::wait_to_send(Transport::State state) {
    if (!last_end_) {
        if (wait_for(state, patience_.transfer)) return true;
        if (!stop_.raised()) return false;
        // A stop waits for the reply in hand, for a moment, and for a slow peer no longer.
        last_end_ = Clock::now() + patience_.last;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(*last_end_ - Clock::now());
    pollfd entry{.fd = transport_->socket(), .events = events_for(state), .revents = 0};
    return left > milliseconds{0} && poll_all(&entry, 1, left) > 0;
}

bool Connection::open() {
    const auto end = Clock::now() + patience_.opening;
    for (;;) {
        const Transport::State state = transport_->open().state;
        if (state == Transport::State::done) return true;
        const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
        if (state == Transport::State::gone || left < milliseconds{1}) return false;
        if (!wait_for(state, left)) return false;
    }
}

bool Connection::receive(milliseconds limit) {
    in_.erase(0, in_at_);
    in_at_ = 0;
    if (!transport_->has_input() && !wait(POLLIN, limit)) return false;
    const std::size_t had = in_.size();
    in_.resize(had + piece);
    for (;;) {
        const Transport::Step step = transport_->read(in_.data() + had, piece);
        in_.resize(had + (step.state == Transport::State::done ? step.size : piece));
        if (step.state == Transport::State::done) return true;
        if (step.state == Transport::State::gone || !wait_for(step.state, limit)) {
            in_.resize(had);
            return false;
        }
    }
}

bool Connection::send(std::string_view first, std::string_view second) {
    while (!first.empty() || !second.empty()) {
        const Transport::Step step = transport_->write(first, second);
        if (step.state == Transport::State::gone) return false;
        if (step.state != Transport::State::done) {
            if (!wait_to_send(step.state)) return false;
            continue;
        }
        const std::size_t of_first = std::min(first.size(), step.size);
        first.remove_prefix(of_first);
        second.remove_prefix(step.size - of_first);
    }
    return true;
}

Connection::Rest Connection::rest(milliseconds time, const Signal* jump) const {
    // A closed connection and one that is closed in one direction look alike: ADR 0009.
    pollfd entries[] = {{.fd = transport_->socket(), .events = POLLRDHUP, .revents = 0},
                        {.fd = stop_.descriptor(), .events = POLLIN, .revents = 0},
                        {.fd = jump ? jump->descriptor() : -1, .events = POLLIN, .revents = 0}};
    if (poll_all(entries, 3, time) <= 0) return Rest::over;
    if (entries[1].revents != 0) return Rest::stopped;
    return entries[0].revents != 0 ? Rest::peer_left : Rest::over;
}

}  // namespace mockxdr
