#include "fetcher/retry.hpp"

#include <algorithm>
#include <charconv>

#include "fetcher/http_date.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

using std::chrono::seconds;

/// The next number of SplitMix64. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014.
std::uint64_t draw(std::uint64_t& state) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

/// Seconds, at most a year: what is longer is as good as never.
std::optional<Millis> read_seconds(const std::string& text) {
    if (!xdr::is_digits(text)) return std::nullopt;
    constexpr std::int64_t year = 365 * 24 * 3600;
    std::int64_t count = year;
    if (text.size() <= 8) std::from_chars(text.data(), text.data() + text.size(), count);
    return seconds{std::min(count, year)};
}

/// How long the server asks to be left alone; a time is compared with the server's own clock.
std::optional<Millis> retry_after(const Attempt& attempt, TimePoint now) {
    if (const auto wait = read_seconds(attempt.retry_after)) return wait;
    const auto at = read_http_date(attempt.retry_after);
    if (!at) return std::nullopt;
    return std::max(Millis{0}, *at - attempt.date.value_or(now));
}

std::string come_again(Millis wait, const Attempt& attempt, TimePoint now) {
    return "come again in " + xdr::duration_text(wait) + ", at " +
           xdr::iso8601(attempt.date.value_or(std::chrono::floor<seconds>(now)) + wait);
}

std::string times(int count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

/// Beyond what comes from the age of a reply and from dates of whole seconds.
constexpr Millis notable_skew = seconds{60};

std::string skew(const Attempt& attempt, TimePoint now) {
    if (!attempt.date) return "";
    const Millis ahead = std::chrono::duration_cast<seconds>(now - *attempt.date);
    if (ahead > notable_skew)
        return ", which is " + xdr::duration_text(ahead) + " ahead of the server's";
    if (ahead < -notable_skew)
        return ", which is " + xdr::duration_text(-ahead) + " behind the server's";
    return "";
}

}  // namespace

bool may_pass(const Attempt& attempt) {
    switch (attempt.end) {
        case Attempt::End::no_connection:
        case Attempt::End::broken:
        case Attempt::End::timed_out:
            return true;
        case Attempt::End::untrusted:
        case Attempt::End::too_large:
            return false;
        case Attempt::End::reply:
            break;
    }
    switch (attempt.status) {
        case 408:
        case 425:
        case 429:
        case 502:
        case 503:
        case 504:
            return true;
        case 500:
            // The API answers a path that it does not know with 500 and text, and always will.
            return attempt.json;
        default:
            return false;
    }
}

void Retries::begin_run() {
    again_ = 0;
    waited_ = Millis{0};
}

Millis Retries::back_off() {
    Millis most = std::min(policy_.first, policy_.cap);
    for (int i = 1; i < attempts_ && most < policy_.cap; ++i)
        most = std::min(2 * most, policy_.cap);
    const auto choices = static_cast<std::uint64_t>(std::max<std::int64_t>(0, most.count())) + 1;
    return Millis{static_cast<std::int64_t>(draw(chance_) % choices)};
}

std::variant<Again, GiveUp> Retries::after(const Attempt& attempt, TimePoint now) {
    ++attempts_;
    if (!may_pass(attempt)) return GiveUp{};
    const std::optional<Millis> wanted = retry_after(attempt, now);
    const std::string when = wanted ? "; " + come_again(*wanted, attempt, now) : "";
    if (attempts_ >= policy_.most_attempts) {
        const std::string tried = policy_.most_attempts > 1 ? "tried " + times(attempts_) : "";
        return GiveUp{tried.empty() && wanted ? when.substr(2) : tried + when};
    }
    if (again_ >= policy_.budget)
        return GiveUp{"the run has tried again " + times(again_) + ", which is all it may" + when};
    if (wanted && *wanted > policy_.longest_retry_after)
        return GiveUp{come_again(*wanted, attempt, now)};
    // The server names a moment to every client that it turns away: they should not all return
    // then.
    const Millis wait = wanted.value_or(Millis{0}) + back_off();
    if (waited_ + wait > policy_.most_waiting)
        return GiveUp{"the run has waited " + xdr::duration_text(waited_) + " of the " +
                      xdr::duration_text(policy_.most_waiting) + " that it may" + when};
    ++again_;
    waited_ += wait;
    return Again{wait};
}

std::string Advice::on(const Attempt& attempt) const {
    using End = Attempt::End;
    if (attempt.end == End::untrusted)
        return "name the file with its CA's certificate, and check that the URL has the name that "
               "the certificate is for";
    if (attempt.end == End::too_large) return "ask for fewer rows at once";
    if (attempt.end != End::reply) return "";
    const std::string kind = level == KeyLevel::standard ? "a standard" : "an advanced";
    if (attempt.status == 401)
        return "check the key, its id, that it is " + kind + " key, and this machine's clock" +
               skew(attempt, now);
    if (attempt.status == 402) return "check the tenant's licence";
    if (attempt.status == 403) return "check the role of the key";
    if (attempt.status == 413) return "ask for fewer rows at once";
    const bool no_such_path = attempt.status == 404 || attempt.status == 500;
    if ((no_such_path && !attempt.json) || (attempt.status >= 300 && attempt.status < 400))
        return "check the URL: its host or the path before /public_api is wrong";
    return "";
}

}  // namespace fetcher
