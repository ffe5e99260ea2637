#include "http_source.hpp"

#include <utility>

#include "fetcher/pacing.hpp"
#include "fetcher/wire.hpp"
#include "http_client.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

constexpr const char* incidents_path = "/public_api/v1/incidents/get_incidents";
constexpr const char* extra_data_path = "/public_api/v1/incidents/get_incident_extra_data";

/// An attempt that failed, and why in words.
struct Failure {
    Attempt attempt;
    std::string why;
};

/// What a 200 that is not what was asked for means. An error object counts as the status that it
/// names. JSON that ends early may be whole the next time; a login page will not.
Failure odd_content(const HttpReply& reply, const xdr::Error& error) {
    Failure out{.attempt = {.status = 200,
                            .json = is_json_object(reply.body),
                            .retry_after = reply.retry_after,
                            .date = reply.date},
                .why = error.what()};
    const bool says_json =
        reply.content_type.empty() || reply.content_type.find("json") != std::string::npos;
    if (const int code = read_error_code(reply.body); code != 0)
        out.attempt.status = code;
    else if (!out.attempt.json && says_json)
        out.attempt.end = Attempt::End::broken;
    return out;
}

Failure refusal(const HttpReply& reply) {
    const std::string reason = read_reason(reply.body);
    return {
        .attempt = {.status = reply.status,
                    .json = is_json_object(reply.body),
                    .retry_after = reply.retry_after,
                    .date = reply.date},
        .why = "status " + std::to_string(reply.status) + (reason.empty() ? "" : ": ") + reason};
}

}  // namespace

/// Sends requests until one is answered or it makes no sense any more.
class HttpSource::Desk {
   public:
    explicit Desk(const Connection& connection)
        : http_(connection),
          level_(connection.level),
          retries_(connection.retries),
          extra_data_pace_(connection.extra_data_per_minute, std::chrono::minutes{1}),
          now_(connection.now),
          wait_(connection.wait) {}

    void begin_run() {
        retries_.begin_run();
        requests_ = asked_ = 0;
    }

    std::int64_t requests() const { return requests_; }

    struct Question {
        const char* path;
        std::string name;  ///< what is asked for, in words
        std::string body;
        Pacing* pace = nullptr;
    };

    /// `read` makes the answer of a body, or throws xdr::Error.
    template <class Read>
    auto ask(const Question& question, Read read)
        -> std::variant<decltype(read(HttpReply{})), RequestFailed> {
        const std::string name = http_.name_of(question.path) + " (request " +
                                 std::to_string(++asked_) + ": " + question.name + "): ";
        retries_.begin_request();
        for (;;) {
            if (question.pace && !wait_for(question.pace->take(now_())))
                return RequestFailed{name + "the wait for its turn was cut short", false};
            Failure failure;
            ++requests_;
            const auto answer = http_.post(question.path, question.body);
            if (const auto* none = std::get_if<NoReply>(&answer))
                failure = {.attempt = {.end = none->end}, .why = none->why};
            else if (const auto& reply = std::get<HttpReply>(answer); reply.status != 200)
                failure = refusal(reply);
            else
                try {
                    return read(reply);
                } catch (const xdr::Error& error) {
                    failure = odd_content(reply, error);
                }
            const bool has_none = failure.attempt.json &&
                                  (failure.attempt.status == 400 || failure.attempt.status == 404);
            if (const auto last = go_on(failure)) return RequestFailed{name + *last, has_none};
        }
    }

    Pacing& extra_data_pace() { return extra_data_pace_; }

   private:
    bool wait_for(Millis time) { return time <= time.zero() || wait_(time); }

    /// Waits for the next attempt. If there is none: the last word on the request.
    std::optional<std::string> go_on(const Failure& failure) {
        // Whatever is left on the line is not the next reply.
        if (failure.attempt.end == Attempt::End::broken) http_.disconnect();
        const TimePoint now = now_();
        const auto decision = retries_.after(failure.attempt, now);
        if (const auto* again = std::get_if<Again>(&decision)) {
            if (wait_for(again->wait)) return std::nullopt;
            return failure.why + "; the wait for another attempt was cut short";
        }
        std::string text = failure.why;
        const std::string advice = Advice{.level = level_, .now = now}.on(failure.attempt);
        for (const std::string& part : {advice, std::get<GiveUp>(decision).why})
            if (!part.empty()) text += "; " + part;
        return text;
    }

    HttpClient http_;
    KeyLevel level_;
    Retries retries_;
    Pacing extra_data_pace_;
    std::function<TimePoint()> now_;
    std::function<bool(Millis)> wait_;
    std::int64_t requests_ = 0;  ///< sent
    std::int64_t asked_ = 0;     ///< pages and incidents, however often they were asked for
};

HttpSource::HttpSource(const Connection& connection, Query query)
    : desk_(std::make_unique<Desk>(with_system_functions(connection))), query_(std::move(query)) {}

HttpSource::~HttpSource() = default;

void HttpSource::begin_run() { desk_->begin_run(); }

std::int64_t HttpSource::requests() const { return desk_->requests(); }

std::variant<Page, RequestFailed> HttpSource::fetch(const PageRequest& request) {
    return desk_->ask(
        {.path = incidents_path, .name = describe(request), .body = request_body(query_, request)},
        [](const HttpReply& reply) {
            Page page = read_page(reply.body);
            page.server_time = reply.date;
            return page;
        });
}

std::variant<std::string, RequestFailed> HttpSource::extra_data(const IncidentId& id,
                                                                std::int64_t alerts_limit) {
    return desk_->ask({.path = extra_data_path,
                       .name = "incident " + id.text(),
                       .body = extra_data_body(id, alerts_limit),
                       .pace = &desk_->extra_data_pace()},
                      [&id](const HttpReply& reply) { return read_extra_data(reply.body, id); });
}

}  // namespace fetcher
