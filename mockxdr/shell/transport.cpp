#include "transport.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace mockxdr {

namespace {

class PlainTransport final : public Transport {
   public:
    using Transport::Transport;

    Step read(char* data, std::size_t size) override {
        ssize_t got = 0;
        do {
            got = recv(socket(), data, size, 0);
        } while (got < 0 && errno == EINTR);
        if (got > 0) return {.state = State::done, .size = static_cast<std::size_t>(got)};
        return {.state = got < 0 && would_block() ? State::needs_input : State::gone, .size = 0};
    }

    Step write(std::string_view first, std::string_view second) override {
        // sendmsg(2) does not write through these pointers.
        iovec parts[] = {{.iov_base = const_cast<char*>(first.data()), .iov_len = first.size()},
                         {.iov_base = const_cast<char*>(second.data()), .iov_len = second.size()}};
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = 2;
        ssize_t sent = 0;
        do {
            sent = sendmsg(socket(), &message, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        if (sent >= 0) return {.state = State::done, .size = static_cast<std::size_t>(sent)};
        return {.state = would_block() ? State::needs_output : State::gone, .size = 0};
    }

   private:
    static bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }
};

}  // namespace

Transport::Transport(int socket) : socket_(socket) {
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

Transport::~Transport() { close(socket_); }

void Transport::end() { shutdown(socket_, SHUT_WR); }

std::unique_ptr<Transport> plain_transport(int socket) {
    return std::make_unique<PlainTransport>(socket);
}

}  // namespace mockxdr
