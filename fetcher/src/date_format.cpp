#include "fetcher/date_format.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "xdr/error.hpp"

namespace fetcher::lookback {

namespace {

using namespace std::chrono;
using xdr::Millis;
using xdr::TimePoint;

struct Directive {
    char letter;
    std::size_t fewest_digits, most_digits;  ///< when read
    int width;                               ///< when written
    int value_if_unnamed;
};

enum Field : std::size_t {
    at_year,
    at_month,
    at_day,
    at_hour,
    at_minute,
    at_second,
    at_micros,
    field_count
};
using Fields = std::array<int, field_count>;

constexpr std::array<Directive, field_count> directives{{{'Y', 4, 4, 4, 1900},
                                                         {'m', 2, 2, 2, 1},
                                                         {'d', 2, 2, 2, 1},
                                                         {'H', 2, 2, 2, 0},
                                                         {'M', 2, 2, 2, 0},
                                                         {'S', 2, 2, 2, 0},
                                                         {'f', 1, 6, 6, 0}}};

/// One field, or one character that stands for itself.
struct Piece {
    std::optional<std::size_t> field;
    char literal = 0;
};

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

xdr::Error refused(std::string_view date_format, std::string_view why) {
    return xdr::Error({.where = "date_format",
                       .what = quoted(date_format) + " " + std::string(why),
                       .hint = "use %Y %m %d %H %M %S %f, each at most once"});
}

std::vector<Piece> pieces(std::string_view date_format) {
    std::vector<Piece> out;
    std::array<bool, field_count> named{};
    for (std::size_t i = 0; i < date_format.size(); ++i) {
        if (date_format[i] != '%') {
            out.push_back({.field = std::nullopt, .literal = date_format[i]});
            continue;
        }
        if (++i == date_format.size()) throw refused(date_format, "ends in a lone %");
        std::size_t field = 0;
        while (field < field_count && directives[field].letter != date_format[i]) ++field;
        if (field == field_count) throw refused(date_format, "has a field that is not known");
        if (named[field]) throw refused(date_format, "names a field twice");
        named[field] = true;
        out.push_back({.field = field});
    }
    return out;
}

std::string padded(int value, int width) {
    const std::string digits = std::to_string(value);
    const auto wanted = static_cast<std::size_t>(width);
    return digits.size() < wanted ? std::string(wanted - digits.size(), '0') + digits : digits;
}

Fields split(TimePoint time) {
    const auto midnight = floor<days>(time);
    const year_month_day date{midnight};
    const hh_mm_ss clock{time - midnight};
    return {static_cast<int>(date.year()),
            static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day())),
            static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count()),
            static_cast<int>(clock.subseconds().count() * 1000)};
}

/// nullopt for what is no time at all or is finer than a millisecond.
std::optional<TimePoint> join(const Fields& in) {
    const year_month_day date{year{in[at_year]}, month{static_cast<unsigned>(in[at_month])},
                              day{static_cast<unsigned>(in[at_day])}};
    if (!date.ok() || in[at_year] < 1 || in[at_hour] > 23 || in[at_minute] > 59 ||
        in[at_second] > 59 || in[at_micros] % 1000 != 0)
        return std::nullopt;
    return sys_days{date} + hours{in[at_hour]} + minutes{in[at_minute]} + seconds{in[at_second]} +
           Millis{in[at_micros] / 1000};
}

/// Takes the digits of one field from the front of the text; nullopt if there are too few.
std::optional<int> take_number(std::string_view& text, const Directive& directive) {
    std::size_t size = 0;
    int value = 0;
    while (size < text.size() && size < directive.most_digits && text[size] >= '0' &&
           text[size] <= '9')
        value = value * 10 + (text[size++] - '0');
    if (size < directive.fewest_digits) return std::nullopt;
    text.remove_prefix(size);
    // The digits of a fraction are its first ones: `.5` is 500,000 microseconds.
    if (directive.letter == 'f')
        for (; size < directive.most_digits; ++size) value *= 10;
    return value;
}

std::optional<TimePoint> read(std::string_view text, const std::vector<Piece>& pattern) {
    Fields fields{};
    for (std::size_t i = 0; i < field_count; ++i) fields[i] = directives[i].value_if_unnamed;
    for (const Piece& piece : pattern) {
        if (piece.field) {
            const auto value = take_number(text, directives[*piece.field]);
            if (!value) return std::nullopt;
            fields[*piece.field] = *value;
        } else {
            if (text.empty() || text.front() != piece.literal) return std::nullopt;
            text.remove_prefix(1);
        }
    }
    return text.empty() ? join(fields) : std::nullopt;
}

}  // namespace

std::string format_time(TimePoint time, std::string_view date_format) {
    const std::vector<Piece> pattern = pieces(date_format);
    const Fields fields = split(time);
    if (fields[at_year] < 1 || fields[at_year] > 9999)
        throw xdr::Error({.where = "",
                          .what = "expected a time in the years 1 to 9999, got year " +
                                  std::to_string(fields[at_year]),
                          .hint = ""});
    std::string text;
    for (const Piece& piece : pattern)
        text += piece.field ? padded(fields[*piece.field], directives[*piece.field].width)
                            : std::string(1, piece.literal);
    return text;
}

TimePoint parse_time(std::string_view text, std::string_view date_format) {
    const auto time = read(text, pieces(date_format));
    if (!time)
        throw xdr::Error(
            {.where = "",
             .what = "expected a time like " + quoted(date_format) + ", got " + quoted(text),
             .hint = "cut it to the precision of date_format, at most milliseconds"});
    return *time;
}

}  // namespace fetcher::lookback
