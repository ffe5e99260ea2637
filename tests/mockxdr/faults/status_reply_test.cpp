#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const TimePoint noon = regular_reply().date;

StatusReply status(int code) { return {.status = code}; }

}  // namespace

TEST_CASE("a status is read with its body, headers and time to come again", "[faults]") {
    CHECK(read(R"({"status": 503})") == ReplyFault(status(503)));
    CHECK(read(R"({"status": 400, "body": ""})") ==
          ReplyFault(StatusReply{.status = 400, .body = ""}));
    CHECK(read(R"({"status": 599, "headers": {"X-A": "b", "Content-Type": "text/html"}})") ==
          ReplyFault(StatusReply{.status = 599,
                                 .headers = {{"X-A", "b"}, {"Content-Type", "text/html"}}}));
    CHECK(read(R"({"status": 429, "retry_after": "30s"})") ==
          ReplyFault(StatusReply{.status = 429, .retry_after = RetryAfter{.after = 30s}}));
    CHECK(read(R"({"status": 429, "retry_after": {"after": "0s", "form": "date"}})") ==
          ReplyFault(
              StatusReply{.status = 429,
                          .retry_after = RetryAfter{.after = 0s, .form = RetryAfter::Form::date}}));
    CHECK(read(R"({"status": 429, "retry_after": {"after": "1m", "form": "seconds"}})") ==
          ReplyFault(StatusReply{.status = 429, .retry_after = RetryAfter{.after = 1min}}));
}

TEST_CASE("a status is one of an error", "[faults]") {
    CHECK(wrong_with(R"({"status": 399})") ==
          Texts{"1:12: 399 is out of range (at /status); expected an integer from 400 to 599"});
    CHECK(wrong_with(R"({"status": 600})").size() == 1);
    CHECK(wrong_with(R"({"status": true})") ==
          Texts{"1:12: found true (at /status); expected an integer from 400 to 599"});
}

TEST_CASE("a body, headers and a time to come again need a status", "[faults]") {
    CHECK(wrong_with(R"({"body": "x", "headers": {}, "retry_after": "1s"})") ==
          Texts{"1:10: \"body\" without a status (at /body); expected \"status\" beside it",
                "1:26: \"headers\" without a status (at /headers); expected \"status\" beside it",
                "1:45: \"retry_after\" without a status (at /retry_after); expected \"status\" "
                "beside it"});
    CHECK(wrong_with(R"({"status": 500, "body": 1})") ==
          Texts{"1:25: found an integer (at /body); expected text"});
}

TEST_CASE("a header that would break the reply is refused", "[faults]") {
    CHECK(wrong_with(R"({"status": 500, "headers": []})") ==
          Texts{"1:28: found an array (at /headers); expected an object"});
    CHECK(wrong_with(R"({"status": 500, "headers": {"X A": "b", "": "c"}})") ==
          Texts{"1:29: 'X A' is not the name of a header (at /headers/X A); expected letters, "
                "digits and hyphens such as \"X-Request-Id\"",
                "1:41: '' is not the name of a header (at /headers/); expected letters, digits "
                "and hyphens such as \"X-Request-Id\""});
    CHECK(wrong_with(R"({"status": 500, "headers": {"content-Length": "1"}})") ==
          Texts{"1:29: the server sets the header 'content-Length' itself (at "
                "/headers/content-Length); leave it out"});
    for (const std::string name : {"Transfer-Encoding", "Connection", "Content-Encoding", "Date"})
        CHECK(wrong_with(R"({"status": 500, "headers": {")" + name + R"(": "x"}})").size() == 1);
    CHECK(wrong_with(R"({"status": 500, "headers": {"X-A": "b\r\nX-B: c"}})") ==
          Texts{"1:29: the value of the header 'X-A' holds a control character (at /headers/X-A); "
                "expected one line of text"});
    CHECK(wrong_with(R"({"status": 500, "headers": {"X-A": 7}})") ==
          Texts{"1:36: found an integer (at /headers/X-A); expected text"});
    CHECK(wrong_with(R"({"status": 500, "headers": {"X-A": "b\tc"}})").empty());
}

