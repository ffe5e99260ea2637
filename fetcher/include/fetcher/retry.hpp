#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "xdr/time.hpp"

namespace fetcher {

using xdr::Millis;
using xdr::TimePoint;

/// How often a request is tried and how long to wait in between. All that we ask for are reads, so
/// that any of them may be tried again.
struct RetryPolicy {
    int most_attempts = 5;  ///< of one request, 1 or more
    int budget = 50;        ///< attempts of a run beyond the first one of each request
    Millis first{500};      ///< longest wait before the second attempt; doubles with each further
    Millis cap{30'000};     ///< longest wait that doubling leads to
    Millis longest_retry_after{60'000};  ///< a server that wants more is left alone
    Millis most_waiting{300'000};        ///< of a run, all waits together
    std::uint64_t seed = 1;              ///< of the waits: two clients should not wait alike
};

/// How an attempt ended that brought no page.
struct Attempt {
    enum class End {
        reply,          ///< a whole one, with another status or content than wanted
        no_connection,  ///< none could be made
        broken,         ///< the connection or the body broke
        timed_out,      ///< a time limit was reached
        untrusted,      ///< the certificate is not good
        too_large,      ///< the body is beyond the limit
    };

    End end = End::reply;
    int status = 0;                      ///< of a reply
    bool json = false;                   ///< the reply's body is a JSON object
    std::string retry_after{};           ///< the header; empty without it
    std::optional<TimePoint> date = {};  ///< the header `Date`
};

/// Try again after this time.
struct Again {
    Millis wait{0};

    friend bool operator==(Again, Again) = default;
};

/// Do not try again.
struct GiveUp {
    std::string why;  ///< empty where the attempt says it all

    friend bool operator==(const GiveUp&, const GiveUp&) = default;
};

/// Decides what follows an attempt that failed: capped exponential back-off with full jitter, or
/// what `Retry-After` says. A run's requests share its budgets.
class Retries {
   public:
    explicit Retries(const RetryPolicy& policy) : policy_(policy), chance_(policy.seed) {}

    void begin_run();
    void begin_request() { attempts_ = 0; }

    /// After each attempt that failed. `now` is this machine's clock, for a `Retry-After` that
    /// names a time in a reply without a date.
    std::variant<Again, GiveUp> after(const Attempt& attempt, TimePoint now);

   private:
    Millis back_off();

    RetryPolicy policy_;
    std::uint64_t chance_;
    int attempts_ = 0;  ///< of this request
    int again_ = 0;     ///< of this run
    Millis waited_{0};  ///< in this run
};

/// Whether another attempt may end better.
bool may_pass(const Attempt& attempt);

/// Source: "Get Started with APIs", security levels.
enum class KeyLevel { standard, advanced };

/// What a person should check when this was the last attempt; empty where nothing is known.
struct Advice {
    KeyLevel level = KeyLevel::standard;
    TimePoint now{};  ///< this machine's clock

    std::string on(const Attempt& attempt) const;
};

}  // namespace fetcher
