#include "wire_update.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "mockxdr/incident_fields.hpp"
#include "request_reader.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

using json::Value;

/// Source: "Update an Incident", manual_severity.
constexpr std::array<std::string_view, 4> manual_severities{"high", "medium", "low", "critical"};

/// The text of a key that may be empty; nothing if the key is absent. null is refused: some would
/// mean "clear it" by it, others "leave it".
std::optional<std::string> text_of(const Value& update, const std::string& key) {
    const Value* value = update.find(key);
    if (!value) return std::nullopt;
    const auto* text = value->get_if<std::string>();
    if (!text)
        reject(500, "update_data." + key + ": expected a string, got " + quoted(*value) +
                        (value->is_null() ? ", leave the key out to change nothing" : ""));
    return *text;
}

/// As text_of; both ways to say "none" come back as the empty text.
std::optional<std::string> clearable(const Value& update, const std::string& key) {
    std::optional<std::string> text = text_of(update, key);
    if (text && lowered(*text) == "none") text->clear();
    return text;
}

void check_known(const std::string& word, std::span<const std::string_view> known,
                 const std::string& key) {
    if (std::find(known.begin(), known.end(), word) != known.end()) return;
    reject(500, "update_data." + key + ": unknown " + key + " '" + shortened(word) + "', " +
                    guess(word, known));
}

bool is_resolved(std::string_view status) { return status.starts_with("resolved"); }

std::optional<std::string> read_status(const Value& update) {
    std::optional<std::string> status = text_of(update, "status");
    if (!status) return status;
    status = lowered(std::move(*status));
    check_known(*status, known_statuses(), "status");
    return status;
}

std::optional<std::string> read_severity(const Value& update) {
    std::optional<std::string> severity = clearable(update, "manual_severity");
    if (!severity || severity->empty()) return severity;
    severity = lowered(std::move(*severity));
    check_known(*severity, manual_severities, "manual_severity");
    return severity;
}

void read_assignee(const Value& update, UpdateRequest& request) {
    request.assigned_user_mail = clearable(update, "assigned_user_mail");
    request.assigned_user_pretty_name = clearable(update, "assigned_user_pretty_name");
    const auto& name = request.assigned_user_pretty_name;
    if (name && !request.assigned_user_mail)
        reject(500, "update_data.assigned_user_pretty_name: expected assigned_user_mail beside it");
    if (name && !name->empty() && request.assigned_user_mail->empty())
        reject(500,
               "update_data.assigned_user_pretty_name: expected no name where assigned_user_mail "
               "unassigns");
}

std::optional<std::string> read_comment(const Value& update) {
    const Value* comment = update.find("comment");
    if (!comment) return std::nullopt;
    const std::string at = "update_data.comment";
    if (!comment->get_if<json::Object>())
        reject(500,
               at + ": expected an object with comment_action and value, got " + quoted(*comment));
    const std::string action = text_member(*comment, "comment_action", at);
    if (action != "add")
        reject(500,
               at + ".comment_action: unknown action '" + shortened(action) + "', expected add");
    return text_member(*comment, "value", at);
}

UpdateRequest read_request_data(const Value& data) {
    UpdateRequest request{.incident_id = read_incident_id(data)};
    const Value* found = data.find("update_data");
    if (!found) reject_missing("update_data");
    const Value& update = *found;
    if (!update.get_if<json::Object>())
        reject(400, "update_data: expected an object, got " + quoted(update));
    read_assignee(update, request);
    request.manual_severity = read_severity(update);
    request.status = read_status(update);
    request.resolve_comment = text_of(update, "resolve_comment");
    request.comment = read_comment(update);
    // Some clients send all keys, the ones without a value empty.
    const bool explains = request.resolve_comment && !request.resolve_comment->empty();
    if (explains && request.status && !is_resolved(*request.status))
        reject(500,
               "update_data.resolve_comment: expected a resolved status, got " + *request.status);
    return request;
}

Value current_value(const Match& current, std::string_view name) {
    return field_value(*current.incident, *current.version, name);
}

/// null for an empty text.
Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

std::int64_t epoch_ms(TimePoint time) { return time.time_since_epoch().count(); }

/// Keys as a public client reads them; what the API puts in the first two was never published.
CommentList with_comment(const Match& current, const std::string& text, TimePoint now) {
    const Fields& fields = current.version->fields;
    const Value* set = fields.find("comments");
    const auto* array = set ? set->get_if<json::Array>() : nullptr;
    const std::size_t before = (array ? array->size() : 0) + fields.comments().size();
    return fields.comments().with(
        json::Object{{"comment_id", static_cast<std::int64_t>(before) + 1, {}},
                     {"created_by", "Public API", {}},
                     {"created_time", epoch_ms(now), {}},
                     {"value", text, {}}});
}

void add_assignee(const UpdateRequest& request, const Match& current,
                  std::vector<Fields::Entry>& changes) {
    if (!request.assigned_user_mail) return;
    const Value mail = text_or_null(*request.assigned_user_mail);
    changes.emplace_back("assigned_user_mail", mail);
    // The name of somebody else must not stay; the mock knows no users to look the new one up in.
    if (request.assigned_user_pretty_name)
        changes.emplace_back("assigned_user_pretty_name",
                             text_or_null(*request.assigned_user_pretty_name));
    else if (mail != current_value(current, "assigned_user_mail"))
        changes.emplace_back("assigned_user_pretty_name", json::Null{});
}

}  // namespace

std::variant<UpdateRequest, Refusal> read_update(std::string_view body,
                                                 const ServerOptions& options) {
    return read_request(body, options, read_request_data);
}

std::optional<Refusal> check_update(const UpdateRequest& request, const Match& current) {
    if (request.resolve_comment.value_or("").empty() || request.status) return std::nullopt;
    const Value status = current_value(current, "status");
    const auto* text = status.get_if<std::string>();
    if (text && is_resolved(*text)) return std::nullopt;
    return Refusal{.status = 500,
                   .err_msg = std::string(generic_error),
                   .err_extra =
                       "update_data.resolve_comment: expected a resolved incident, its "
                       "status is " +
                       quoted(status)};
}

Fields changes_of(const UpdateRequest& request, const Match& current, TimePoint now) {
    std::vector<Fields::Entry> changes;
    add_assignee(request, current, changes);
    if (request.manual_severity)
        changes.emplace_back("manual_severity", text_or_null(*request.manual_severity));
    if (request.status) {
        changes.emplace_back("status", *request.status);
        changes.emplace_back("resolved_timestamp",
                             is_resolved(*request.status) ? Value(epoch_ms(now)) : Value());
    }
    if (request.resolve_comment)
        changes.emplace_back("resolve_comment", text_or_null(*request.resolve_comment));
    CommentList comments;
    if (request.comment) comments = with_comment(current, *request.comment, now);
    return Fields(std::move(changes), std::move(comments));
}

std::string summary(const UpdateRequest& request) {
    std::string what;
    const auto add = [&](const std::string& text) { what += (what.empty() ? "" : ", ") + text; };
    if (request.assigned_user_mail)
        add(request.assigned_user_mail->empty() ? "unassigned" : "assigned");
    if (request.manual_severity)
        add("manual_severity " +
            (request.manual_severity->empty() ? "none" : *request.manual_severity));
    if (request.status) add("status " + *request.status);
    if (request.resolve_comment) add("resolve_comment set");
    if (request.comment) add("comment added");
    return "update of " + shortened(request.incident_id) + ": " + (what.empty() ? "nothing" : what);
}

}  // namespace mockxdr
