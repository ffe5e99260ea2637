#include "json_text.hpp"

#include <simdjson.h>

#include <algorithm>

namespace fetcher {

namespace {

constexpr std::string_view spaces = " \t\r\n";

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

    /// Steps over a value, and hands it out.
    std::string_view value() {
        const std::size_t first = at_;
        int depth = 0;
        do {
            const char c = text_[at_];
            if (c == '"') {
                skip_text();
            } else {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                ++at_;
            }
        } while (at_ < text_.size() && (depth > 0 || !ends_value(first)));
        const std::size_t last = at_;
        skip_spaces();
        return text_.substr(first, last - first);
    }

   private:
    /// Numbers and words go on up to what cannot be theirs; all else ended by itself.
    bool ends_value(std::size_t first) const {
        const char c = text_[first];
        if (c == '"' || c == '{' || c == '[') return true;
        return spaces.find(text_[at_]) != std::string_view::npos || text_[at_] == ',' ||
               text_[at_] == '}' || text_[at_] == ']';
    }

    void skip_text() {
        for (++at_; text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\') ++at_;
        ++at_;
    }

    void skip_spaces() { at_ = std::min(text_.find_first_not_of(spaces, at_), text_.size()); }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Hands each member to `use`, the key without its quotes, until it returns true.
template <class Use>
void each_member(std::string_view object, Use&& use) {
    Walk walk(object);
    if (!walk.takes('{') || walk.takes('}')) return;
    do {
        const std::string_view key = walk.value();
        walk.takes(':');
        if (use(key.substr(1, key.size() - 2), walk.value())) return;
    } while (walk.takes(','));
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
    each_member(object, [&](std::string_view key, std::string_view value) {
        members.emplace_back(key, without_spaces(value));
        return false;
    });
    return members;
}

std::vector<std::string_view> elements_of(std::string_view array) {
    std::vector<std::string_view> elements;
    Walk walk(array);
    if (!walk.takes('[') || walk.takes(']')) return elements;
    do {
        elements.push_back(walk.value());
    } while (walk.takes(','));
    return elements;
}

std::string_view value_of(std::string_view object, std::string_view key) {
    std::string_view found;
    each_member(object, [&](std::string_view name, std::string_view value) {
        if (name == key) found = value;
        return name == key;
    });
    return found;
}

}  // namespace fetcher
