#include "json_text.hpp"

#include <simdjson.h>

#include <algorithm>

namespace fetcher {

namespace {

/// A key without its quotes and escapes.
std::string decoded(std::string_view key) {
    if (key.find('\\') == std::string_view::npos) return std::string(key.substr(1, key.size() - 2));
    simdjson::dom::parser parser;
    return std::string(parser.parse(key.data(), key.size()).get_string().value());
}

/// Walks over a text that is JSON.
class Walk {
   public:
    explicit Walk(std::string_view text) : text_(text) { skip_spaces(); }

    /// Steps over a sign and the spaces behind it, if it is the next one.
    bool takes(char sign) {
        if (at_ >= text_.size() || text_[at_] != sign) return false;
        ++at_;
        skip_spaces();
        return true;
    }

    /// Steps into an object, up to the value of a key; false if it has none.
    bool enters(std::string_view key) {
        if (!takes('{') || takes('}')) return false;
        do {
            const std::string_view found = value();
            takes(':');
            if (decoded(found) == key) return true;
            value();
        } while (takes(','));
        return false;
    }

    /// Steps over a value, and hands it out.
    std::string_view value() {
        const std::size_t first = at_;
        if (text_[at_] == '"')
            skip_text();
        else if (text_[at_] == '{' || text_[at_] == '[')
            skip_nested();
        else
            at_ = std::min(text_.find_first_of(ends_of_words, at_), text_.size());
        const std::size_t last = at_;
        skip_spaces();
        return text_.substr(first, last - first);
    }

   private:
    static constexpr std::string_view spaces = " \t\r\n", ends_of_words = " \t\r\n,]}";

    void skip_nested() {
        int depth = 0;
        do {
            const char c = text_[at_];
            if (c == '"') {
                skip_text();
                continue;
            }
            // An opening bracket differs from a brace by one bit, and closing ones by another.
            const char kind = static_cast<char>(c | 0x20);
            depth += kind == '{' ? 1 : kind == '}' ? -1 : 0;
            ++at_;
        } while (depth > 0);
    }

    void skip_text() {
        std::size_t end = text_.find('"', at_ + 1);
        while (is_escaped(end)) end = text_.find('"', end + 1);
        at_ = end + 1;
    }

    bool is_escaped(std::size_t sign) const {
        std::size_t first = sign;
        while (text_[first - 1] == '\\') --first;
        return (sign - first) % 2 != 0;
    }

    void skip_spaces() { at_ = std::min(text_.find_first_not_of(spaces, at_), text_.size()); }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// The escape of a sign that may not stand in a text as it is.
std::string escape_of(char sign) {
    static constexpr std::string_view hex = "0123456789abcdef", named = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (std::size_t i = 0; i < named.size(); i += 2)
        if (named[i] == sign) return {'\\', named[i + 1]};
    const auto code = static_cast<unsigned char>(sign);
    return {'\\', 'u', '0', '0', hex[code >> 4U], hex[code & 0xFU]};
}

bool must_be_escaped(char sign) {
    return static_cast<unsigned char>(sign) < 0x20 || sign == '"' || sign == '\\';
}

}  // namespace

std::string without_spaces(std::string_view json) {
    std::string out(json.size() + simdjson::SIMDJSON_PADDING, '\0');
    std::size_t size = 0;
    if (simdjson::minify(json.data(), json.size(), out.data(), size) != simdjson::SUCCESS)
        return std::string(json);
    out.resize(size);
    return out;
}

std::vector<Member> members_of(std::string_view object) {
    std::vector<Member> members;
    Walk walk(object);
    if (!walk.takes('{') || walk.takes('}')) return members;
    do {
        const std::string_view key = walk.value();
        walk.takes(':');
        members.emplace_back(key.substr(1, key.size() - 2), without_spaces(walk.value()));
    } while (walk.takes(','));
    return members;
}

std::vector<std::string_view> elements_of(std::string_view json,
                                          std::initializer_list<std::string_view> keys) {
    std::vector<std::string_view> elements;
    Walk walk(json);
    for (const std::string_view key : keys)
        if (!walk.enters(key)) return elements;
    if (!walk.takes('[') || walk.takes(']')) return elements;
    do {
        elements.push_back(walk.value());
    } while (walk.takes(','));
    return elements;
}

std::string_view value_of(std::string_view object, std::string_view key) {
    Walk walk(object);
    return walk.enters(key) ? walk.value() : std::string_view();
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (auto at = text.begin(); at != text.end();) {
        const auto special = std::find_if(at, text.end(), must_be_escaped);
        out.append(at, special);
        at = special;
        if (at != text.end()) out += escape_of(*at++);
    }
    out += '"';
}

}  // namespace fetcher
