#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "mockxdr/json.hpp"

namespace mockxdr::json {

namespace {

/// Finds where tokens start. nlohmann reports an event after it has read past the token, a number's
/// one character late, so we walk the text ourselves: skip blanks, separators and comments from
/// where the last token ended.
class TokenStarts {
   public:
    explicit TokenStarts(std::string_view text) : text_(text) {}

    Position next_scalar() {
        skip_between();
        const Position at = position_;
        if (!at_end() && text_[at_] == '"')
            skip_string();
        else
            skip_word();
        return at;
    }

    /// One of `{ } [ ]`.
    Position next_bracket() {
        skip_between();
        const Position at = position_;
        step();
        return at;
    }

   private:
    void step() {
        if (at_end()) return;
        if (text_[at_] == '\n') {
            ++position_.line;
            position_.column = 1;
        } else {
            ++position_.column;
        }
        ++at_;
    }

    bool at_end() const { return at_ >= text_.size(); }

    void skip_between() {
        static constexpr std::string_view between = " \t\r\n,:\xEF\xBB\xBF";
        while (!at_end()) {
            if (between.find(text_[at_]) != std::string_view::npos)
                step();
            else if (text_[at_] == '/')
                skip_comment();
            else
                return;
        }
    }

    void skip_comment() {
        const bool line = text_.substr(at_, 2) == "//";
        step();
        step();
        if (line) {
            // nlohmann ends a line comment at any of these.
            static constexpr std::string_view ends{"\n\r\0", 3};
            while (!at_end() && ends.find(text_[at_]) == std::string_view::npos) step();
        } else {
            while (!at_end() && text_.substr(at_, 2) != "*/") step();
            step();
            step();
        }
    }

    void skip_string() {
        step();
        while (!at_end() && text_[at_] != '"') {
            if (text_[at_] == '\\') step();
            if (!at_end()) step();
        }
        if (!at_end()) step();
    }

    void skip_word() {
        static constexpr std::string_view ends = " \t\r\n,:/]}";
        while (!at_end() && ends.find(text_[at_]) == std::string_view::npos) step();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Position position_;
};

Position position_of(std::string_view text, std::size_t offset) {
    Position at;
    for (const char c : text.substr(0, offset)) {
        if (c == '\n') {
            ++at.line;
            at.column = 1;
        } else {
            ++at.column;
        }
    }
    return at;
}

std::string to_string(Position at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// What nlohmann says is wrong, without its own idea of the position in front and without the text
/// that it read last, which may be anything.
std::string reason_of(const std::string& what) {
    const std::size_t start = what.find("- ");
    std::string text = start == std::string::npos ? "syntax error" : what.substr(start + 2);
    const std::size_t read = text.find("; last read: ");
    if (read == std::string::npos) return text;
    const std::size_t expected = text.rfind("; expected ");
    const bool after = expected != std::string::npos && expected > read;
    return text.substr(0, read) + (after ? text.substr(expected) : "");
}

/// Deeper nesting would let a hostile text overflow the stack where trees are walked.
constexpr std::size_t deepest = 256;

/// More are not reported: each costs its whole pointer.
constexpr std::size_t most_duplicates = 100;

/// Builds the tree from nlohmann's events.
class Builder : public nlohmann::json_sax<nlohmann::json> {
   public:
    explicit Builder(std::string_view text) : text_(text), starts_(text) {}

    bool null() override { return scalar(Null{}); }
    bool boolean(bool value) override { return scalar(value); }
    bool number_integer(number_integer_t value) override { return scalar(std::int64_t{value}); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(INT64_MAX))
            return scalar(static_cast<double>(value));
        return scalar(static_cast<std::int64_t>(value));
    }
    bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
    bool string(string_t& value) override { return scalar(std::move(value)); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override {
        return open(Value(Object{}, starts_.next_bracket()));
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Value(Array{}, starts_.next_bracket())); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        const Position at = starts_.next_scalar();
        if (!open_.back().is_new(name) && duplicates_.size() < most_duplicates)
            duplicates_.push_back({.pointer = pointer_to(pointer(), name), .at = at});
        open_.back().key = std::move(name);
        open_.back().key_at = at;
        return true;
    }

    bool parse_error(std::size_t offset, const std::string&,
                     const nlohmann::detail::exception& problem) override {
        if (dynamic_cast<const nlohmann::detail::out_of_range*>(&problem))
            throw xdr::Error({.where = to_string(starts_.next_scalar()),
                              .what = "the number is too large",
                              .hint = "write 1.7e308 at most"});
        throw xdr::Error({.where = to_string(position_of(text_, offset == 0 ? 0 : offset - 1)),
                          .what = "not JSON: " + reason_of(problem.what()),
                          .hint = ""});
    }

    Document take() { return {.root = std::move(root_), .duplicates = std::move(duplicates_)}; }

   private:
    struct Level {
        Value value;
        std::string key;
        Position key_at;
        std::set<std::string, std::less<>> keys;  ///< of an object that has many

        /// False if a member of that key came before.
        bool is_new(const std::string& name) {
            // Most objects are small: looking at each key is faster than a set of them.
            constexpr std::size_t many = 16;
            const Object& members = std::get<Object>(value.data());
            if (members.size() < many)
                return std::none_of(members.begin(), members.end(),
                                    [&](const Member& member) { return member.key == name; });
            if (keys.empty())
                for (const Member& member : members) keys.insert(member.key);
            return keys.insert(name).second;
        }
    };

    template <class T>
    bool scalar(T value) {
        return add(Value(std::move(value), starts_.next_scalar()));
    }

    bool open(Value value) {
        if (open_.size() >= deepest)
            throw xdr::Error({.where = to_string(value.at()),
                              .what = "nested deeper than " + std::to_string(deepest) + " levels",
                              .hint = ""});
        open_.push_back({.value = std::move(value), .key = {}, .key_at = {}, .keys = {}});
        return true;
    }

    bool close() {
        starts_.next_bracket();
        Value value = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(value));
    }

    bool add(Value value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto* array = std::get_if<Array>(&open_.back().value.data())) {
            array->push_back(std::move(value));
        } else {
            std::get<Object>(open_.back().value.data())
                .push_back({.key = std::move(open_.back().key),
                            .value = std::move(value),
                            .at = open_.back().key_at});
        }
        return true;
    }

    std::string pointer() const {
        std::string out;
        for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
            if (const auto* array = open_[i].value.get_if<Array>())
                out += "/" + std::to_string(array->size());
            else
                out = pointer_to(out, open_[i].key);
        }
        return out;
    }

    std::string_view text_;
    TokenStarts starts_;
    std::vector<Level> open_;
    Value root_;
    std::vector<DuplicateKey> duplicates_;
};

}  // namespace

Document parse(std::string_view text, Comments comments) {
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        throw xdr::Error({.where = to_string(position_of(text, nul)),
                          .what = "not JSON: a NUL byte",
                          .hint = ""});
    Builder builder(text);
    nlohmann::json::sax_parse(text, &builder, nlohmann::json::input_format_t::json, true,
                              comments == Comments::allowed);
    return builder.take();
}

}  // namespace mockxdr::json
