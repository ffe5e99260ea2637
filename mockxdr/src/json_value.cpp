#include "mockxdr/json.hpp"

namespace mockxdr::json {

Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;
Value::Value(const char* text) : data_(std::string(text)) {}
Value::Value(int number) : data_(std::int64_t{number}) {}

bool operator==(const Value& a, const Value& b) { return a.data_ == b.data_; }

bool operator==(const Member& a, const Member& b) { return a.key == b.key && a.value == b.value; }

const Value* Value::find(std::string_view key) const {
    if (const auto* object = get_if<Object>())
        for (const Member& member : *object)
            if (member.key == key) return &member.value;
    return nullptr;
}

std::string kind_of(const Value& value) {
    static constexpr const char* names[] = {"null", "",         "an integer", "a number",
                                            "text", "an array", "an object"};
    if (const bool* flag = value.get_if<bool>()) return *flag ? "true" : "false";
    return names[value.data().index()];
}

std::string pointer_to(const std::string& parent, std::string_view key) {
    std::string out = parent + "/";
    for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

}  // namespace mockxdr::json
