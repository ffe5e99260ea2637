#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

/// Deeper nesting would overflow the stack where nlohmann writes a value.
constexpr int deepest = 256;

int depth_of(std::string_view body) {
    int depth = 0, most = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const char c = body[i];
        if (in_text && c == '\\') ++i;
        if (c == '"') in_text = !in_text;
        if (in_text) continue;
        if (c == '[' || c == '{') most = std::max(most, ++depth);
        if (c == ']' || c == '}') --depth;
    }
    return most;
}

/// The value of a `\\u` escape of four hex digits at `at`; 0 if there is none.
unsigned escaped_unit(std::string_view body, std::size_t at) {
    if (body.substr(at, 2) != "\\u" || at + 6 > body.size()) return 0;
    unsigned unit = 0;
    const auto* end = body.data() + at + 6;
    const auto [stop, error] = std::from_chars(body.data() + at + 2, end, unit, 16);
    return error == std::errc() && stop == end ? unit : 0;
}

/// Python writes half of a surrogate pair as it stands, and no strict parser takes it. One such
/// incident must not stop every later run: the halves become U+FFFD.
std::string without_lone_surrogates(std::string_view body) {
    const auto high = [](unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; };
    const auto low = [](unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; };
    std::string out;
    for (std::size_t i = 0; i < body.size();) {
        const unsigned unit = escaped_unit(body, i);
        const bool pair = high(unit) && low(escaped_unit(body, i + 6));
        const bool lone = !pair && (high(unit) || low(unit));
        // An escaped backslash hides the `u` behind it.
        const std::size_t size = pair ? 12 : unit != 0 ? 6 : body[i] == '\\' ? 2 : 1;
        out += lone ? std::string_view("\\ufffd") : body.substr(i, size);
        i += size;
    }
    return out;
}

/// Discarded if the text is not JSON that we accept.
Json parse_text(std::string_view body) {
    if (depth_of(body) > deepest) return Json(Json::value_t::discarded);
    Json json = Json::parse(body, nullptr, false);
    if (!json.is_discarded() || body.find("\\u") == std::string_view::npos) return json;
    return Json::parse(without_lone_surrogates(body), nullptr, false);
}

[[noreturn]] void refuse(std::string where, std::string what) {
    throw xdr::Error({.where = std::move(where),
                      .what = std::move(what),
                      .hint = "check that the URL names a Cortex XDR API"});
}

std::string shown(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return text;
}

Json parse(std::string_view body) {
    Json json = parse_text(body);
    if (json.is_discarded())
        refuse("", "the reply is not JSON (" + std::to_string(body.size()) + " bytes)");
    return json;
}

const Json& member(const Json& object, const std::string& key, const std::string& at) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end()) refuse(at + "/" + key, "it is missing");
    return *found;
}

/// The end of the year 9999, in milliseconds since 1970.
constexpr std::int64_t latest_ms = 253'402'300'799'999;

/// Milliseconds since 1970, from 0 to the end of the year 9999.
TimePoint read_time(const Json& incident, const std::string& key, const std::string& at) {
    const Json& value = member(incident, key, at);
    // A number above the int64 range wraps or arrives as a float; both end up below zero here.
    const auto ms = value.is_number_integer() ? value.get<std::int64_t>() : -1;
    if (ms < 0 || ms > latest_ms)
        refuse(at + "/" + key, "expected milliseconds since 1970, got " + shown(value));
    return TimePoint{Millis{ms}};
}

IncidentId read_id(const Json& value, const std::string& at) {
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
        refuse(at, "expected an id as text, got " + shown(value));
    return IncidentId(value.get<std::string>());
}

Row read_row(const Json& incident, const std::string& at) {
    Row row{.incident_id = read_id(member(incident, "incident_id", at), at + "/incident_id"),
            .creation_time = read_time(incident, "creation_time", at),
            .modification_time = {},
            .description = {},
            .raw_json = incident.dump()};
    const auto modified = incident.find("modification_time");
    row.modification_time = modified == incident.end() || modified->is_null()
                                ? row.creation_time
                                : read_time(incident, "modification_time", at);
    if (const auto text = incident.find("description"); text != incident.end() && text->is_string())
        row.description = text->get<std::string>();
    return row;
}

