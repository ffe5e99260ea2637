#include <algorithm>
#include <array>

#include "faults.hpp"
#include "mockxdr/http_date.hpp"
#include "request_reader.hpp"
#include "wire.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

using json::Object;

/// The parts of a header's name. Source: RFC 9110, section 5.6.2.
bool is_header_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return xdr::is_control(c) && c != '\t'; });
}

/// What would contradict the reply's real form.
bool is_set_by_server(const std::string& name) {
    static constexpr std::array<std::string_view, 5> names{
        "content-length", "transfer-encoding", "connection", "content-encoding", "date"};
    return std::find(names.begin(), names.end(), lowered(name)) != names.end();
}

void read_header(const json::Member& member, const Spot& place, StatusReply& reply,
                 Findings& findings) {
    const auto complain = [&](std::string what, std::string expected) {
        findings.push_back({.at = member.at,
                            .pointer = json::pointer_to(place.pointer, member.key),
                            .what = std::move(what),
                            .expected = std::move(expected)});
    };
    if (!is_header_name(member.key))
        complain("'" + member.key + "' is not the name of a header",
                 "expected letters, digits and hyphens such as \"X-Request-Id\"");
    if (is_set_by_server(member.key))
        complain("the server sets the header '" + member.key + "' itself", "leave it out");
    if (lowered(member.key) == "retry-after" && reply.retry_after)
        complain("the reply says twice when to come again",
                 "expected either \"retry_after\" or the header");
    const auto value = read_text(
        {.value = member.value, .pointer = json::pointer_to(place.pointer, member.key)}, findings);
    if (value && has_control(*value))
        complain("the value of the header '" + member.key + "' holds a control character",
                 "expected one line of text");
    if (value) reply.headers.emplace_back(member.key, *value);
}

void read_headers(const Spot& place, StatusReply& reply, Findings& findings) {
    const ObjectReader object(place, findings);
    if (!object.is_object()) return;
    for (const json::Member& member : *place.value.get_if<Object>())
        read_header(member, place, reply, findings);
}

std::optional<Millis> read_seconds(const Spot& place, Findings& findings) {
    const auto after = read_duration(place, Sign::not_negative, findings);
    if (after && *after % std::chrono::seconds{1} != Millis{0})
        complain_at(place, xdr::duration_text(*after) + " is not in whole seconds",
                    "expected whole seconds such as \"30s\"", findings);
    return after;
}

RetryAfter read_retry_after(const Spot& place, Findings& findings) {
    static constexpr std::array<std::string_view, 2> forms{"seconds", "date"};
    RetryAfter retry;
    if (!place.value.get_if<Object>()) {
        retry.after = read_seconds(place, findings).value_or(Millis{0});
        return retry;
    }
    ObjectReader object(place, findings);
    object.require("after", "how long to wait, such as \"30s\"");
    if (const auto after = object.find("after"))
        retry.after = read_seconds(*after, findings).value_or(Millis{0});
    if (const auto form = object.choice("form", forms))
        retry.form = static_cast<RetryAfter::Form>(*form);
    object.finish();
    return retry;
}

/// Parts that mean nothing without a status.
void check_parts(ObjectReader& reply) {
    if (reply.find("status")) return;
    for (const std::string_view part : {"body", "headers", "retry_after"})
        if (const auto place = reply.find(part))
            complain_at(*place, "\"" + std::string(part) + "\" without a status",
                        "expected \"status\" beside it", reply.findings());
}

std::string written(const RetryAfter& retry, TimePoint now) {
    if (retry.form == RetryAfter::Form::date) return http_date(now + retry.after);
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(retry.after).count());
}

}  // namespace

std::optional<StatusReply> read_status_reply(ObjectReader& reply) {
    check_parts(reply);
    StatusReply fault;
    if (const auto retry = reply.find("retry_after"))
        fault.retry_after = read_retry_after(*retry, reply.findings());
    if (const auto headers = reply.find("headers")) read_headers(*headers, fault, reply.findings());
    fault.body = reply.text("body");
    if (!reply.find("status")) return std::nullopt;
    fault.status = static_cast<int>(reply.integer("status", 400, 599).value_or(500));
    return fault;
}

std::string text_of(const StatusReply& fault) { return "status " + std::to_string(fault.status); }

HttpReply apply(const StatusReply& fault, const Regular& regular) {
    HttpReply reply =
        write_refusal(refusal_of(fault.status, regular.options), regular.options.error_form);
    reply.status = fault.status;
    reply.date = regular.reply.date;
    if (fault.body) reply.body = *fault.body;
    for (const auto& [name, value] : fault.headers) {
        if (lowered(name) == "content-type")
            reply.content_type = value;
        else
            reply.headers.emplace_back(name, value);
    }
    if (fault.retry_after)
        reply.headers.emplace_back("Retry-After", written(*fault.retry_after, reply.date));
    return reply;
}

}  // namespace mockxdr
