#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mockxdr/server.hpp"
#include "transport.hpp"

namespace mockxdr {

/// One accepted connection: a buffer for what came, and waiting that ends when the server stops.
/// Times here are real.
class Connection {
   public:
    /// `stop` must outlive the connection.
    Connection(std::unique_ptr<Transport> transport, const Signal& stop, const Patience& patience);
    /// Closes; what the peer still sends is read for a moment, or it would lose the last reply.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// False if the peer does not keep to TLS in time.
    bool open();

    /// What was received and not yet taken.
    std::string_view input() const { return std::string_view(in_).substr(in_at_); }
    void take(std::size_t size) { in_at_ += size; }
    /// Adds to the input. False once the peer is gone or silent for too long, or the server stops.
    bool receive(std::chrono::milliseconds limit);

    /// Sends both texts. False if the peer is gone or does not read them.
    bool send(std::string_view first, std::string_view second = {});
    /// From now on the connection ends with a reset instead of an orderly close.
    void reset() { reset_ = true; }

    enum class Rest { over, peer_left, stopped };
    /// Waits for this long, or forever if it is negative; until `jump` is raised if there is one.
    Rest rest(std::chrono::milliseconds time, const Signal* jump = nullptr) const;

    const Patience& patience() const { return patience_; }
    bool stopping() const { return stop_.raised(); }
    bool from_loopback() const { return from_loopback_; }

   private:
    bool wait(short events, std::chrono::milliseconds limit) const;
    bool wait_for(Transport::State state, std::chrono::milliseconds limit) const;
    bool wait_to_send(Transport::State state);
    void drain();

    std::unique_ptr<Transport> transport_;
    const Signal& stop_;
    Patience patience_;
    std::optional<std::chrono::steady_clock::time_point> last_end_{};  ///< once the server stops
    std::string in_;
    std::size_t in_at_ = 0;
    bool from_loopback_ = false;
    bool reset_ = false;
};

}  // namespace mockxdr
