#include "wire_update.hpp"

#include "print.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
constexpr std::int64_t noon_ms = 1704110400000;

std::string body_of(const std::string& update_data) {
    return R"({"request_data": {"incident_id": "101", "update_data": )" + update_data + "}}";
}

UpdateRequest accepted_body(const std::string& body) {
    const auto read = read_update(body, ServerOptions{});
    if (const auto* refusal = std::get_if<Refusal>(&read)) FAIL("refused: " << refusal->err_extra);
    return std::get<UpdateRequest>(read);
}

UpdateRequest accepted(const std::string& update_data) {
    return accepted_body(body_of(update_data));
}

Refusal refused_body(const std::string& body) {
    const auto read = read_update(body, ServerOptions{});
    REQUIRE(std::holds_alternative<Refusal>(read));
    CHECK(std::get<Refusal>(read).err_msg == "An error occurred while processing XDR public API");
    return std::get<Refusal>(read);
}

/// The reason for which such update_data is refused with 500.
std::string refused(const std::string& update_data) {
    const Refusal refusal = refused_body(body_of(update_data));
    CHECK(refusal.status == 500);
    return refusal.err_extra;
}

/// An incident as one query sees it, and what a request makes of it.
struct Seen {
    Incident incident{.id = IncidentId("101"), .created = noon - 1h};
    Version version{};

    explicit Seen(const Fields& fields) : version{.from = noon - 1h, .fields = fields} {}

    Match match() const { return {.incident = &incident, .version = &version}; }

    Fields changed_by(const std::string& update_data) const {
        return changes_of(accepted(update_data), match(), noon);
    }

    std::optional<Refusal> refusal_of(const std::string& update_data) const {
        return check_update(accepted(update_data), match());
    }
};

std::string comments_after(const Seen& seen, const std::string& update_data) {
    Version after = seen.version;
    after.fields = after.fields.with(seen.changed_by(update_data));
    return json::write(field_value(seen.incident, after, "comments"));
}

}  // namespace

TEST_CASE("an update names what it changes, and nothing else", "[wire_update]") {
    CHECK(accepted(R"({"assigned_user_mail": "a@b.c", "assigned_user_pretty_name": "A B",
                       "manual_severity": "HIGH", "status": "RESOLVED_TRUE_POSITIVE",
                       "resolve_comment": "done",
                       "comment": {"comment_action": "add", "value": "seen"}})") ==
          UpdateRequest{.incident_id = "101",
                        .assigned_user_mail = "a@b.c",
                        .assigned_user_pretty_name = "A B",
                        .manual_severity = "high",
                        .status = "resolved_true_positive",
                        .resolve_comment = "done",
                        .comment = "seen"});
    CHECK(accepted("{}") == UpdateRequest{.incident_id = "101"});
}

TEST_CASE("the id of an update may be a number", "[wire_update]") {
    const std::string id = GENERATE("101", "101.0", "1.01e2");
    CHECK(accepted_body(R"({"request_data": {"incident_id": )" + id + R"(, "update_data": {}}})") ==
          UpdateRequest{.incident_id = "101"});
}

TEST_CASE("unknown keys of an update are ignored", "[wire_update]") {
    CHECK(accepted(R"({"severity": "high", "status": "new"})") ==
          UpdateRequest{.incident_id = "101", .status = "new"});
}

TEST_CASE("statuses of an update are read in either case", "[wire_update]") {
    const auto [sent, stored] = GENERATE(table<std::string, std::string>({
        {"new", "new"},
        {"UNDER_INVESTIGATION", "under_investigation"},
        {"RESOLVED_THREAT_HANDLED", "resolved_threat_handled"},
        {"Resolved_Duplicate", "resolved_duplicate"},
        {"RESOLVED_AUTO_RESOLVE", "resolved_auto_resolve"},
    }));
    CAPTURE(sent);
    CHECK(accepted(R"({"status": ")" + sent + R"("})").status == stored);
}

TEST_CASE("an update without its parts is refused with 400", "[wire_update]") {
    const auto [body, why] = GENERATE(table<std::string, std::string>({
        {R"({"incident_id": "101"})", "Missing at least one required parameter: ['request_data']"},
        {R"({"request_data": {"update_data": {}}})",
         "Missing at least one required parameter: ['incident_id']"},
        {R"({"request_data": {"incident_id": "101"}})",
         "Missing at least one required parameter: ['update_data']"},
        {R"({"request_data": {"incident_id": "101", "update_data": []}})",
         "update_data: expected an object, got []"},
    }));
    CAPTURE(body);
    const Refusal refusal = refused_body(body);
    CHECK(refusal.status == 400);
    CHECK(refusal.err_extra == why);
    CHECK(refused_body("{").status == 400);
}

