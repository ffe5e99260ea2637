#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "xdr/error.hpp"

/// JSON with positions: what scenario files and request bodies are read into, and what replies are
/// written from.
namespace mockxdr::json {

/// Where a token starts in its text, both from 1; columns count bytes.
struct Position {
    int line = 1, column = 1;

    friend bool operator==(Position, Position) = default;
};

struct Null {
    friend bool operator==(Null, Null) = default;
};

class Value;
struct Member;
using Array = std::vector<Value>;
using Object = std::vector<Member>;  ///< in the order of the text, duplicates included

/// A JSON value. Equality ignores positions. An integer outside of int64 is held as a double.
class Value {
   public:
    using Data = std::variant<Null, bool, std::int64_t, double, std::string, Array, Object>;

    // Out of line, all that needs Member to be complete.
    Value();
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();
    template <class T>
    requires std::constructible_from<Data, T> Value(T data, Position at = {})
        : data_(std::move(data)), at_(at) {}
    Value(const char* text);
    Value(int number);

    const Data& data() const { return data_; }
    Data& data() { return data_; }
    Position at() const { return at_; }

    template <class T>
    const T* get_if() const {
        return std::get_if<T>(&data_);
    }
    bool is_null() const { return std::holds_alternative<Null>(data_); }

    /// The member of that key, or nullptr; nullptr too if this is no object.
    const Value* find(std::string_view key) const;

    friend bool operator==(const Value& a, const Value& b);

   private:
    Data data_;
    Position at_;
};

struct Member {
    std::string key;
    Value value;
    Position at;  ///< of the key
};

bool operator==(const Member& a, const Member& b);

/// `null`, `true`, `an integer`, `a number`, `text`, `an array`, `an object`: for messages.
std::string kind_of(const Value& value);

enum class Comments { refused, allowed };

struct DuplicateKey {
    std::string pointer;  ///< JSON pointer of the second one
    Position at;
};

struct Document {
    Value root;
    std::vector<DuplicateKey> duplicates;
};

/// Reads one JSON text, UTF-8. Throws xdr::Error for a text that is not JSON; `where` is
/// `line:column`.
Document parse(std::string_view text, Comments comments);

/// Writes as Python's json.dumps does: `", "` and `": "` between, ASCII only, no final newline.
/// The real API's reply sizes fit this form only.
std::string write(const Value& value);
void write(const Value& value, std::string& out);

/// The text between quotes, escaped, ASCII only. A byte that is not UTF-8 becomes U+FFFD.
void write_text(std::string_view text, std::string& out);

/// The start of a text in UTF-8, at most so many bytes, that ends between two characters.
std::string_view cut(std::string_view text, std::size_t most);

/// Appends `key` to a JSON pointer, escaped.
std::string pointer_to(const std::string& parent, std::string_view key);

}  // namespace mockxdr::json
