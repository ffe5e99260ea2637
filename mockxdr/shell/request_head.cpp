#include "request_head.hpp"

#include <algorithm>
#include <charconv>

#include "mockxdr/ascii.hpp"

namespace mockxdr {

namespace {

constexpr std::string_view line_end = "\r\n";

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Takes the part before the first `end` off the text, and the `end` with it.
std::string_view take_until(std::string_view& text, std::string_view end) {
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + end.size(), text.size()));
    return part;
}

bool lists(std::string_view list, std::string_view word) {
    while (!list.empty())
        if (same_ignoring_case(trimmed(take_until(list, ",")), word)) return true;
    return false;
}

std::optional<std::size_t> length_in(std::string_view text) {
    const bool digits =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || text.size() >= 16 || !digits) return std::nullopt;
    std::size_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
}

enum class Plus { itself, blank };

/// Percent signs without two hexadecimal digits stay as they are.
std::string decoded(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ptr == &text[i + 1] + 2) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i] == '+' && plus == Plus::blank ? ' ' : text[i];
        }
    }
    return out;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    });
}

/// `/path?name=value&…`, or all of a URL, as a client sends it that takes us for a proxy.
void read_target(std::string_view target, HttpRequest& request) {
    if (const std::size_t scheme = target.find("://"); target[0] != '/' && scheme < target.size()) {
        target.remove_prefix(scheme + 3);
        target = target.substr(std::min(target.find_first_of("/?"), target.size()));
    }
    request.path = decoded(take_until(target, "?"), Plus::itself);
    if (request.path.empty()) request.path = "/";
    while (!target.empty()) {
        std::string_view pair = take_until(target, "&");
        if (pair.empty()) continue;
        const std::string name = decoded(take_until(pair, "="), Plus::blank);
        request.parameters.emplace_back(name, decoded(pair, Plus::blank));
    }
}

bool read_request_line(std::string_view line, RequestHead& head) {
    const std::string_view method = take_until(line, " ");
    const std::string_view target = take_until(line, " ");
    if (!is_token(method) || target.empty() || (line != "HTTP/1.1" && line != "HTTP/1.0"))
        return false;
    head.is_http_1_0 = line == "HTTP/1.0";
    head.request.method = method;
    read_target(target, head.request);
    return true;
}

/// Reads the headers one by one; those that only mean something together are kept for the end.
class HeaderReader {
   public:
    explicit HeaderReader(RequestHead& head) : head_(head) {}

    void read(std::string_view name, std::string_view value) {
        Credentials& credentials = head_.request.credentials;
        if (same_ignoring_case(name, "content-length"))
            read_length(value);
        else if (same_ignoring_case(name, "transfer-encoding"))
            read_transfer(value);
        else if (same_ignoring_case(name, "content-encoding"))
            head_.coding = coding(value);
        else if (same_ignoring_case(name, "accept-encoding"))
            accepted_.append(accepted_.empty() ? "" : ",").append(value);
        else if (same_ignoring_case(name, "connection"))
            connection_.append(",").append(value);
        else if (same_ignoring_case(name, "expect"))
            head_.expects_continue =
                same_ignoring_case(value, "100-continue") && !head_.is_http_1_0;
        else if (same_ignoring_case(name, "authorization"))
            credentials.authorization = value;
        else if (same_ignoring_case(name, "x-xdr-auth-id"))
            credentials.auth_id = value;
        else if (same_ignoring_case(name, "x-xdr-nonce"))
            credentials.nonce = value;
        else if (same_ignoring_case(name, "x-xdr-timestamp"))
            credentials.timestamp = value;
    }

    /// False if the headers contradict each other.
    bool finish() {
        head_.request.accepts_gzip = accepts_gzip(accepted_);
        head_.keeps_open = !lists(connection_, "close") &&
                           (!head_.is_http_1_0 || lists(connection_, "keep-alive"));
        // Two statements of where the body ends: nobody can tell what comes after it.
        if (head_.chunked && length_) head_.keeps_open = false;
        head_.length = head_.chunked ? 0 : length_.value_or(0);
        return sound_;
    }

   private:
    void read_length(std::string_view value) {
        const auto length = length_in(value);
        sound_ = sound_ && length && (!length_ || length_ == length);
        length_ = length;
    }

    void read_transfer(std::string_view value) {
        head_.chunked = same_ignoring_case(value, "chunked");
        sound_ = sound_ && (head_.chunked || same_ignoring_case(value, "identity"));
    }

    static RequestHead::Coding coding(std::string_view value) {
        if (same_ignoring_case(value, "gzip") || same_ignoring_case(value, "x-gzip") ||
            same_ignoring_case(value, "deflate"))
            return RequestHead::Coding::compressed;
        const bool none = value.empty() || same_ignoring_case(value, "identity");
        return none ? RequestHead::Coding::none : RequestHead::Coding::unknown;
    }

    RequestHead& head_;
    std::optional<std::size_t> length_;
    std::string accepted_, connection_;
    bool sound_ = true;
};

/// Whether a coding's weight, `;q=0.5`, is not zero.
bool has_weight(std::string_view parameters) {
    while (!parameters.empty()) {
        std::string_view value = trimmed(take_until(parameters, ";"));
        if (same_ignoring_case(trimmed(take_until(value, "=")), "q"))
            return trimmed(value).find_first_of("123456789") != std::string_view::npos;
    }
    return true;
}

}  // namespace

std::optional<std::size_t> head_size(std::string_view received) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    return end + 4;
}

std::optional<RequestHead> read_request_head(std::string_view head) {
    RequestHead out;
    if (!read_request_line(take_until(head, line_end), out)) return std::nullopt;
    HeaderReader reader(out);
    while (!head.empty()) {
        std::string_view value = take_until(head, line_end);
        if (value.find(':') == std::string_view::npos) continue;
        const std::string_view name = take_until(value, ":");
        // A blank there may hide a length from one reader and not from another.
        if (name.ends_with(' ') || name.ends_with('\t')) return std::nullopt;
        reader.read(name, trimmed(value));
    }
    if (!reader.finish()) return std::nullopt;
    return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
    std::optional<bool> named, any;
    while (!accept_encoding.empty()) {
        std::string_view parameters = take_until(accept_encoding, ",");
        const std::string_view name = trimmed(take_until(parameters, ";"));
        if (same_ignoring_case(name, "gzip") || same_ignoring_case(name, "x-gzip"))
            named = has_weight(parameters);
        if (name == "*") any = has_weight(parameters);
    }
    return named.value_or(any.value_or(false));
}

}  // namespace mockxdr
