#include "fetcher/retry.hpp"

#include <rapidcheck.h>

#include "fetcher/http_date.hpp"
#include "fetcher/pacing.hpp"
#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace fetcher;
using End = Attempt::End;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Attempt reply(int status) { return {.status = status, .json = true}; }

Attempt busy(const std::string& retry_after, std::optional<TimePoint> date = noon) {
    return {.status = 429, .json = true, .retry_after = retry_after, .date = date};
}

/// The wait before the next attempt; a failure if there is none.
Millis wait_after(Retries& retries, const Attempt& attempt, TimePoint now = noon) {
    const auto decision = retries.after(attempt, now);
    REQUIRE(std::holds_alternative<Again>(decision));
    return std::get<Again>(decision).wait;
}

/// Why there is no next attempt; a failure if there is one.
std::string end_after(Retries& retries, const Attempt& attempt, TimePoint now = noon) {
    const auto decision = retries.after(attempt, now);
    REQUIRE(std::holds_alternative<GiveUp>(decision));
    return std::get<GiveUp>(decision).why;
}

}  // namespace

TEST_CASE("what may end better the next time is tried again", "[retry]") {
    for (const End end : {End::no_connection, End::broken, End::timed_out})
        CHECK(may_pass({.end = end}));
    for (const int status : {408, 425, 429, 500, 502, 503, 504}) CHECK(may_pass(reply(status)));
    CHECK(may_pass({.status = 502, .json = false}));
}

TEST_CASE("what will end the same way is not tried again", "[retry]") {
    for (const End end : {End::untrusted, End::too_large}) CHECK_FALSE(may_pass({.end = end}));
    for (const int status : {0, 200, 302, 400, 401, 402, 403, 404, 413, 501, 505})
        CHECK_FALSE(may_pass(reply(status)));
    CHECK_FALSE(may_pass({.status = 500, .json = false}));
    Retries retries({});
    CHECK(end_after(retries, reply(400)).empty());
}

TEST_CASE("a request is tried so many times and no more", "[retry]") {
    Retries retries({.most_attempts = 3});
    for (int request = 0; request < 2; ++request) {
        retries.begin_request();
        wait_after(retries, reply(503));
        wait_after(retries, reply(503));
        CHECK(end_after(retries, reply(503)) == "tried 3 times");
    }
    Retries never({.most_attempts = 1});
    CHECK(end_after(never, reply(503)).empty());
    CHECK(end_after(never, busy("30")) == "come again in 30s, at 2024-01-01T12:00:30Z");
}

TEST_CASE("a run tries again so many times and no more", "[retry]") {
    Retries retries({.most_attempts = 3, .budget = 3});
    const auto use_up = [&] {
        for (int request = 0; request < 3; ++request) {
            retries.begin_request();
            wait_after(retries, reply(503));
        }
        retries.begin_request();
        return end_after(retries, reply(503));
    };
    CHECK(use_up() == "the run has tried again 3 times, which is all it may");
    retries.begin_run();
    CHECK(use_up() == "the run has tried again 3 times, which is all it may");
}

TEST_CASE("waits double up to the cap and are drawn from the whole span", "[retry][property]") {
    require_property("back-off", [] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const RetryPolicy policy{.most_attempts = 40, .most_waiting = 24h, .seed = seed};
        Retries retries(policy), twin(policy);
        Millis most = 500ms;
        for (int i = 1; i < 40; ++i, most = std::min(2 * most, Millis{30s})) {
            const auto decision = retries.after(reply(503), noon);
            RC_ASSERT(std::get<Again>(decision).wait >= 0ms);
            RC_ASSERT(std::get<Again>(decision).wait <= most);
            RC_ASSERT(decision == twin.after(reply(503), noon));
        }
    });
    Millis least = 1h, most = 0ms;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        Retries retries({.seed = seed});
        const Millis wait = wait_after(retries, reply(503));
        least = std::min(least, wait);
        most = std::max(most, wait);
    }
    CHECK(least < 10ms);
    CHECK(most > 490ms);
}

TEST_CASE("a server is left alone for as many seconds as it asks for", "[retry]") {
    Retries retries({.first = 100ms});
    const Millis wait = wait_after(retries, busy("30"));
    CHECK(wait >= 30s);
    CHECK(wait <= 30s + 100ms);
    CHECK(wait_after(retries, busy("0")) <= 200ms);
}

TEST_CASE("a time to come again counts from the reply's date, not from our clock", "[retry]") {
    Retries retries({.first = 0ms});
    const std::string at = "Mon, 01 Jan 2024 12:00:40 GMT";
    CHECK(wait_after(retries, busy(at), noon + 5h) == 40s);
    CHECK(wait_after(retries, busy(at, noon + 41s), noon) == 0ms);
    CHECK(wait_after(retries, busy(at, std::nullopt), noon + 15s) == 25s);
}

TEST_CASE("a time to come again in any other form is none", "[retry]") {
    for (const std::string text : {"soon", "-1", "1.5", " 30", "", "2024-01-01T12:00:40Z"}) {
        Retries retries({.first = 0ms});
        CHECK(wait_after(retries, busy(text)) == 0ms);
    }
}

