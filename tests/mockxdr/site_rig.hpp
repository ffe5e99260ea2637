#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "mockxdr/server.hpp"
#include "print.hpp"

namespace mockxdr {

inline const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// Answers every request as it was told, remembers them, and has a clock that stands still.
class FakeSite final : public Site {
   public:
    using Answer = std::function<HttpReply(const HttpRequest&)>;

    explicit FakeSite(Answer answer) : answer_(std::move(answer)) {}
    explicit FakeSite(HttpReply reply = {.body = "{}"})
        : FakeSite([reply](const HttpRequest&) { return reply; }) {}

    HttpReply answer(const HttpRequest& request) override {
        HttpReply reply = answer_(request);
        const std::lock_guard lock(mutex_);
        reply.date = now_;
        requests_.push_back(request);
        changed_.notify_all();
        return reply;
    }

    HttpReply refuse(const HttpRequest& request, int status) override {
        HttpReply reply = Site::refuse(request, status);
        const std::lock_guard lock(mutex_);
        refused_.push_back(request.path);
        return reply;
    }

    void undelivered(std::uint64_t number) override {
        const std::lock_guard lock(mutex_);
        undelivered_.push_back(number);
        changed_.notify_all();
    }

    bool is_stale(std::uint64_t number) const override {
        const std::lock_guard lock(mutex_);
        return number > 0 && number <= stale_;
    }

    TimePoint now() const override {
        const std::lock_guard lock(mutex_);
        return now_;
    }

    /// So long that only `jump` ends it in time.
    std::chrono::milliseconds nap(TimePoint until) const override {
        const std::lock_guard lock(mutex_);
        awaited_ = until;
        changed_.notify_all();
        return std::chrono::hours{1};
    }

    std::shared_ptr<const Signal> jump() const override {
        const std::lock_guard lock(mutex_);
        return jump_;
    }

    void advance_to(TimePoint time) {
        const std::lock_guard lock(mutex_);
        now_ = time;
        tell();
    }

    /// Replies up to this number are of a world that is no more.
    void begin_anew(std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        stale_ = number;
        tell();
    }

    /// Returns once a reply waits for this time.
    void until_awaited(TimePoint time) const {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return awaited_ == time; });
    }

    /// Returns once so many requests came.
    void until_answered(std::size_t count) const {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return requests_.size() >= count; });
    }

    /// Returns once a reply did not leave; the numbers of all such.
    std::vector<std::uint64_t> until_undelivered() const {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !undelivered_.empty(); });
        return undelivered_;
    }

    std::vector<std::uint64_t> undelivered_numbers() const {
        const std::lock_guard lock(mutex_);
        return undelivered_;
    }

    /// The paths of requests that could not be read.
    std::vector<std::string> refused() const {
        const std::lock_guard lock(mutex_);
        return refused_;
    }

    std::vector<HttpRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

   private:
    void tell() {
        jump_->raise();
        jump_ = std::make_shared<Signal>();
    }

    Answer answer_;
    std::uint64_t stale_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable TimePoint awaited_{};
    TimePoint now_ = noon;
    std::vector<HttpRequest> requests_;
    std::vector<std::string> refused_;
    std::vector<std::uint64_t> undelivered_;
    std::shared_ptr<Signal> jump_ = std::make_shared<Signal>();
};

/// A plain socket, for what a well-behaved client does not do.
class Socket {
   public:
    explicit Socket(int port) : number_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = connect(number_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
        const timeval patience{.tv_sec = 60, .tv_usec = 0};  // a test fails then, and does not hang
        setsockopt(number_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    Socket(const Server& server, const std::string& text) : Socket(server.port()) {
        send_text(text);
    }
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool connected() const { return connected_; }
    int number() const { return number_; }
    void close() { ::close(std::exchange(number_, -1)); }
    void end_output() { shutdown(number_, SHUT_WR); }

    void send_text(const std::string& text) {
        REQUIRE(send(number_, text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }

    /// Empty once the peer closed or reset the connection; `was_reset` tells which.
    std::string receive() {
        char data[65536];
        const ssize_t size = recv(number_, data, sizeof data, 0);
        was_reset_ = size < 0 && errno == ECONNRESET;
        REQUIRE((size >= 0 || was_reset_));
        return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : "";
    }
    bool was_reset() const { return was_reset_; }

    /// Until the peer closes.
    std::string receive_all() {
        std::string all, more;
        while (!(more = receive()).empty()) all += more;
        return all;
    }

    /// The next so many bytes.
    std::string receive_exactly(std::size_t size) {
        while (held_.size() < size) {
            const std::string more = receive();
            REQUIRE_FALSE(more.empty());
            held_ += more;
        }
        const std::string out = held_.substr(0, size);
        held_.erase(0, size);
        return out;
    }

    /// The next bytes up to and with this text.
    std::string receive_until(const std::string& end) {
        std::string out;
        while (!out.ends_with(end)) out += receive_exactly(1);
        return out;
    }

   private:
    int number_;
    bool connected_ = false, was_reset_ = false;
    std::string held_;
};

/// What came over a socket.
struct RawReply {
    std::string head, body;

    /// Of the header with this name, written so; empty without it.
    std::string header(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return "";
        const std::size_t begin = at + name.size() + 4;
        return head.substr(begin, head.find('\r', begin) - begin);
    }
};

inline RawReply receive_reply(Socket& socket) {
    RawReply reply{.head = socket.receive_until("\r\n\r\n"), .body = ""};
    reply.body = socket.receive_exactly(std::stoul("0" + reply.header("Content-Length")));
    return reply;
}

/// A request with a body and its length. `headers`: lines with their ends.
inline std::string post(const std::string& body, const std::string& headers = "") {
    return "POST /x HTTP/1.1\r\nHost: x\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

}  // namespace mockxdr
