#include "request_input.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gzip.hpp"

namespace mockxdr {

namespace {

constexpr std::size_t longest_line = 4096;  ///< between chunks
constexpr int bad_request = 400, too_large = 413, unsupported = 415, long_head = 431;
constexpr char tls_handshake = 0x16;  ///< first byte of a client that wants TLS

/// Thrown and caught here only: why a body cannot be had. Status 0: the peer is gone.
struct NoBody {
    int status;
};

class BodyReader {
   public:
    BodyReader(Connection& connection, const RequestHead& head)
        : connection_(connection), waits_(head.expects_continue) {}

    std::string read_sized(std::size_t length) {
        if (length > largest_body) throw NoBody{too_large};
        std::string body;
        append(body, length);
        return body;
    }

    std::string read_chunked() {
        std::string body;
        while (const std::size_t size = chunk_size()) {
            if (body.size() + size > largest_body) throw NoBody{too_large};
            append(body, size);
            if (!line().empty()) throw NoBody{bad_request};
        }
        // Headers may come after the last chunk.
        std::size_t trailers = 0;
        for (std::string last = line(); !last.empty(); last = line())
            if ((trailers += last.size()) > longest_head) throw NoBody{bad_request};
        return body;
    }

   private:
    void receive() {
        // A client that waits for it sends nothing before.
        if (std::exchange(waits_, false) && !connection_.send("HTTP/1.1 100 Continue\r\n\r\n"))
            throw NoBody{0};
        if (!connection_.receive(connection_.patience().transfer)) throw NoBody{0};
    }

    void append(std::string& body, std::size_t size) {
        while (size > 0) {
            if (connection_.input().empty()) receive();
            const std::string_view more = connection_.input().substr(0, size);
            body += more;
            size -= more.size();
            connection_.take(more.size());
        }
    }

    std::string line() {
        for (;;) {
            const std::string_view input = connection_.input();
            const std::size_t end = input.find("\r\n");
            if (std::min(end, input.size()) > longest_line) throw NoBody{bad_request};
            if (end != std::string_view::npos) {
                std::string text(input.substr(0, end));
                connection_.take(end + 2);
                return text;
            }
            receive();
        }
    }

    std::size_t chunk_size() {
        const std::string text = line();
        std::size_t size = 0;
        const char* end = text.data() + std::min(text.find_first_of("; \t"), text.size());
        const auto [stopped, error] = std::from_chars(text.data(), end, size, 16);
        if (error != std::errc{} || stopped != end) throw NoBody{bad_request};
        if (size > largest_body) throw NoBody{too_large};
        return size;
    }

    Connection& connection_;
    bool waits_;
};

std::string read_body(Connection& connection, const RequestHead& head) {
    BodyReader reader(connection, head);
    std::string body = head.chunked ? reader.read_chunked() : reader.read_sized(head.length);
    if (head.coding == RequestHead::Coding::none || body.empty()) return body;
    if (head.coding == RequestHead::Coding::unknown) throw NoBody{unsupported};
    Unpacked unpacked = unpack(body, largest_body);
    if (unpacked.end == Unpacked::End::too_large) throw NoBody{too_large};
    if (unpacked.end == Unpacked::End::broken) throw NoBody{bad_request};
    return std::move(unpacked.text);
}

std::optional<Received> read_request(Connection& connection, std::size_t size) {
    auto head = read_request_head(connection.input().substr(0, size));
    connection.take(size);
    if (!head) return Received{.head = {}, .refused = bad_request};
    Received received{.head = std::move(*head), .refused = 0};
    received.head.request.from_loopback = connection.from_loopback();
    try {
        received.head.request.body = read_body(connection, received.head);
    } catch (const NoBody& none) {
        if (none.status == 0) return std::nullopt;
        received.refused = none.status;
    }
    return received;
}

/// A request that is refused before its head was read.
Received refused(int status, std::string path) {
    Received received{.head = {}, .refused = status};
    received.head.request.path = std::move(path);
    return received;
}

/// What can be no head of a request, however much more comes.
std::optional<Received> hopeless(std::string_view input, std::size_t head) {
    if (!input.empty() && input.front() == tls_handshake)
        return refused(bad_request, "(TLS on a plain port: see --tls-cert)");
    if (input.find("\n\n") < head) return refused(bad_request, "(line ends without CR)");
    if (head > longest_head) return refused(long_head, "(a head above 64 KiB)");
    return std::nullopt;
}

}  // namespace

std::optional<Received> next_request(Connection& connection) {
    auto patience = connection.patience().idle;
    for (;;) {
        if (connection.stopping()) return std::nullopt;
        // Empty lines before a request are to be ignored.
        const std::size_t blank = connection.input().find_first_not_of("\r\n");
        connection.take(std::min(blank, connection.input().size()));
        const auto size = head_size(connection.input());
        if (auto no = hopeless(connection.input(), size.value_or(connection.input().size())))
            return no;
        if (size) return read_request(connection, *size);
        if (!connection.input().empty()) patience = connection.patience().transfer;
        if (!connection.receive(patience)) return std::nullopt;
    }
}

}  // namespace mockxdr