/// The text of an err_extra: a string, null, or anything else that a server may send.
std::string text_of(const Json& object, const std::string& key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return {};
    return found->is_string() ? found->get<std::string>() : shown(*found);
}

/// The object that holds err_code, err_msg and err_extra if this is an error reply.
const Json& error_of(const Json& json) {
    const auto wrapped = json.find("reply");
    return wrapped != json.end() && wrapped->is_object() ? *wrapped : json;
}

/// The object under `reply`. Throws for an error reply in either form, whatever its status was.
const Json& reply_of(const Json& json, std::string_view body) {
    const bool wrapped = json.is_object() && json.contains("reply");
    if (json.is_object() && error_of(json).contains("err_code"))
        throw xdr::Error({.where = wrapped ? "/reply" : "",
                          .what = "the API reports an error: " + read_reason(body),
                          .hint = ""});
    return member(json, "reply", "");
}

/// As large as it was said to be, and not less where the number does not fit.
std::int64_t read_count(const Json& value, const std::string& at) {
    if (!value.is_number_integer()) refuse(at, "expected an integer, got " + shown(value));
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > most)
        return std::numeric_limits<std::int64_t>::max();
    return value.get<std::int64_t>();
}

/// Without the bytes that are not UTF-8: what goes into a history must come out of it as JSON.
std::string only_utf8(const std::string& text) {
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore))
        .get<std::string>();
}

std::string first_line(std::string_view body) {
    std::string line(body.substr(0, std::min(body.find_first_of("\r\n"), body.size())));
    if (line.size() > 200) line = only_utf8(line.substr(0, 197)) + "...";
    // What a server says goes to a terminal.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }, '?');
    return only_utf8(line);
}

}  // namespace

Page read_page(std::string_view body) {
    const Json json = parse(body);
    const Json& reply = reply_of(json, body);
    const Json& total = member(reply, "total_count", "/reply");
    const Json& incidents = member(reply, "incidents", "/reply");
    if (!incidents.is_array())
        refuse("/reply/incidents", "expected an array, got " + shown(incidents));
    Page page;
    page.total_count = read_count(total, "/reply/total_count");
    for (std::size_t i = 0; i < incidents.size(); ++i)
        page.rows.push_back(read_row(incidents[i], "/reply/incidents/" + std::to_string(i)));
    if (const auto ids = reply.find("restricted_incident_ids");
        ids != reply.end() && ids->is_array())
        for (std::size_t i = 0; i < ids->size(); ++i)
            page.restricted.push_back(
                read_id((*ids)[i], "/reply/restricted_incident_ids/" + std::to_string(i)));
    return page;
}

std::string read_reason(std::string_view body) {
    const Json json = parse_text(body);
    if (json.is_discarded() || !json.is_object()) return first_line(body);
    const Json& error = error_of(json);
    const std::string message = text_of(error, "err_msg"), extra = text_of(error, "err_extra");
    if (message.empty() && extra.empty()) return first_line(body);
    return first_line(message + (message.empty() || extra.empty() ? "" : ": ") + extra);
}

bool is_json_object(std::string_view body) {
    const Json json = parse_text(body);
    return !json.is_discarded() && json.is_object();
}

int read_error_code(std::string_view body) {
    const Json json = parse_text(body);
    if (json.is_discarded() || !json.is_object()) return 0;
    const Json& error = error_of(json);
    const auto found = error.find("err_code");
    if (found == error.end()) return 0;
    const std::string text = found->is_string() ? found->get<std::string>() : shown(*found);
    int code = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, code);
    return failure == std::errc() && stop == end ? code : 0;
}

std::string extra_data_body(const IncidentId& id, std::int64_t alerts_limit) {
    const Json data{{"incident_id", id.text()}, {"alerts_limit", alerts_limit}};
    try {
        return Json{{"request_data", data}}.dump();
    } catch (const Json::type_error&) {
        throw xdr::Error({.where = "incident id",
                          .what = "it is not UTF-8",
                          .hint = "write it as the API shows it"});
    }
}

std::string read_extra_data(std::string_view body) {
    const Json json = parse(body);
    const Json& reply = reply_of(json, body);
    const Json& incident = member(reply, "incident", "/reply");
    if (!incident.is_object())
        refuse("/reply/incident", "expected an object, got " + shown(incident));
    return reply.dump();
}

}  // namespace fetcher
