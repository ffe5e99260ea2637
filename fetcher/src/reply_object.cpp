#include "reply_object.hpp"

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

void refuse(std::string where, std::string what) {
    throw xdr::Error({.where = std::move(where),
                      .what = std::move(what),
                      .hint = "check that the URL names a Cortex XDR API"});
}

JsonValue member(const JsonValue& object, std::string_view key, const std::string& at) {
    const auto found = find(object, key);
    if (!found) refuse(at + "/" + std::string(key), "it is missing");
    return *found;
}

JsonValue reply_of(const ReplyJson& json, std::string_view body) {
    if (!json.root()) refuse("", json.why_not() + " (" + std::to_string(body.size()) + " bytes)");
    const auto reply = find(*json.root(), "reply");
    const JsonValue error = reply && reply->is_object() ? *reply : *json.root();
    if (find(error, "err_code")) {
        const int code = read_error_code(body);
        throw xdr::Error({.where = reply ? "/reply" : "",
                          .what = "the API reports an error" +
                                  (code == 0 ? "" : " " + std::to_string(code)) + ": " +
                                  read_reason(body),
                          .hint = ""});
    }
    return member(*json.root(), "reply", "");
}

}  // namespace fetcher
