#pragma once

#include <httplib.h>

#include <atomic>
#include <string>

#include "mockxdr/service.hpp"

namespace mockxdr {

/// One accepted socket as httplib's stream, buffered both ways: a reply leaves in one piece, and
/// can be cut or replaced by a reset on its way. Owns the socket.
class Connection final : public httplib::Stream {
   public:
    static constexpr int idle_limit_s = 300;  ///< a silent keep-alive connection is closed then

    Connection(socket_t socket, const std::atomic<bool>& stopping);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Waits for the next request: false once the peer is gone, silent for too long, or the server
    /// stops.
    bool wait_for_request();

    /// How the reply that is written next is delivered.
    void deliver(Delivery delivery) { delivery_ = delivery; }

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
    bool send_all(std::string_view data) const;

    socket_t socket_;
    const std::atomic<bool>& stopping_;
    std::string in_, out_;
    std::size_t in_at_ = 0;
    Delivery delivery_ = Delivery::whole;
};

/// The connection that the calling thread is serving a request of; nullptr elsewhere.
Connection*& current_connection();

}  // namespace mockxdr
