#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "mockxdr/json.hpp"

namespace mockxdr::json {

namespace {

constexpr std::uint32_t replacement = 0xFFFD;  ///< for a byte that is not of any character

/// One code point and its length in bytes.
struct CodePoint {
    std::uint32_t value;
    std::size_t size;
};

std::uint32_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

bool is_tail(std::uint32_t byte) { return (byte & 0xC0U) == 0x80; }

/// The length of the code point that a byte begins; 0 for one that begins none.
std::size_t length_from(std::uint32_t lead) {
    if (lead < 0xC2 || lead > 0xF4) return 0;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

/// What a text begins with, beyond ASCII; nothing if that is not UTF-8.
std::optional<CodePoint> decode(std::string_view text) {
    const std::uint32_t lead = byte_at(text, 0);
    const std::size_t size = length_from(lead);
    if (size == 0 || text.size() < size) return std::nullopt;
    std::uint32_t value = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const std::uint32_t byte = byte_at(text, i);
        if (!is_tail(byte)) return std::nullopt;
        value = (value << 6U) | (byte & 0x3FU);
    }
    // Neither longer than need be nor half of a surrogate pair.
    static constexpr std::array<std::uint32_t, 3> least{0x80, 0x800, 0x10000};
    const bool half = value >= 0xD800 && value <= 0xDFFF;
    if (value < least[size - 2] || value > 0x10FFFF || half) return std::nullopt;
    return CodePoint{.value = value, .size = size};
}

void write_unit(std::uint32_t unit, std::string& out) {
    char text[8];
    std::snprintf(text, sizeof text, "\\u%04x", unit);
    out += text;
}

void write_code_point(std::uint32_t value, std::string& out) {
    if (value < 0x10000) return write_unit(value, out);
    write_unit(0xD800 + ((value - 0x10000) >> 10U), out);
    write_unit(0xDC00 + ((value - 0x10000) & 0x3FFU), out);
}

/// Whether a character stands for itself between quotes.
bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

std::size_t plain_size(std::string_view text) {
    std::size_t size = 0;
    while (size < text.size() && is_plain(text[size])) ++size;
    return size;
}

/// Writes the character that a text begins with and is not plain. Returns its length in bytes.
std::size_t write_escaped(std::string_view text, std::string& out) {
    static constexpr std::string_view named = "\"\\\n\r\t\b\f", names = "\"\\nrtbf";
    const char c = text.front();
    if (const std::size_t at = named.find(c); at != std::string_view::npos) {
        out += '\\';
        out += names[at];
        return 1;
    }
    if (byte_at(text, 0) < 0x80) {
        write_unit(byte_at(text, 0), out);
        return 1;
    }
    const CodePoint point = decode(text).value_or(CodePoint{.value = replacement, .size = 1});
    write_code_point(point.value, out);
    return point.size;
}

struct Writer {
    std::string& out;

    void operator()(Null) const { out += "null"; }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(double value) const { out += nlohmann::json(value).dump(); }
    void operator()(const std::string& value) const { write_text(value, out); }
    void operator()(const Array& values) const {
        out += '[';
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) out += ", ";
            write(values[i], out);
        }
        out += ']';
    }
    void operator()(const Object& members) const {
        out += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i > 0) out += ", ";
            write_text(members[i].key, out);
            out += ": ";
            write(members[i].value, out);
        }
        out += '}';
    }
};

}  // namespace

void write_text(std::string_view text, std::string& out) {
    out += '"';
    while (!text.empty()) {
        const std::size_t plain = plain_size(text);
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (!text.empty()) text.remove_prefix(write_escaped(text, out));
    }
    out += '"';
}

void write(const Value& value, std::string& out) { std::visit(Writer{out}, value.data()); }

std::string write(const Value& value) {
    std::string out;
    write(value, out);
    return out;
}

std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    std::size_t size = most;
    while (size > 0 && most - size < 3 && is_tail(byte_at(text, size))) --size;
    return text.substr(0, size);
}

}  // namespace mockxdr::json
