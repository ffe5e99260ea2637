#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "mockxdr/json.hpp"
#include "mockxdr/keys.hpp"
#include "mockxdr/names.hpp"
#include "xdr/error.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::array<std::string_view, 4> members{"id", "key", "level", "role"};
constexpr std::array<std::string_view, 2> levels{"standard", "advanced"};
constexpr std::array<std::string_view, 3> roles{"ordinary", "full", "limited"};

/// What a header cannot carry as it is, or nothing.
std::optional<std::string> not_sendable(std::string_view text) {
    if (text.empty()) return "is empty";
    if (blanks.find(text.front()) != blanks.npos || blanks.find(text.back()) != blanks.npos)
        return "starts or ends with a blank";
    if (std::any_of(text.begin(), text.end(), xdr::is_control)) return "holds a control character";
    return std::nullopt;
}

/// Reads the JSON form. Messages tell places and kinds and quote nothing: whatever stands in the
/// wrong place may be a key.
class JsonForm {
   public:
    explicit JsonForm(const std::string& file) : file_(file) {}

    ApiKeys read(std::string_view text) const {
        const json::Document document = parse(text);
        if (!document.duplicates.empty())
            fail(document.duplicates.front().at, "the member stands twice in one object",
                 "keep one of the two");
        const auto* entries = document.root.get_if<json::Array>();
        if (!entries)
            fail(document.root.at(), "found " + kind_of(document.root),
                 "expected an array of keys such as [{\"id\": \"1\", \"key\": \"…\"}]");
        if (entries->empty())
            fail(document.root.at(), "there are no keys", "expected at least one");
        ApiKeys keys;
        for (const json::Value& entry : *entries) read_entry(entry, keys);
        return keys;
    }

   private:
    [[noreturn]] void fail(json::Position at, std::string what, std::string hint) const {
        throw xdr::Error(
            {.where = file_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column),
             .what = std::move(what),
             .hint = std::move(hint)});
    }

    json::Document parse(std::string_view text) const {
        try {
            return json::parse(text, json::Comments::allowed);
        } catch (const xdr::Error& error) {
            // Its text quotes what was read last.
            throw xdr::Error({.where = file_ + ":" + error.problem().where,
                              .what = "not JSON",
                              .hint = "expected an array of keys, or one key alone in the file"});
        }
    }

    void read_entry(const json::Value& entry, ApiKeys& keys) const {
        const auto* object = entry.get_if<json::Object>();
        if (!object)
            fail(entry.at(), "found " + kind_of(entry),
                 "expected an object such as {\"id\": \"1\", \"key\": \"…\"}");
        for (const json::Member& member : *object)
            if (std::find(members.begin(), members.end(), member.key) == members.end())
                fail(member.at, "unknown member", guess_and_list(member.key, members));
        const json::Value* id_value = required(entry, "id");
        const std::string id = sendable(*id_value, "id");
        std::string key = sendable(*required(entry, "key"), "key");
        static constexpr std::array kinds{KeyLevel::standard, KeyLevel::advanced};
        static constexpr std::array permissions{Permission::ordinary, Permission::full,
                                                Permission::limited};
        const KeyLevel level = kinds[choice(entry, "level", levels)];
        const Permission permission = permissions[choice(entry, "role", roles)];
        const bool is_new = keys.emplace(id, ApiKey(std::move(key), level, permission)).second;
        if (!is_new) fail(id_value->at(), "another key has this id", "give each key its own id");
    }

    const json::Value* required(const json::Value& entry, std::string_view name) const {
        const json::Value* value = entry.find(name);
        if (!value)
            fail(entry.at(), "the member \"" + std::string(name) + "\" is missing",
                 "expected \"id\" and \"key\" in each object");
        return value;
    }

    const std::string& text(const json::Value& value) const {
        const auto* text = value.get_if<std::string>();
        if (!text) fail(value.at(), "found " + kind_of(value), "expected text");
        return *text;
    }

    std::string sendable(const json::Value& value, const std::string& name) const {
        const std::string& found = text(value);
        if (const auto why = not_sendable(found))
            fail(value.at(), "the " + name + " " + *why, "expected what clients send in a header");
        return found;
    }

    /// The index of the member's value in `names`; 0, the default, without the member.
    std::size_t choice(const json::Value& entry, std::string_view name,
                       std::span<const std::string_view> names) const {
        const json::Value* value = entry.find(name);
        if (!value) return 0;
        const auto found = std::find(names.begin(), names.end(), text(*value));
        if (found == names.end())
            fail(value->at(), "unknown " + std::string(name), guess_and_list(text(*value), names));
        return static_cast<std::size_t>(found - names.begin());
    }

    const std::string& file_;
};

}  // namespace

ApiKeys read_api_keys(std::string_view text, const std::string& file,
                      const std::string& default_id) {
    // Editors on Windows put a byte order mark before the text.
    std::string_view rest = text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
    const std::size_t begin = std::min(rest.find_first_not_of(blanks), rest.size());
    rest = rest.substr(begin);
    // Comments may go first: no key starts with a slash of one.
    if (rest.starts_with('[') || rest.starts_with('{') || rest.starts_with("//") ||
        rest.starts_with("/*"))
        return JsonForm(file).read(text);
    rest = rest.substr(0, rest.find_last_not_of(blanks) + 1);
    const auto fail = [&](std::string what) {
        throw xdr::Error({.where = file,
                          .what = std::move(what),
                          .hint = "expected one key alone on a line, or a JSON array of keys"});
    };
    if (rest.empty()) fail("the file holds no key");
    if (rest.find_first_of("\r\n") != rest.npos) fail("the file has more than one line");
    if (const auto why = not_sendable(rest)) fail("the key " + *why);
    ApiKeys keys;
    keys.emplace(default_id, ApiKey(std::string(rest)));
    return keys;
}

}  // namespace mockxdr
