#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "stop_signal.hpp"
#include "transport.hpp"

namespace mockxdr {

/// One accepted connection: a buffer for what came, and waiting that ends when the server stops.
/// Times here are real: they are the limits for a peer that does nothing.
class Connection {
   public:
    static constexpr std::chrono::milliseconds idle_limit{300'000};     ///< between two requests
    static constexpr std::chrono::milliseconds transfer_limit{30'000};  ///< inside of one
    static constexpr std::chrono::milliseconds opening_limit{10'000};   ///< for the TLS handshake

    Connection(std::unique_ptr<Transport> transport, const StopSignal& stop);
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
    /// Waits for this long, or forever if it is negative.
    Rest rest(std::chrono::milliseconds time) const;

    bool stopping() const { return stop_.raised(); }
    bool from_loopback() const { return from_loopback_; }

   private:
    bool wait(short events, std::chrono::milliseconds limit) const;
    bool wait_for(Transport::State state, std::chrono::milliseconds limit) const;
    void drain();

    std::unique_ptr<Transport> transport_;
    const StopSignal& stop_;
    std::string in_;
    std::size_t in_at_ = 0;
    bool from_loopback_ = false;
    bool reset_ = false;
};

}  // namespace mockxdr
