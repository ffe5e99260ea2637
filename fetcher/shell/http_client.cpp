#include "http_client.hpp"

#include <httplib.h>

#include <algorithm>

#include "fetcher/http_date.hpp"
#include "key_headers.hpp"
#include "reply_body.hpp"
#include "state_file.hpp"
#include "time_limit.hpp"
#include "url.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Clock = std::chrono::steady_clock;

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

/// httplib waits for one where the reply does not say how long it is. Source: RFC 9110, 6.4.1.
bool has_body(int status) { return status >= 200 && status != 304; }

/// httplib would say so at the first request only, and not which file it is.
void check_ca_file(const std::string& file) {
    read_file(file);
    const std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(X509_STORE_new(),
                                                                   X509_STORE_free);
    if (store && X509_STORE_load_file(store.get(), file.c_str()) == 1) return;
    throw xdr::Error(
        {.where = file,
         .what = "expected certificates in PEM form",
         .hint = "name a file with the certificate of the CA that signed the server's"});
}

}  // namespace

struct HttpClient::Parts {
    explicit Parts(const Connection& connection)
        : url(split_url(connection.url)),
          key{.id = connection.api_key_id, .secret = connection.api_key, .level = connection.level},
          limits(connection.limits),
          most_body_bytes(connection.most_body_bytes),
          agent("fetch-incidents" + (connection.version.empty() ? "" : "/" + connection.version)),
          now(connection.now),
          random(connection.random),
          http(url.host) {}

    Url url;
    Key key;
    TimeLimits limits;
    std::size_t most_body_bytes;
    std::string agent;
    std::function<TimePoint()> now;
    std::function<std::uint64_t()> random;
    TimeLimit total;
    httplib::Client http;
};

/// One request and what has come of its reply.
class HttpClient::Exchange {
   public:
    Exchange(Parts& parts, const std::string& path, const std::string& body) : parts_(parts) {
        request_.method = "POST";
        request_.path = parts.url.prefix + path;
        request_.headers = {{"Accept", "application/json"},
                            {"Accept-Encoding", "gzip"},
                            {"Content-Type", "application/json"},
                            {"User-Agent", parts.agent}};
        for (auto& header : key_headers(parts.key, parts.now(), parts.random))
            request_.headers.insert(std::move(header));
        request_.body = body;
        request_.response_handler = [this](const httplib::Response& head) { return begin(head); };
        request_.content_receiver = [this](const char* data, std::size_t size, std::uint64_t,
                                           std::uint64_t) {
            last_ = Clock::now();
            return body_->add({data, size});
        };
    }

    std::variant<HttpReply, NoReply> run() {
        parts_.total.start(parts_.limits.total);
        const httplib::Result result = parts_.http.send(request_);
        const bool is_over = parts_.total.stop();
        using Fault = ReplyBody::Fault;
        const Fault fault = body_ ? body_->end() : Fault::none;
        if (is_too_large_ || fault == Fault::too_large)
            return NoReply{
                Attempt::End::too_large,
                "the reply is larger than " + std::to_string(parts_.most_body_bytes) + " bytes"};
        if (bare_) return *bare_;
        if (!odd_packing_.empty())
            return NoReply{Attempt::End::reply, "the reply is packed as '" + odd_packing_ +
                                                    "', which was not asked for"};
        const bool is_refused = !result && result.error() == httplib::Error::Canceled;
        if (fault == Fault::broken && (result || is_refused))
            return NoReply{Attempt::End::broken, "the compressed reply is broken or cut off"};
        if (!result && is_over)
            return NoReply{Attempt::End::timed_out,
                           "no whole reply within " + xdr::duration_text(parts_.limits.total)};
        if (!result) return explain(result.error());
        return reply(*result, body_ ? body_->take() : "");
    }

   private:
    static HttpReply reply(const httplib::Response& head, std::string body) {
        return {.status = head.status,
                .content_type = lower_case(head.get_header_value("Content-Type")),
                .retry_after = head.get_header_value("Retry-After"),
                .body = std::move(body),
                .date = read_http_date(head.get_header_value("Date"))};
    }

