#pragma once

#include <arpa/inet.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
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

/// A server that sends these bytes whatever it is asked, once, and keeps the connection open.
class Raw {
   public:
    explicit Raw(std::string bytes)
        : bytes_(std::move(bytes)), listening_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const address = reinterpret_cast<sockaddr*>(&at);
        socklen_t size = sizeof at;
        if (bind(listening_, address, size) != 0 || listen(listening_, 1) != 0 ||
            getsockname(listening_, address, &size) != 0)
            throw std::runtime_error("no port to listen on");
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { answer(); });
    }
    ~Raw() {
        shutdown(listening_, SHUT_RDWR);
        thread_.join();
        close(listening_);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

   private:
    void answer() const {
        const int client = accept(listening_, nullptr, nullptr);
        if (client < 0) return;
        std::array<char, 4096> request;
        if (recv(client, request.data(), request.size(), 0) > 0)
            send(client, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
        while (recv(client, request.data(), request.size(), 0) > 0) continue;
        close(client);
    }

    std::string bytes_;
    int listening_ = 0, port_ = 0;
    std::thread thread_;
};
