#pragma once

#include <httplib.h>

#include <string>
#include <thread>
#include <utility>

/// A server that answers every POST with what it is told.
class Canned {
   public:
    explicit Canned(httplib::Server::Handler answer) {
        server_.Post(".*", std::move(answer));
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running()) std::this_thread::yield();
    }
    ~Canned() {
        server_.stop();
        thread_.join();
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

   private:
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
};
