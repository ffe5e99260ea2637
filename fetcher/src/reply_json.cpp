#include "reply_json.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace fetcher {

namespace {

/// Whoever reads what we store may be less patient with nesting than we are.
constexpr std::size_t deepest = 256;

/// The value of a `\\u` escape of four hex digits at `at`; 0 if there is none.
unsigned escaped_unit(std::string_view body, std::size_t at) {
    if (body.substr(at, 2) != "\\u" || at + 6 > body.size()) return 0;
    unsigned unit = 0;
    const auto* end = body.data() + at + 6;
    const auto [stop, error] = std::from_chars(body.data() + at + 2, end, unit, 16);
    return error == std::errc() && stop == end ? unit : 0;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

/// Appends the text that begins with the quote at `at`, and returns where it ends. A half of a
/// surrogate pair becomes U+FFFD.
std::size_t mend_text(std::string_view body, std::size_t at, std::string& out) {
    out += body[at++];
    while (at < body.size()) {
        const unsigned unit = escaped_unit(body, at);
        const bool pair = is_high(unit) && is_low(escaped_unit(body, at + 6));
        const bool half = !pair && (is_high(unit) || is_low(unit));
        // An escaped backslash hides the `u` behind it, an escaped quote ends nothing.
        const std::size_t size = pair ? 12 : unit != 0 ? 6 : body[at] == '\\' ? 2 : 1;
        out += half ? std::string_view("\\ufffd") : body.substr(at, size);
        at += size;
        if (size == 1 && body[at - 1] == '"') break;
    }
    return at;
}

std::string_view without_digits(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of("0123456789"), text.size()));
}

/// JSON's grammar: no zero before another digit, no point or exponent without digits.
bool is_number(std::string_view text) {
    const auto takes_digits = [&text] {
        const std::string_view rest = without_digits(text);
        return rest.size() < std::exchange(text, rest).size();
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false;
    if (!takes_digits()) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (!takes_digits()) return false;
    }
    if (!text.starts_with('e') && !text.starts_with('E')) return text.empty();
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return takes_digits() && text.empty();
}

/// Whether a number is one of JSON's that no 64 bits hold as an integer and no double at all.
bool is_beyond(std::string_view number) {
    if (!is_number(number)) return false;
    const auto* end = number.data() + number.size();
    if (number.find_first_of(".eE") != std::string_view::npos) {
        double held = 0;
        return std::from_chars(number.data(), end, held).ec == std::errc::result_out_of_range;
    }
    std::int64_t held = 0;
    std::uint64_t positive = 0;
    return std::from_chars(number.data(), end, held).ec != std::errc() &&
           std::from_chars(number.data(), end, positive).ec != std::errc();
}

/// Appends the number at `at`, and returns where it ends. One that nothing holds becomes the
/// largest that something does.
std::size_t mend_number(std::string_view body, std::size_t at, std::string& out) {
    const std::string_view number =
        body.substr(at, body.find_first_not_of("+-.eE0123456789", at) - at);
    out += is_beyond(number) ? std::string_view("1.7976931348623157e308") : number;
    return at + number.size();
}

/// With whole characters for the halves of them that Python writes.
std::string with_whole_characters(std::string_view body) {
    std::string out;
    for (std::size_t at = 0; at < body.size();) {
        if (body[at] == '"') {
            at = mend_text(body, at, out);
        } else {
            out += body[at++];
        }
    }
    return out;
}

/// With numbers that can be held.
std::string with_small_numbers(std::string_view body) {
    std::string out;
    for (std::size_t at = 0; at < body.size();) {
        const char c = body[at];
        if (c == '"') {
            at = mend_text(body, at, out);
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            at = mend_number(body, at, out);
        } else {
            out += c;
            ++at;
        }
    }
    return out;
}

}  // namespace

ReplyJson::ReplyJson(std::string_view body) {
    if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
    text_ = body;
    if (parse(text_)) return;
    // What other parsers take and this one does not. One such incident must not stop every later
    // run.
    text_ = with_whole_characters(body);
    if (!parse(text_)) parse(with_small_numbers(text_));
}

bool ReplyJson::parse(std::string_view text) {
    JsonValue root;
    const auto error = parser_.allocate(text.size(), deepest);
    const auto outcome = error ? error : parser_.parse(text.data(), text.size()).get(root);
    is_too_deep_ = outcome == simdjson::DEPTH_ERROR;
    if (outcome != simdjson::SUCCESS) return false;
    root_ = root;
    return true;
}

std::string ReplyJson::why_not() const {
    return is_too_deep_ ? "the reply is nested deeper than " + std::to_string(deepest) + " levels"
                        : "the reply is not JSON";
}

std::optional<JsonValue> find(const JsonValue& object, std::string_view key) {
    JsonValue value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

std::optional<std::string_view> as_text(const JsonValue& value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    return text;
}

std::string shown(const JsonValue& value) {
    const std::string text = simdjson::minify(value);
    return text.size() > 60 ? std::string(whole_characters(text, 57)) + "..." : text;
}

std::string_view whole_characters(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
    return text.substr(0, most);
}

}  // namespace fetcher
