#include "xdr/date_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "xdr/text.hpp"

namespace xdr {

namespace {

using namespace std::chrono;

enum class Unit { second, minute, hour, day, week, month, year };

struct Span {
    double count = 0;
    Unit unit = Unit::second;
};

std::string lowered(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

enum class Kind { digit, letter, other };

Kind kind(char c) {
    if ((c >= '0' && c <= '9') || c == '.') return Kind::digit;
    return c >= 'a' && c <= 'z' ? Kind::letter : Kind::other;
}

/// Numbers and words, in order; blanks and commas part them. Any other sign: nullopt.
std::optional<std::vector<std::string>> tokens(std::string_view text) {
    std::vector<std::string> out;
    Kind last = Kind::other;
    for (const char c : text) {
        const Kind now = kind(c);
        if (now == Kind::other) {
            if (c != ' ' && c != ',') return std::nullopt;
        } else if (now == last) {
            out.back() += c;
        } else {
            out.emplace_back(1, c);
        }
        last = now;
    }
    return out;
}

std::optional<Unit> unit(std::string_view word) {
    struct Name {
        std::string_view word;
        Unit unit;
    };
    static constexpr std::array<Name, 27> names{
        {{"s", Unit::second},       {"sec", Unit::second},     {"secs", Unit::second},
         {"second", Unit::second},  {"seconds", Unit::second}, {"m", Unit::minute},
         {"min", Unit::minute},     {"mins", Unit::minute},    {"minute", Unit::minute},
         {"minutes", Unit::minute}, {"h", Unit::hour},         {"hr", Unit::hour},
         {"hrs", Unit::hour},       {"hour", Unit::hour},      {"hours", Unit::hour},
         {"d", Unit::day},          {"day", Unit::day},        {"days", Unit::day},
         {"w", Unit::week},         {"week", Unit::week},      {"weeks", Unit::week},
         {"month", Unit::month},    {"months", Unit::month},   {"y", Unit::year},
         {"yr", Unit::year},        {"year", Unit::year},      {"years", Unit::year}}};
    const auto* found = std::find_if(names.begin(), names.end(),
                                     [&](const Name& name) { return name.word == word; });
    if (found == names.end()) return std::nullopt;
    return found->unit;
}

std::optional<double> number(const std::string& token) {
    static constexpr std::array<std::string_view, 13> words{
        "zero",  "one",   "two",  "three", "four",   "five",  "six",
        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    if (token == "a" || token == "an") return 1;
    if (const auto* word = std::find(words.begin(), words.end(), token); word != words.end())
        return static_cast<double>(word - words.begin());
    if (token.size() > 9 || token.front() == '.' || token.back() == '.' ||
        std::count(token.begin(), token.end(), '.') > 1 || kind(token.front()) != Kind::digit)
        return std::nullopt;
    return std::stod(token);
}

std::optional<std::vector<Span>> spans(const std::vector<std::string>& words) {
    std::vector<Span> out;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (words[i] == "and" && i > 0) ++i;
        if (i + 1 >= words.size()) return std::nullopt;
        const auto count = number(words[i]);
        const auto of = unit(words[i + 1]);
        if (!count || !of) return std::nullopt;
        out.push_back({.count = *count, .unit = *of});
    }
    if (out.empty()) return std::nullopt;
    return out;
}

/// The calendar's months, the day clamped to the month's last one.
TimePoint add_months(TimePoint time, std::int64_t count) {
    const auto midnight = floor<days>(time);
    const year_month_day date{midnight};
    const year_month target = year_month{date.year(), date.month()} + months{count};
    const year_month_day_last last{target.year(), month_day_last{target.month()}};
    return sys_days{target / std::min(date.day(), last.day())} + (time - midnight);
}

Millis length(Unit unit) {
    switch (unit) {
        case Unit::second:
            return seconds{1};
        case Unit::minute:
            return minutes{1};
        case Unit::hour:
            return hours{1};
        case Unit::day:
            return hours{24};
        default:
            return hours{24 * 7};
    }
}

/// Years 1 to 9999: all that a text of ours can name.
bool in_calendar(TimePoint time) {
    static constexpr TimePoint first = sys_days{year{1} / January / 1};
    static constexpr TimePoint last = sys_days{year{9999} / December / 31};
    return first <= time && time <= last;
}

std::optional<TimePoint> moved_by(TimePoint now, const Span& span, int sign) {
    static constexpr double most_months = 12 * 9999, most_ms = 4e14;  // more than 12,000 years
    if (span.unit == Unit::month || span.unit == Unit::year) {
        const double count = span.count * (span.unit == Unit::year ? 12 : 1);
        if (count != std::floor(count) || count > most_months) return std::nullopt;
        now = add_months(now, sign * static_cast<std::int64_t>(count));
    } else {
        const double ms = span.count * static_cast<double>(length(span.unit).count());
        if (ms > most_ms) return std::nullopt;
        now += Millis{sign * std::llround(ms)};
    }
    return in_calendar(now) ? std::optional(now) : std::nullopt;
}

std::optional<TimePoint> moved(TimePoint now, const std::vector<Span>& by, int sign) {
    std::optional<TimePoint> time = now;
    for (const Span& span : by)
        if (time) time = moved_by(*time, span, sign);
    return time;
}

std::optional<TimePoint> read_relative(std::string_view text, TimePoint now) {
    if (text == "now" || text == "today") return now;
    if (text == "yesterday") return now - hours{24};
    if (text.starts_with('-')) text.remove_prefix(1);
    auto words = tokens(text);
    if (!words || words->empty()) return std::nullopt;
    int sign = -1;
    if (words->front() == "in") {
        sign = 1;
        words->erase(words->begin());
    } else if (words->back() == "ago") {
        words->pop_back();
    }
    const auto by = spans(*words);
    return by ? moved(now, *by, sign) : std::nullopt;
}

std::optional<TimePoint> read_epoch(std::string_view text) {
    const std::string_view whole = text.substr(0, text.find('.'));
    if (whole.size() < text.size() && !is_digits(text.substr(whole.size() + 1)))
        return std::nullopt;
    if (!is_digits(whole)) return std::nullopt;
    const auto value = [&] { return std::stoll(std::string(whole)); };
    switch (whole.size()) {
        case 10:
            return TimePoint{seconds{value()}};
        case 13:
            return TimePoint{Millis{value()}};
        case 16:
            return TimePoint{Millis{value() / 1000}};
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<ReadTime> read_date_text(std::string_view text, TimePoint now) {
    const std::string low = lowered(text);
    if (const auto iso = read_iso8601(low)) return iso;
    if (const auto epoch = read_epoch(low)) return ReadTime{.time = *epoch, .names_zone = false};
    if (const auto relative = read_relative(low, now))
        return ReadTime{.time = *relative, .names_zone = false};
    return std::nullopt;
}

}  // namespace xdr