TEST_CASE("an update with an id that cannot be is refused", "[wire_update]") {
    CHECK(refused_body(R"({"request_data": {"incident_id": null, "update_data": {}}})").err_extra ==
          "Missing at least one required parameter: ['incident_id']");
    CHECK(refused_body(R"({"request_data": {"incident_id": "", "update_data": {}}})").err_extra ==
          "Missing at least one required parameter: ['incident_id']");
}

TEST_CASE("a value that cannot be is refused, never ignored", "[wire_update]") {
    const auto [update_data, why] = GENERATE(table<std::string, std::string>({
        {R"({"status": "resolvd_other"})",
         "update_data.status: unknown status 'resolvd_other', did you mean resolved_other?"},
        {R"({"status": 5})", "update_data.status: expected a string, got 5"},
        {R"({"status": null})",
         "update_data.status: expected a string, got null, leave the key out to change nothing"},
        {R"({"manual_severity": "informational"})",
         "update_data.manual_severity: unknown manual_severity 'informational', expected one of "
         "high, medium, low, critical"},
        {R"({"manual_severity": "hihg"})",
         "update_data.manual_severity: unknown manual_severity 'hihg', did you mean high?"},
        {R"({"assigned_user_mail": ["a@b.c"]})",
         R"(update_data.assigned_user_mail: expected a string, got ["a@b.c"])"},
        {R"({"assigned_user_pretty_name": "A B"})",
         "update_data.assigned_user_pretty_name: expected assigned_user_mail beside it"},
        {R"({"assigned_user_mail": "none", "assigned_user_pretty_name": "A B"})",
         "update_data.assigned_user_pretty_name: expected no name where assigned_user_mail "
         "unassigns"},
        {R"({"resolve_comment": "done", "status": "new"})",
         "update_data.resolve_comment: expected a resolved status, got new"},
        {R"({"comment": "seen"})",
         R"(update_data.comment: expected an object with comment_action and value, got "seen")"},
        {R"({"comment": {"value": "seen"}})", "update_data.comment: comment_action is missing"},
        {R"({"comment": {"comment_action": "remove", "value": "seen"}})",
         "update_data.comment.comment_action: unknown action 'remove', expected add"},
        {R"({"comment": {"comment_action": "add", "value": ""}})",
         "value param is missing (update_data.comment.value is empty)"},
    }));
    CAPTURE(update_data);
    CHECK(refused(update_data) == why);
}

TEST_CASE("resolving sets the time, reopening clears it", "[wire_update]") {
    const Seen seen(Fields{{"status", "new"}});
    CHECK(seen.changed_by(R"({"status": "RESOLVED_OTHER", "resolve_comment": "done"})") ==
          Fields{{"status", "resolved_other"},
                 {"resolved_timestamp", noon_ms},
                 {"resolve_comment", "done"}});
    CHECK(seen.changed_by(R"({"status": "under_investigation"})") ==
          Fields{{"status", "under_investigation"}, {"resolved_timestamp", json::Null{}}});
}

TEST_CASE("a comment on the resolution needs a resolved incident", "[wire_update]") {
    const std::string comment = R"({"resolve_comment": "done"})";
    CHECK_FALSE(Seen(Fields{{"status", "resolved_auto"}}).refusal_of(comment));
    const auto refusal = Seen(Fields{{"status", "new"}}).refusal_of(comment);
    REQUIRE(refusal);
    CHECK(refusal->status == 500);
    CHECK(refusal->err_extra ==
          R"(update_data.resolve_comment: expected a resolved incident, its status is "new")");
    CHECK(Seen(Fields{{"status", json::Null{}}}).refusal_of(comment));
    CHECK_FALSE(Seen(Fields{}).refusal_of(R"({"status": "resolved_auto",
                                              "resolve_comment": "done"})"));
}

TEST_CASE("an empty comment on the resolution clears it, whatever the status", "[wire_update]") {
    const std::string empty = R"({"resolve_comment": "", "status": "new"})";
    const Seen seen(Fields{{"resolve_comment", "done"}});
    CHECK_FALSE(seen.refusal_of(empty));
    CHECK_FALSE(seen.refusal_of(R"({"resolve_comment": ""})"));
    CHECK(*seen.changed_by(empty).find("resolve_comment") == json::Value());
}

