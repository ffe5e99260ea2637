#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "reply_json.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

/// The text of an err_extra: a string, null, or anything else that a server may send.
std::string text_of(const JsonValue& object, std::string_view key) {
    const auto found = find(object, key);
    if (!found || found->is_null()) return {};
    const auto text = as_text(*found);
    return text ? std::string(*text) : shown(*found);
}

/// The object that holds err_code, err_msg and err_extra if this is an error reply.
JsonValue error_of(const JsonValue& json) {
    const auto wrapped = find(json, "reply");
    return wrapped && wrapped->is_object() ? *wrapped : json;
}

/// Without the bytes that are not UTF-8: what goes into a history must come out of it as JSON.
std::string only_utf8(const std::string& text) {
    using Json = nlohmann::json;
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore))
        .get<std::string>();
}

std::string first_line(std::string_view body) {
    std::string line(body.substr(0, std::min(body.find_first_of("\r\n"), body.size())));
    if (line.size() > 200) line = only_utf8(line.substr(0, 197)) + "...";
    // What a server says goes to a terminal.
    std::replace_if(line.begin(), line.end(), xdr::is_control, '?');
    return only_utf8(line);
}

bool is_object(const ReplyJson& json) { return json.root() && json.root()->is_object(); }

}  // namespace

std::string read_reason(std::string_view body) {
    const ReplyJson json(body);
    if (!is_object(json)) return first_line(body);
    const JsonValue error = error_of(*json.root());
    const std::string message = text_of(error, "err_msg"), extra = text_of(error, "err_extra");
    if (message.empty() && extra.empty()) return first_line(body);
    return first_line(message + (message.empty() || extra.empty() ? "" : ": ") + extra);
}

bool is_json_object(std::string_view body) { return is_object(ReplyJson(body)); }

int read_error_code(std::string_view body) {
    const ReplyJson json(body);
    if (!is_object(json)) return 0;
    const auto text = text_of(error_of(*json.root()), "err_code");
    int code = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, code);
    return failure == std::errc() && stop == end ? code : 0;
}

}  // namespace fetcher
