#include "twin.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "xdr/error.hpp"

namespace harness {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw xdr::Error({.where = "second process",
                      .what = what,
                      .hint = "run with --no-recheck to play everything once only"},
                     xdr::Blame::surroundings);
}

/// All of it, whatever signals come; false at the end of the stream or an error.
template <class Call>
bool whole(Call call, void* data, std::size_t size) {
    auto* at = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t done = call(at, size);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        size -= static_cast<std::size_t>(done);
    }
    return true;
}

bool receive(int socket, void* data, std::size_t size) {
    return whole([&](void* at, std::size_t n) { return ::recv(socket, at, n, 0); }, data, size);
}

bool send_all(int socket, const void* data, std::size_t size) {
    return whole([&](void* at, std::size_t n) { return ::send(socket, at, n, MSG_NOSIGNAL); },
                 const_cast<void*>(data), size);
}

}  // namespace

Twin::Twin(const sim::Subject& subject, const sim::Campaign& campaign) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        fail(std::strerror(errno));
    child_ = ::fork();
    if (child_ < 0) {
        const std::string why = std::strerror(errno);
        ::close(ends[0]);
        ::close(ends[1]);
        fail(why);
    }
    const bool parent = child_ > 0;
    socket_ = ends[parent ? 0 : 1];
    ::close(ends[parent ? 1 : 0]);
    if (!parent) serve(subject, campaign);
}

Twin::~Twin() {
    ::close(socket_);
    ::waitpid(child_, nullptr, 0);
}

void Twin::serve(const sim::Subject& subject, const sim::Campaign& campaign) const {
    // Nothing may unwind into the caller: this is not its process.
    try {
        std::array<std::uint64_t, 2> wanted{};
        while (receive(socket_, wanted.data(), sizeof wanted)) {
            const std::uint64_t digest =
                sim::explore(subject, campaign, wanted[0], wanted[1], sim::OnFailure::go_on).digest;
            if (!send_all(socket_, &digest, sizeof digest)) break;
        }
        ::_exit(0);
    } catch (...) {
        ::_exit(1);
    }
}

void Twin::start(std::uint64_t first, std::uint64_t count) {
    const std::array<std::uint64_t, 2> wanted{first, count};
    if (!send_all(socket_, wanted.data(), sizeof wanted)) fail("it has ended");
}

std::uint64_t Twin::digest() {
    std::uint64_t out = 0;
    if (!receive(socket_, &out, sizeof out)) fail("it has ended");
    return out;
}

}  // namespace harness