    /// The head of the reply has come.
    bool begin(const httplib::Response& head) {
        last_ = Clock::now();
        if (!has_body(head.status)) {
            bare_ = reply(head, "");
            return false;
        }
        const std::string packing = lower_case(head.get_header_value("Content-Encoding"));
        const bool gzip = packing == "gzip" || packing == "x-gzip";
        if (!gzip && !packing.empty() && packing != "identity")
            odd_packing_ = packing.substr(0, 20);
        is_too_large_ =
            head.get_header_value<std::uint64_t>("Content-Length") > parts_.most_body_bytes;
        body_ = std::make_unique<ReplyBody>(
            gzip ? ReplyBody::Packing::gzip : ReplyBody::Packing::none, parts_.most_body_bytes);
        return odd_packing_.empty() && !is_too_large_;
    }

    /// httplib does not tell a wait that was too long from a connection that broke.
    NoReply explain(httplib::Error error) const {
        using End = Attempt::End;
        const Millis quiet = std::chrono::ceil<Millis>(Clock::now() - last_);
        const TimeLimits& limits = parts_.limits;
        switch (error) {
            case httplib::Error::Connection:
                return {
                    End::no_connection,
                    "no connection could be made; check the URL, and that a server listens there"};
            case httplib::Error::ConnectionTimeout:
                return {End::timed_out,
                        "no connection within " + xdr::duration_text(limits.connect)};
            case httplib::Error::Read:
                if (quiet < limits.read)
                    return {End::broken, "the connection broke before all had come"};
                return {End::timed_out, "nothing came for " + xdr::duration_text(limits.read)};
            case httplib::Error::Write:
                if (quiet < limits.write)
                    return {End::broken, "the connection broke before the request was sent"};
                return {End::timed_out,
                        "the request could not be sent in " + xdr::duration_text(limits.write)};
            case httplib::Error::SSLConnection:
                return {
                    End::no_connection,
                    "no TLS connection could be made; check that the URL names an https server"};
            case httplib::Error::SSLServerVerification:
                return {End::untrusted, "the server's certificate is not trusted"};
            default:
                return {End::broken, "the HTTP client failed: " + httplib::to_string(error)};
        }
    }

    Parts& parts_;
    httplib::Request request_;
    std::unique_ptr<ReplyBody> body_;
    std::optional<HttpReply> bare_;  ///< a reply that is over with its head
    std::string odd_packing_;
    bool is_too_large_ = false;
    Clock::time_point last_ = Clock::now();
};

HttpClient::HttpClient(const Connection& connection) : parts_(std::make_unique<Parts>(connection)) {
    httplib::Client& http = parts_->http;
    const TimeLimits& limits = parts_->limits;
    if (parts_->url.is_tls() && !connection.ca_file.empty()) {
        check_ca_file(connection.ca_file);
        http.set_ca_cert_path(connection.ca_file);
    }
    // Without it, Nagle's algorithm and delayed acknowledgements cost 40 ms a request.
    http.set_tcp_nodelay(true);
    http.set_keep_alive(true);
    // ReplyBody does it: httplib has no limit and takes half of a packed body for all of it.
    http.set_decompress(false);
    http.set_connection_timeout(limits.connect);
    http.set_read_timeout(limits.read);
    http.set_write_timeout(limits.write);
    http.set_socket_options([parts = parts_.get()](int socket) { parts->total.watch(socket); });
}

HttpClient::~HttpClient() = default;

std::variant<HttpReply, NoReply> HttpClient::post(const std::string& path,
                                                  const std::string& body) {
    auto answer = Exchange(*parts_, path, body).run();
    const auto* reply = std::get_if<HttpReply>(&answer);
    if (!reply || !has_body(reply->status)) disconnect();
    return answer;
}

void HttpClient::disconnect() {
    parts_->http.stop();
    parts_->total.forget();
}

std::string HttpClient::name_of(const std::string& path) const {
    return "POST " + parts_->url.host + parts_->url.prefix + path;
}

}  // namespace fetcher
