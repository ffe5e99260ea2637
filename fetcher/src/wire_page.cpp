#include <limits>

#include "fetcher/wire.hpp"
#include "json_text.hpp"
#include "reply_object.hpp"

namespace fetcher {

namespace {

/// The end of the year 9999, in milliseconds since 1970.
constexpr std::int64_t latest_ms = 253'402'300'799'999;

TimePoint read_time(const JsonValue& value, const std::string& at) {
    std::int64_t ms = 0;
    if (value.get_int64().get(ms) != simdjson::SUCCESS || ms < 0 || ms > latest_ms)
        refuse(at, "expected milliseconds since 1970, got " + shown(value));
    return TimePoint{Millis{ms}};
}

IncidentId read_id(const JsonValue& value, const std::string& at) {
    const auto text = as_text(value);
    if (!text || text->empty()) refuse(at, "expected an id as text, got " + shown(value));
    return IncidentId(std::string(*text));
}

/// Empty for what is no text: nothing is decided by it.
std::string text_or_empty(const JsonValue& object, std::string_view key) {
    const auto value = find(object, key);
    return std::string(value ? as_text(*value).value_or("") : "");
}

Row read_row(const JsonValue& incident, const std::string& at) {
    Row row{
        .incident_id = read_id(member(incident, "incident_id", at), at + "/incident_id"),
        .creation_time = read_time(member(incident, "creation_time", at), at + "/creation_time"),
        .modification_time = {},
        .description = text_or_empty(incident, "description"),
        .severity = text_or_empty(incident, "severity"),
        .raw_json = {}};
    const auto modified = find(incident, "modification_time");
    row.modification_time = !modified || modified->is_null()
                                ? row.creation_time
                                : read_time(*modified, at + "/modification_time");
    return row;
}

/// As large as it was said to be, and not less where the number does not fit.
std::int64_t read_count(const JsonValue& value, const std::string& at) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::int64_t count = 0;
    if (value.is_uint64() && !value.is_int64()) return most;
    if (value.is_double() && double(value) >= static_cast<double>(most)) return most;
    if (value.get_int64().get(count) != simdjson::SUCCESS)
        refuse(at, "expected an integer, got " + shown(value));
    return count;
}

std::string element_of(const std::string& at, std::size_t index) {
    return at + "/" + std::to_string(index);
}

}  // namespace

Page read_page(std::string_view body) {
    const ReplyJson json(body);
    const JsonValue reply = reply_of(json, body);
    const JsonValue total = member(reply, "total_count", "/reply");
    const JsonValue incidents = member(reply, "incidents", "/reply");
    if (!incidents.is_array())
        refuse("/reply/incidents", "expected an array, got " + shown(incidents));
    Page page;
    page.total_count = read_count(total, "/reply/total_count");
    for (const JsonValue incident : simdjson::dom::array(incidents))
        page.rows.push_back(read_row(incident, element_of("/reply/incidents", page.rows.size())));
    const auto texts = elements_of(json.text(), {"reply", "incidents"});
    for (std::size_t i = 0; i < page.rows.size(); ++i)
        page.rows[i].raw_json = without_spaces(texts.at(i));
    const auto ids = find(reply, "restricted_incident_ids");
    if (ids && ids->is_array())
        for (const JsonValue id : simdjson::dom::array(*ids))
            page.restricted.push_back(
                read_id(id, element_of("/reply/restricted_incident_ids", page.restricted.size())));
    return page;
}

}  // namespace fetcher