TEST_CASE("a server that wants to be left alone for long is", "[retry]") {
    Retries retries({});
    CHECK(end_after(retries, busy("61")) == "come again in 1m1s, at 2024-01-01T12:01:01Z");
    CHECK(end_after(retries, busy("Mon, 01 Jan 2024 13:30:00 GMT")) ==
          "come again in 1h30m, at 2024-01-01T13:30:00Z");
    CHECK(end_after(retries, busy("61", std::nullopt), noon + 1h + 1ms) ==
          "come again in 1m1s, at 2024-01-01T13:01:01Z");
    CHECK(end_after(retries, busy(std::string(30, '9'))).starts_with("come again in 365d"));
    Retries last({.most_attempts = 2});
    wait_after(last, busy("1"));
    CHECK(end_after(last, busy("5")) == "tried 2 times; come again in 5s, at 2024-01-01T12:00:05Z");
}

TEST_CASE("a run waits so long and no longer", "[retry]") {
    Retries retries({.first = 0ms, .most_waiting = 90s});
    CHECK(wait_after(retries, busy("50")) == 50s);
    CHECK(end_after(retries, busy("41")) ==
          "the run has waited 50s of the 1m30s that it may; come again in 41s, at "
          "2024-01-01T12:00:41Z");
    CHECK(wait_after(retries, busy("40")) == 40s);
    retries.begin_run();
    CHECK(wait_after(retries, busy("41")) == 41s);
}

TEST_CASE("whoever is not let in is told what to check", "[retry]") {
    Attempt refused{.status = 401, .json = true, .date = noon};
    CHECK(Advice{.now = noon + 60s}.on(refused) ==
          "check the key, its id, that it is a standard key, and this machine's clock");
    CHECK(Advice{.level = KeyLevel::advanced, .now = noon + 61s + 900ms}.on(refused) ==
          "check the key, its id, that it is an advanced key, and this machine's clock, which is "
          "1m1s ahead of the server's");
    CHECK(Advice{.now = noon - 2h}.on(refused).ends_with(
        "this machine's clock, which is 2h behind the server's"));
    refused.date.reset();
    CHECK(Advice{.now = noon}.on(refused).ends_with("and this machine's clock"));
}

TEST_CASE("advice fits what went wrong", "[retry]") {
    const std::string url = "check the URL: its host or the path before /public_api is wrong";
    const Advice advice{.now = noon};
    CHECK(advice.on({.status = 500, .json = false}) == url);
    CHECK(advice.on({.status = 404, .json = false}) == url);
    CHECK(advice.on({.status = 302, .json = false}) == url);
    CHECK(advice.on({.status = 500, .json = true}).empty());
    CHECK(advice.on({.status = 404, .json = true}).empty());
    CHECK(advice.on(reply(402)) == "check the tenant's licence");
    CHECK(advice.on(reply(403)) == "check the role of the key");
    CHECK(advice.on(reply(413)) == "ask for fewer rows at once");
    CHECK(advice.on({.end = End::too_large}) == "ask for fewer rows at once");
    CHECK(advice.on({.end = End::untrusted}).starts_with("name the file with its CA's"));
    CHECK(advice.on({.end = End::broken, .status = 401}).empty());
}

TEST_CASE("a date of HTTP is read", "[http_date]") {
    CHECK(read_http_date("Sun, 06 Nov 1994 08:49:37 GMT") ==
          xdr::parse_iso8601("1994-11-06T08:49:37Z"));
    CHECK(read_http_date("Thu, 29 Feb 2024 23:59:60 GMT") ==
          xdr::parse_iso8601("2024-03-01T00:00:00Z"));
    for (int month = 1; month <= 12; ++month) {
        const std::string names = "JanFebMarAprMayJunJulAugSepOctNovDec";
        const auto at = static_cast<std::size_t>(month - 1) * 3;
        const auto read = read_http_date("Mon, 15 " + names.substr(at, 3) + " 2024 00:00:00 GMT");
        REQUIRE(read);
        CHECK(xdr::iso8601(*read).substr(5, 2) == (month < 10 ? "0" : "") + std::to_string(month));
    }
}

TEST_CASE("what is no date of HTTP is none", "[http_date]") {
    for (const std::string text :
         {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 30 Feb 2024 08:49:37 GMT",
          "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
          "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
          "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
          "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
        CHECK_FALSE(read_http_date(text));
}

TEST_CASE("requests keep within a quota", "[pacing]") {
    Pacing pacing(2, 1min);
    CHECK(pacing.take(noon) == 0s);
    CHECK(pacing.take(noon + 20s) == 0s);
    CHECK(pacing.take(noon + 20s) == 40s);
    CHECK(pacing.take(noon + 1min) == 20s);
    CHECK(pacing.take(noon + 3min) == 0s);
}

TEST_CASE("no span holds more requests than its quota", "[pacing][property]") {
    require_property("pacing", [] {
        const auto places = *rc::gen::inRange<std::size_t>(1, 5);
        Pacing pacing(places, 10s);
        std::vector<TimePoint> sent;
        TimePoint now = noon;
        for (int i = 0; i < 30; ++i) {
            now += Millis{*rc::gen::inRange(0, 6000)};
            now += pacing.take(now);
            sent.push_back(now);
            if (sent.size() > places) RC_ASSERT(now - sent[sent.size() - 1 - places] >= 10s);
        }
    });
}

TEST_CASE("a clock that is set back costs one span at most", "[pacing]") {
    Pacing pacing(2, 1min);
    pacing.take(noon);
    pacing.take(noon);
    TimePoint now = noon - 24h;
    CHECK(pacing.take(now) == 1min);
    now += 1min;
    CHECK(pacing.take(now) == 0s);
}