TEST_CASE("a time to come again is in whole seconds and said once", "[faults]") {
    CHECK(wrong_with(R"({"status": 429, "retry_after": 30})") ==
          Texts{"1:32: found an integer (at /retry_after); expected a duration such as \"90s\", "
                "\"15m\" or \"1h30m\""});
    CHECK(wrong_with(R"({"status": 429, "retry_after": "1s500ms"})") ==
          Texts{"1:32: 1s500ms is not in whole seconds (at /retry_after); expected whole seconds "
                "such as \"30s\""});
    CHECK(wrong_with(R"({"status": 429, "retry_after": "-1s"})").size() == 1);
    CHECK(wrong_with(R"({"status": 429, "retry_after": {"form": "text"}})") ==
          Texts{"1:32: the key \"after\" is missing (at /retry_after); expected how long to wait, "
                "such as \"30s\"",
                "1:41: unknown form 'text' (at /retry_after/form); expected one of seconds, date"});
    CHECK(wrong_with(R"({"status": 429, "retry_after": {"after": "1s", "as": "date"}})").size() ==
          1);
    CHECK(wrong_with(R"({"status": 429, "retry_after": "1s", "headers": {"retry-after": "2"}})") ==
          Texts{"1:50: the reply says twice when to come again (at /headers/retry-after); expected "
                "either \"retry_after\" or the header"});
}

TEST_CASE("a status without a body has the body that the API sends with it", "[faults]") {
    const HttpReply reply = hit_by(status(503));
    CHECK(reply.status == 503);
    CHECK(reply.body ==
          R"({"reply": {"err_code": 503, "err_msg": "An error occurred while processing XDR )"
          R"(public API", "err_extra": null}})");
    CHECK(reply.content_type == "application/json");
    CHECK(reply.headers.empty());
    CHECK(reply.date == noon);
    CHECK(reply.tag.empty());
    CHECK(reply.delivery == Delivery{});
    CHECK(hit_by(status(429)).body ==
          R"({"reply": {"err_code": 429, "err_msg": "Rate limit exceeded", )"
          R"("err_extra": "Too many requests."}})");
    CHECK(hit_by(status(401)).body.size() == 93);
    // Clients look for the word.
    CHECK(hit_by(status(403))
              .body.starts_with(R"({"reply": {"err_code": 403, "err_msg": "Forbidden", )"));
    CHECK(hit_by(status(402))
              .body.starts_with(R"({"reply": {"err_code": 402, "err_msg": "Payment required", )"));
    CHECK(hit_by(status(413))
              .body.starts_with(
                  R"({"reply": {"err_code": 413, "err_msg": "Request body too large", )"));
    CHECK(hit_by(status(503), {.error_form = ErrorForm::flat})
              .body.starts_with(R"({"err_code": "503", )"));
    CHECK(hit_by(status(401), {.unauthorized_text = UnauthorizedText::older}).body !=
          hit_by(status(401)).body);
}

TEST_CASE("a body and headers of the scenario go out as they are", "[faults]") {
    const HttpReply reply =
        hit_by(StatusReply{.status = 502,
                           .body = "<p>bad gateway</p>",
                           .headers = {{"X-A", "b"}, {"content-type", "text/html"}}});
    CHECK(reply.status == 502);
    CHECK(reply.body == "<p>bad gateway</p>");
    CHECK(reply.content_type == "text/html");
    CHECK(reply.headers == Headers{{"X-A", "b"}});
    CHECK(hit_by(StatusReply{.status = 503, .body = ""}).body.empty());
}

TEST_CASE("the time to come again is a count of seconds or a time by the server's clock",
          "[faults]") {
    CHECK(hit_by(StatusReply{.status = 429, .retry_after = RetryAfter{.after = 90s}}).headers ==
          Headers{{"Retry-After", "90"}});
    const RetryAfter date{.after = 90s, .form = RetryAfter::Form::date};
    CHECK(hit_by(StatusReply{.status = 503, .retry_after = date}).headers ==
          Headers{{"Retry-After", "Mon, 01 Jan 2024 12:01:30 GMT"}});
}

TEST_CASE("a status is described by its number and loses the reply", "[faults]") {
    CHECK(describe(status(503)) == "status 503");
    CHECK(loses_reply(status(503)));
    CHECK(time_of(status(503)) == 0s);
}