TEST_CASE("an assignee is set by mail and cleared by none or an empty text", "[wire_update]") {
    const Seen nobody{Fields{}};
    CHECK(nobody.changed_by(R"({"assigned_user_mail": "a@b.c",
                                "assigned_user_pretty_name": "A B"})") ==
          Fields{{"assigned_user_mail", "a@b.c"}, {"assigned_user_pretty_name", "A B"}});
    const Seen assigned{
        Fields{{"assigned_user_mail", "a@b.c"}, {"assigned_user_pretty_name", "A B"}}};
    const std::string none = GENERATE("none", "None", "");
    CHECK(
        assigned.changed_by(R"({"assigned_user_mail": ")" + none + R"("})") ==
        Fields{{"assigned_user_mail", json::Null{}}, {"assigned_user_pretty_name", json::Null{}}});
    CHECK(assigned.changed_by(R"({"manual_severity": ")" + none + R"("})") ==
          Fields{{"manual_severity", json::Null{}}});
}

TEST_CASE("the name of another assignee does not stay", "[wire_update]") {
    const Seen assigned{
        Fields{{"assigned_user_mail", "a@b.c"}, {"assigned_user_pretty_name", "A B"}}};
    CHECK(assigned.changed_by(R"({"assigned_user_mail": "d@e.f"})") ==
          Fields{{"assigned_user_mail", "d@e.f"}, {"assigned_user_pretty_name", json::Null{}}});
    CHECK(assigned.changed_by(R"({"assigned_user_mail": "a@b.c"})") ==
          Fields{{"assigned_user_mail", "a@b.c"}});
}

TEST_CASE("a comment is appended to those that are there", "[wire_update]") {
    const std::string comment = R"({"comment": {"comment_action": "add", "value": "seen"}})";
    const std::string added =
        R"("created_by": "Public API", "created_time": 1704110400000, "value": "seen"}])";
    CHECK(comments_after(Seen{Fields{}}, comment) == R"([{"comment_id": 1, )" + added);
    CHECK(comments_after(Seen{Fields{{"comments", json::Null{}}}}, comment) ==
          R"([{"comment_id": 1, )" + added);
    const Seen talked_of{Fields{{"comments", json::Array{json::Value("first")}}}};
    CHECK(comments_after(talked_of, comment) == R"(["first", {"comment_id": 2, )" + added);
}

TEST_CASE("thousands of comments are kept once", "[wire_update]") {
    Seen seen{Fields{{"comments", json::Array{json::Value("first")}}}};
    const std::string comment = R"({"comment": {"comment_action": "add", "value": "seen"}})";
    for (int i = 0; i < 3000; ++i) {
        const Fields before = seen.version.fields;
        seen.version.fields = before.with(seen.changed_by(comment));
        // Unless there was no room, and then there is for as many again.
        const bool shared =
            before.comments().values().data() == seen.version.fields.comments().values().data();
        const bool grew = (before.comments().size() & (before.comments().size() - 1)) == 0;
        REQUIRE((shared || grew));
    }
    const json::Value all = field_value(seen.incident, seen.version, "comments");
    CHECK(all.get_if<json::Array>()->size() == 3001);
    CHECK(*all.get_if<json::Array>()->back().find("comment_id") == json::Value(3001));
}

TEST_CASE("an update that sets nothing changes no field", "[wire_update]") {
    CHECK(Seen{Fields{}}.changed_by("{}").empty());
}

TEST_CASE("the journal's text of an update repeats no personal text", "[wire_update]") {
    CHECK(summary(accepted(R"({"assigned_user_mail": "a@b.c", "manual_severity": "low",
                               "status": "RESOLVED_AUTO", "resolve_comment": "done",
                               "comment": {"comment_action": "add", "value": "seen"}})")) ==
          "update of 101: assigned, manual_severity low, status resolved_auto, resolve_comment "
          "set, comment added");
    CHECK(summary(accepted(R"({"assigned_user_mail": "", "manual_severity": "none"})")) ==
          "update of 101: unassigned, manual_severity none");
    CHECK(summary(accepted("{}")) == "update of 101: nothing");
    CHECK(summary({.incident_id = std::string(5000, '1')}).size() < 100);
}
