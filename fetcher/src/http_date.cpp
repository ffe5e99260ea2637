#include "fetcher/http_date.hpp"

#include <charconv>

namespace fetcher {

namespace {

constexpr std::string_view shape = "aaa, 00 aaa 0000 00:00:00 GMT";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view days = "SunMonTueWedThuFriSat";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_shape(std::string_view text) {
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool fits = shape[i] == '0'   ? is_digit(text[i])
                          : shape[i] == 'a' ? true
                                            : text[i] == shape[i];
        if (!fits) return false;
    }
    return true;
}

/// The place of a name in a list of names of three letters each, from 0.
std::optional<unsigned> place(std::string_view names, std::string_view name) {
    for (std::size_t i = 0; i < names.size(); i += 3)
        if (names.substr(i, 3) == name) return static_cast<unsigned>(i / 3);
    return std::nullopt;
}

int number(std::string_view text, std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
}

}  // namespace

std::optional<xdr::TimePoint> read_http_date(std::string_view text) {
    using namespace std::chrono;
    if (!has_shape(text) || !place(days, text.substr(0, 3))) return std::nullopt;
    const auto month_place = place(months, text.substr(8, 3));
    if (!month_place) return std::nullopt;
    const year_month_day date{year{number(text, 12, 4)}, month{*month_place + 1},
                              day{static_cast<unsigned>(number(text, 5, 2))}};
    const int h = number(text, 17, 2), m = number(text, 20, 2), s = number(text, 23, 2);
    // The standard allows a leap second; it is the first one of the next minute to us.
    if (!date.ok() || h > 23 || m > 59 || s > 60) return std::nullopt;
    return sys_days{date} + hours{h} + minutes{m} + seconds{s};
}

}  // namespace fetcher
