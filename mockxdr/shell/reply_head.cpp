#include "reply_head.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "mockxdr/ascii.hpp"
#include "mockxdr/http_date.hpp"

namespace mockxdr {

namespace {

struct Reason {
    int status;
    std::string_view text;
};

constexpr std::array reasons = {
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{304, "Not Modified"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{402, "Payment Required"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{413, "Payload Too Large"},
    Reason{415, "Unsupported Media Type"},
    Reason{422, "Unprocessable Entity"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
};

/// Empty, as HTTP allows, for a status without a name here.
std::string_view reason(int status) {
    const auto* found = std::find_if(reasons.begin(), reasons.end(),
                                     [&](const Reason& r) { return r.status == status; });
    return found == reasons.end() ? std::string_view() : found->text;
}

bool says_how_it_travels(std::string_view name) {
    return same_ignoring_case(name, "content-length") ||
           same_ignoring_case(name, "content-encoding") ||
           same_ignoring_case(name, "transfer-encoding") || same_ignoring_case(name, "connection");
}

bool names(const Headers& headers, std::string_view wanted) {
    return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
        return same_ignoring_case(header.first, wanted);
    });
}

/// A line end inside of a name or a value would begin another header.
std::string one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return text;
}

void add(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string reply_head(const HttpReply& reply, const HeadForm& form) {
    std::string head;
    head.reserve(256);
    head.append("HTTP/1.1 ").append(std::to_string(reply.status)).append(" ");
    head.append(reason(reply.status)).append("\r\n");
    if (!reply.content_type.empty() && !names(reply.headers, "content-type"))
        add(head, "Content-Type", one_line(reply.content_type));
    if (has_body(reply.status)) add(head, "Content-Length", std::to_string(form.length));
    if (!names(reply.headers, "date")) add(head, "Date", http_date(reply.date + reply.date_ahead));
    if (form.gzip) add(head, "Content-Encoding", "gzip");
    for (const auto& [name, value] : reply.headers)
        if (!says_how_it_travels(name)) add(head, one_line(name), one_line(value));
    if (form.closes) add(head, "Connection", "close");
    if (form.names_keep_alive && !form.closes) add(head, "Connection", "keep-alive");
    return head += "\r\n";
}

}  // namespace mockxdr
