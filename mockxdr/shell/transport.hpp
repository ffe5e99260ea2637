#pragma once

#include <memory>
#include <string_view>

namespace mockxdr {

/// Bytes to and from one peer, as they are or encrypted. Never waits: the socket, which it owns,
/// does not block from then on.
class Transport {
   public:
    enum class State { done, needs_input, needs_output, gone };
    /// What one call achieved: `size` bytes if done, else what the socket must be ready for before
    /// the same call is made again.
    struct Step {
        State state = State::done;
        std::size_t size = 0;
    };

    /// Throws nothing; a socket that is no good is found by the first call.
    explicit Transport(int socket);
    virtual ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// To be called until done, before anything else.
    virtual Step open() { return {}; }
    /// Never done with 0 bytes: that is `gone`.
    virtual Step read(char* data, std::size_t size) = 0;
    /// Writes from the first text and, once that is empty, the second; together not empty.
    virtual Step write(std::string_view first, std::string_view second) = 0;
    /// Whether bytes were received that `read` has not given away, so that waiting is wrong.
    virtual bool has_input() const { return false; }
    /// Tells the peer that nothing more comes.
    virtual void end();

    int socket() const { return socket_; }

   private:
    int socket_;
};

std::unique_ptr<Transport> plain_transport(int socket);

}  // namespace mockxdr
