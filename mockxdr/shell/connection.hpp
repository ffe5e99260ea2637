#pragma once

#include <httplib.h>

#include <chrono>
#include <string>

#include "mockxdr/service.hpp"
#include "stop_signal.hpp"

namespace mockxdr {

/// One accepted socket as httplib's stream, buffered both ways: a reply leaves in one piece, and
/// can be cut or replaced by a reset on its way. Owns the socket.
class Connection final : public httplib::Stream {
   public:
    static constexpr int idle_limit_s = 300;  ///< a silent keep-alive connection is closed then

    Connection(socket_t socket, const StopSignal& stop);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Waits for the head of the next request and rewrites it for httplib: false once the peer is
    /// gone, silent for too long, sends no head, or the server stops.
    bool wait_for_request();

    /// How the reply that is written next is delivered.
    void deliver(Delivery delivery) {
        delivery_ = delivery;
        answered_ = true;
    }

    /// Whether a handler answered the request in hand. If not, httplib refused it, and where the
    /// next one begins is unknown.
    bool answered() const { return answered_; }

    /// Waits, no longer than until the server stops.
    void hold(std::chrono::milliseconds time) const;

    /// Sends what was written. False if the connection cannot be used any more.
    bool flush();

    bool is_readable() const override;
    bool is_writable() const override { return true; }
    ssize_t read(char* data, size_t size) override;
    ssize_t write(const char* data, size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    socket_t socket() const override { return socket_; }

   private:
    bool wait(short events, int timeout_ms) const;
    bool receive();
    bool send_all(std::string_view data) const;
    void drain();

    socket_t socket_;
    const StopSignal& stop_;
    std::string in_, out_;
    std::size_t in_at_ = 0;
    Delivery delivery_ = Delivery::whole;
    bool answered_ = false;
};

/// The connection that the calling thread is serving a request of; nullptr elsewhere.
Connection*& current_connection();

}  // namespace mockxdr
