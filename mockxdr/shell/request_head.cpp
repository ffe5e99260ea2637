#include "request_head.hpp"

#include <algorithm>
#include <cctype>

namespace mockxdr {

namespace {

constexpr std::string_view line_end = "\r\n";

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_length(std::string_view text) {
    return !text.empty() && text.size() < 16 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What a head says of the request's body, and the headers that httplib may see.
struct Head {
    std::string request_line, kept, connection;
    std::optional<std::string> length;
    bool chunked = false;

    void read(std::string_view line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            kept += std::string(line) + "\r\n";
            return;
        }
        const std::string name = lowered(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (name == "content-length")
            length = std::string(value);
        else if (name == "accept-encoding")
            kept += accepts_gzip(value) ? "Accept-Encoding: gzip\r\n" : "";
        else if (name == "connection")
            connection = std::string(line) + "\r\n";
        else if (name != "content-type" && name != "range")
            kept += std::string(line) + "\r\n";
        chunked |= name == "transfer-encoding";
    }

    static bool accepts_gzip(std::string_view value) {
        return lowered(value).find("gzip") != std::string::npos;
    }

    /// httplib reads the bodies of these methods only.
    bool reads_body() const {
        return request_line.starts_with("POST ") || request_line.starts_with("PUT ") ||
               request_line.starts_with("PATCH ");
    }
};

}  // namespace

std::optional<std::size_t> head_size(std::string_view received) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    return end + 4;
}

std::string rewritten_head(std::string_view head) {
    Head read;
    std::string_view rest = head;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find(line_end));
        rest.remove_prefix(std::min(line.size() + line_end.size(), rest.size()));
        if (line.empty()) continue;
        if (read.request_line.empty())
            read.request_line = std::string(line);
        else
            read.read(line);
    }
    const bool sound = !read.length || is_length(*read.length);
    const bool has_body = read.chunked || (read.length && *read.length != "0");
    std::string out = read.request_line + "\r\n" + read.kept;
    if (read.reads_body() && !read.chunked)
        out += "Content-Length: " + (sound ? read.length.value_or("0") : "0") + "\r\n";
    if (read.reads_body()) out += "Content-Type: application/json\r\n";
    // httplib goes by the first of two; a client's own must not stand before ours.
    const bool closes = !sound || (has_body && !read.reads_body());
    out += closes ? "Connection: close\r\n" : read.connection;
    return out + "\r\n";
}

}  // namespace mockxdr
