#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace fetcher {

using JsonValue = simdjson::dom::element;

/// A reply's body as JSON. Its values point into it, so that it must outlive them.
class ReplyJson {
   public:
    explicit ReplyJson(std::string_view body);

    /// Nothing if the body is not JSON, or nested deeper than any reply is.
    const std::optional<JsonValue>& root() const { return root_; }

    /// Why there is no root.
    std::string why_not() const;

    /// What was read: the body without what no strict parser takes. Numbers stand there as they
    /// came; as a value, one beyond 64 bits or any double is the largest double.
    const std::string& text() const { return text_; }

   private:
    bool parse(std::string_view text);

    std::string text_;
    simdjson::dom::parser parser_;
    std::optional<JsonValue> root_;
    bool is_too_deep_ = false;
};

/// The value under a key; nothing if there is none, or if `object` is no object.
std::optional<JsonValue> find(const JsonValue& object, std::string_view key);

/// Nothing for what is no text.
std::optional<std::string_view> as_text(const JsonValue& value);

/// A value as JSON for an error message, at most 60 bytes.
std::string shown(const JsonValue& value);

/// The first `most` bytes of UTF-8, or less where that would cut a character.
std::string_view whole_characters(std::string_view text, std::size_t most);

}  // namespace fetcher
