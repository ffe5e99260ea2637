#include "xdr/time.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "xdr/error.hpp"

namespace xdr {

namespace {

using namespace std::chrono;

/// Takes a text apart from its front. Every take_ either takes what it names or takes nothing.
class Scanner {
   public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<int> take_digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    std::string_view take_all_digits() {
        std::size_t size = 0;
        while (size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9') ++size;
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

   private:
    std::string_view rest_;
};

std::optional<sys_days> read_date(Scanner& in) {
    const auto y = in.take_digits(4);
    if (!y || !in.take('-')) return std::nullopt;
    const auto m = in.take_digits(2);
    if (!m || !in.take('-')) return std::nullopt;
    const auto d = in.take_digits(2);
    if (!d) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                              day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

Millis fraction(std::string_view digits) {
    int ms = 0;
    for (std::size_t i = 0; i < 3; ++i) ms = ms * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return Millis{ms};
}

std::optional<Millis> read_time_of_day(Scanner& in) {
    const auto h = in.take_digits(2);
    if (!h || *h > 23 || !in.take(':')) return std::nullopt;
    const auto m = in.take_digits(2);
    if (!m || *m > 59) return std::nullopt;
    Millis time = hours{*h} + minutes{*m};
    if (!in.take(':')) return time;
    const auto s = in.take_digits(2);
    if (!s || *s > 59) return std::nullopt;
    time += seconds{*s};
    if (!in.take('.')) return time;
    const std::string_view digits = in.take_all_digits();
    if (digits.empty()) return std::nullopt;
    return time + fraction(digits);
}

/// The offset from UTC that the rest of the text names; nullopt for a rest that is none.
std::optional<minutes> read_zone(Scanner& in) {
    if (in.take('Z') || in.take('z')) return minutes{0};
    const bool east = in.take('+');
    if (!east && !in.take('-')) return std::nullopt;
    const auto h = in.take_digits(2);
    if (!h || *h > 23) return std::nullopt;
    in.take(':');
    const auto m = in.take_digits(2);
    if (!m || *m > 59) return std::nullopt;
    const minutes offset = hours{*h} + minutes{*m};
    return east ? offset : -offset;
}

struct Unit {
    std::string_view name;
    Millis length;
};

constexpr std::array<Unit, 5> units{{{"d", hours{24}},
                                     {"h", hours{1}},
                                     {"m", minutes{1}},
                                     {"s", seconds{1}},
                                     {"ms", milliseconds{1}}}};

constexpr Millis longest = hours{24} * 365250;  // a thousand years

/// One part such as `30m`; `next` is the first unit that may still come.
std::optional<Millis> read_part(Scanner& in, std::size_t& next) {
    const std::string_view digits = in.take_all_digits();
    if (digits.empty() || digits.size() > 13) return std::nullopt;
    std::int64_t number = 0;
    for (const char c : digits) number = number * 10 + (c - '0');
    for (std::size_t i = next; i < units.size(); ++i) {
        if (units[i].name == "m" && in.rest().starts_with("ms")) continue;
        if (!in.take(units[i].name)) continue;
        next = i + 1;
        if (number > longest / units[i].length) return std::nullopt;
        return number * units[i].length;
    }
    return std::nullopt;
}

std::optional<Millis> read_duration(std::string_view text) {
    Scanner in(text);
    const bool negative = in.take('-');
    Millis sum{0};
    std::size_t next = 0;
    do {
        const auto part = read_part(in, next);
        if (!part) return std::nullopt;
        sum += *part;
    } while (!in.at_end());
    if (sum > longest) return std::nullopt;
    return negative ? -sum : sum;
}

}  // namespace

std::string iso8601(TimePoint time) {
    const auto days = floor<std::chrono::days>(time);
    const year_month_day date{days};
    const hh_mm_ss clock{time - days};
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    std::string out = text.data();
    if (const auto ms = static_cast<int>(clock.subseconds().count()); ms != 0) {
        std::snprintf(text.data(), text.size(), ".%03d", ms);
        out += text.data();
    }
    return out + "Z";
}

std::optional<ReadTime> read_iso8601(std::string_view text) {
    Scanner in(text);
    const auto date = read_date(in);
    if (!date) return std::nullopt;
    TimePoint time = *date;
    if (in.at_end()) return ReadTime{.time = time, .names_zone = false};
    if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
    const auto time_of_day = read_time_of_day(in);
    if (!time_of_day) return std::nullopt;
    time += *time_of_day;
    if (in.at_end()) return ReadTime{.time = time, .names_zone = false};
    const auto zone = read_zone(in);
    if (!zone || !in.at_end()) return std::nullopt;
    return ReadTime{.time = time - *zone, .names_zone = true};
}

TimePoint parse_iso8601(std::string_view text) {
    const auto read = read_iso8601(text);
    if (!read || !read->names_zone)
        throw Error({.where = "",
                     .what = "'" + std::string(text) + "' is not a time" +
                             (read ? " with a zone" : " of the calendar"),
                     .hint = "write it as 2024-01-01T12:00:00Z"});
    return read->time;
}

std::string duration_text(Millis duration) {
    if (duration == Millis{0}) return "0s";
    std::string text = duration < Millis{0} ? "-" : "";
    Millis rest = duration < Millis{0} ? -duration : duration;
    for (const Unit& unit : units) {
        if (const auto count = rest / unit.length; count != 0)
            text += std::to_string(count) + std::string(unit.name);
        rest %= unit.length;
    }
    return text;
}

Millis parse_duration(std::string_view text) {
    const auto duration = read_duration(text);
    if (!duration)
        throw Error({.where = "",
                     .what = "'" + std::string(text) + "' is not a duration",
                     .hint = "write it as 90s, 15m, 1h30m, 2d or 250ms"});
    return *duration;
}

}  // namespace xdr
