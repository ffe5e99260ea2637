#include "reply_json.hpp"

#include <charconv>

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

/// Appends the number at `at`, and returns where it ends. An integer that no 64 bits hold becomes
/// a float.
std::size_t mend_number(std::string_view body, std::size_t at, std::string& out) {
    const std::string_view number =
        body.substr(at, body.find_first_not_of("+-.eE0123456789", at) - at);
    out += number;
    std::uint64_t held = 0;
    const std::string_view digits = number.substr(number[0] == '-' ? 1 : 0);
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, held);
    const bool fits = error == std::errc() && (number[0] != '-' || held <= std::uint64_t{1} << 63);
    if (stop == end && !fits) out += ".0";
    return at + number.size();
}

/// What other parsers take and this one does not: a byte order mark, half of a surrogate pair (as
/// Python writes it), an integer beyond 64 bits. One such incident must not stop every later run.
std::string mended(std::string_view body) {
    if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
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

std::optional<JsonValue> parsed(simdjson::dom::parser& parser, std::string_view body) {
    JsonValue root;
    if (parser.allocate(body.size(), deepest) != simdjson::SUCCESS ||
        parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS)
        return std::nullopt;
    return root;
}

}  // namespace

ReplyJson::ReplyJson(std::string_view body) : root_(parsed(parser_, body)) {
    if (!root_) root_ = parsed(parser_, mended(body));
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

std::string to_text(const JsonValue& value) { return simdjson::minify(value); }

std::string shown(const JsonValue& value) {
    std::string text = to_text(value);
    return text.size() > 60 ? std::string(whole_characters(text, 57)) + "..." : text;
}

std::string_view whole_characters(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
    return text.substr(0, most);
}

}  // namespace fetcher
