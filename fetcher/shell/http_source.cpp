#include "http_source.hpp"

#include <httplib.h>

#include <array>
#include <ctime>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"
#include "xdr/id.hpp"

namespace fetcher {

namespace {

constexpr const char* endpoint = "/public_api/v1/incidents/get_incidents";

struct Url {
    std::string host;    ///< scheme, name and port
    std::string prefix;  ///< without a final slash, often empty
};

/// Whether what follows the host's last colon, if there is one, is a port.
bool has_good_port(const std::string& url, std::size_t host) {
    const std::string name = url.substr(host, url.find('/', host) - host);
    const std::size_t colon = name.rfind(':');
    if (colon == std::string::npos || name.find(']', colon) != std::string::npos) return true;
    const std::string port = name.substr(colon + 1);
    return xdr::is_digits(port) && port.size() <= 5 && std::stoi(port) >= 1 &&
           std::stoi(port) <= 65535;
}

/// httplib's names of what went wrong, in words.
std::string words_for(httplib::Error error) {
    switch (error) {
        case httplib::Error::Connection:
            return "no connection could be made";
        case httplib::Error::Read:
            return "the connection broke, or timed out, before all had come";
        case httplib::Error::Write:
            return "the request could not be sent";
        case httplib::Error::SSLConnection:
            return "no TLS connection could be made";
        case httplib::Error::SSLServerVerification:
            return "the server's certificate is not trusted";
        default:
            return httplib::to_string(error);
    }
}

Url split(const std::string& url) {
    const std::size_t name = url.find("://");
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    if (!known || name + 3 >= url.size() || url[name + 3] == '/' || !has_good_port(url, name + 3))
        throw xdr::Error({.where = "",
                          .what = "'" + url + "' is not a URL",
                          .hint = "write it as http://127.0.0.1:8080 or https://api-example.com"});
    const std::size_t path = std::min(url.find('/', name + 3), url.size());
    Url out{.host = url.substr(0, path), .prefix = url.substr(path)};
    while (out.prefix.ends_with('/')) out.prefix.pop_back();
    return out;
}

/// The Date header, `Sun, 06 Nov 1994 08:49:37 GMT`; nullopt for any other form.
std::optional<TimePoint> read_http_date(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (!end || *end != '\0') return std::nullopt;
    return std::chrono::time_point_cast<Millis>(
        std::chrono::system_clock::from_time_t(timegm(&parts)));
}

std::string advice(int status) {
    if (status == 401)
        return "; check the key, its id, that it is a standard key, and this machine's clock";
    return "";
}

}  // namespace

class HttpSource::Client {
   public:
    explicit Client(const Connection& connection)
        : url_(split(connection.url)),
          http_(url_.host),
          headers_{{"Authorization", connection.api_key},
                   {"x-xdr-auth-id", connection.api_key_id},
                   {"Accept", "application/json"}} {
        // Without it, Nagle's algorithm and delayed acknowledgements cost 40 ms a request.
        http_.set_tcp_nodelay(true);
        http_.set_keep_alive(true);
        http_.set_connection_timeout(connection.timeout);
        http_.set_read_timeout(connection.timeout);
        http_.set_write_timeout(connection.timeout);
    }

    httplib::Result post(const std::string& body) {
        return http_.Post(url_.prefix + endpoint, headers_, body, "application/json");
    }

    std::string name() const { return "POST " + url_.host + url_.prefix + endpoint; }

   private:
    Url url_;
    httplib::Client http_;
    httplib::Headers headers_;
};

HttpSource::HttpSource(const Connection& connection, Query query)
    : client_(std::make_unique<Client>(connection)), query_(std::move(query)) {}

HttpSource::~HttpSource() = default;

std::variant<Page, RequestFailed> HttpSource::fetch(const PageRequest& request) {
    const httplib::Result result = client_->post(request_body(query_, request));
    if (!result) return RequestFailed{client_->name() + ": no reply: " + words_for(result.error())};
    if (result->status != 200)
        return RequestFailed{client_->name() + ": status " + std::to_string(result->status) + ": " +
                             read_reason(result->body) + advice(result->status)};
    try {
        Page page = read_page(result->body);
        page.server_time = read_http_date(result->get_header_value("Date"));
        return page;
    } catch (const xdr::Error& error) {
        return RequestFailed{client_->name() + ": " + error.what()};
    }
}

}  // namespace fetcher
