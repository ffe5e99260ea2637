#include "harness/scenario_text.hpp"

#include <utility>

#include "xdr/error.hpp"
#include "xdr/time.hpp"

namespace harness {

namespace {

using mockxdr::json::Value;
using xdr::Millis;

std::string quoted(std::string text) { return mockxdr::json::write(Value(std::move(text))); }

std::string duration(Millis length) { return quoted(xdr::duration_text(length)); }

/// One JSON object, its members in the order in which they are added.
class Object {
   public:
    void add(const std::string& key, const std::string& value) {
        text_ += (text_.empty() ? "" : ", ") + quoted(key) + ": " + value;
    }
    void add(const std::string& key, std::int64_t value) { add(key, std::to_string(value)); }
    bool empty() const { return text_.empty(); }
    std::string text() const { return text_.empty() ? "{}" : "{ " + text_ + " }"; }

   private:
    std::string text_;
};

template <class Items, class Write>
std::string array(const Items& items, const std::string& before, const std::string& after,
                  Write write) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? before : "," + before) + write(item);
    return "[" + text + after + "]";
}

template <class Items, class Write>
std::string flat(const Items& items, Write write) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + write(item);
    return "[" + text + "]";
}

std::string id_text(const xdr::IncidentId& id) { return quoted(id.text()); }

std::string ids_text(const std::vector<xdr::IncidentId>& ids) { return flat(ids, id_text); }

std::string clock_text(const std::vector<mockxdr::ClockChange>& changes) {
    return flat(changes, [](const mockxdr::ClockChange& change) {
        Object out;
        out.add("from", duration(change.from));
        out.add("offset", duration(change.offset));
        return out.text();
    });
}

std::string server_text(const mockxdr::ServerOptions& server) {
    const mockxdr::ServerOptions dull;
    Object out;
    if (server.page_cap != dull.page_cap) out.add("page_cap", server.page_cap);
    if (server.total_count_off_by != 0) out.add("total_count_off_by", server.total_count_off_by);
    if (server.total_count_cap) out.add("total_count_cap", *server.total_count_cap);
    static constexpr const char* ties[] = {"by_id", "insertion", "shuffled"};
    if (server.ties != dull.ties) out.add("ties", quoted(ties[static_cast<int>(server.ties)]));
    if (server.seed != dull.seed) out.add("seed", static_cast<std::int64_t>(server.seed));
    if (server.latency != dull.latency) out.add("latency", duration(server.latency));
    if (!server.clock.empty()) out.add("clock", clock_text(server.clock));
    if (!server.restricted.empty()) out.add("restricted", ids_text(server.restricted));
    return out.empty() ? "" : out.text();
}

std::string query_text(const mockxdr::Wanted& query) {
    Object out;
    const auto text = [](const std::string& one) { return quoted(one); };
    if (!query.status.empty()) out.add("status", flat(query.status, text));
    if (query.starred) out.add("starred", *query.starred ? "true" : "false");
    if (!query.alert_sources.empty()) out.add("alert_sources", flat(query.alert_sources, text));
    if (!query.description.empty()) out.add("description", quoted(query.description));
    return out.text();
}

std::string changes_text(const std::vector<mockxdr::SettingChange>& changes) {
    return flat(changes, [](const mockxdr::SettingChange& change) {
        Object out;
        out.add("at", duration(change.at));
        if (change.look_back) out.add("look_back", duration(*change.look_back));
        if (change.limit) out.add("limit", *change.limit);
        return out.text();
    });
}

std::string poll_text(const mockxdr::OddPoll& poll) {
    Object out;
    out.add("run", poll.run);
    if (poll.missed)
        out.add("missed", "true");
    else
        out.add("late", duration(poll.late));
    return out.text();
}

std::string fetch_text(const mockxdr::FetchOptions& fetch) {
    Object out;
    out.add("every", duration(fetch.every));
    out.add("runs", fetch.runs);
    out.add("limit", fetch.limit);
    out.add("look_back", duration(fetch.look_back));
    out.add("first_fetch", quoted(fetch.first_fetch));
    if (fetch.max_requests) out.add("max_requests", *fetch.max_requests);
    if (fetch.paging == mockxdr::Paging::single) out.add("paging", quoted("single"));
    if (!(fetch.query == mockxdr::Wanted{})) out.add("query", query_text(fetch.query));
    if (!fetch.client_clock.empty()) out.add("client_clock", clock_text(fetch.client_clock));
    if (!fetch.changes.empty()) out.add("changes", changes_text(fetch.changes));
    if (!fetch.polls.empty()) out.add("polls", flat(fetch.polls, poll_text));
    return out.text();
}

std::string fields_text(const mockxdr::Fields& fields) {
    Object out;
    for (const auto& [key, value] : fields) out.add(key, mockxdr::json::write(value));
    return out.text();
}

std::string update_text(const mockxdr::Update& update) {
    Object out;
    out.add("at", duration(update.at));
    if (!update.set.empty() || !update.created) out.add("set", fields_text(update.set));
    if (update.created) out.add("created", duration(*update.created));
    if (update.indexed_after > Millis{0}) out.add("indexed_after", duration(update.indexed_after));
    return out.text();
}

std::string incident_text(const mockxdr::IncidentSpec& incident) {
    Object out;
    out.add("id", id_text(incident.id));
    out.add("created", duration(incident.created));
    if (incident.indexed_after > Millis{0})
        out.add("indexed_after", duration(incident.indexed_after));
    if (incident.stamped_ahead > Millis{0})
        out.add("stamped_ahead", duration(incident.stamped_ahead));
    if (!incident.fields.empty()) out.add("fields", fields_text(incident.fields));
    if (!incident.updates.empty()) out.add("updates", flat(incident.updates, update_text));
    if (incident.removed_at) out.add("removed_at", duration(*incident.removed_at));
    return out.text();
}

struct ReplyText {
    std::string operator()(const mockxdr::StatusReply& reply) const {
        return R"({ "status": )" + std::to_string(reply.status) + " }";
    }
    std::string operator()(const mockxdr::ErrorObject& error) const {
        Object parts;
        parts.add("err_code", error.err_code);
        parts.add("err_msg", quoted(error.err_msg));
        parts.add("err_extra", mockxdr::json::write(error.err_extra));
        return R"({ "error_object": )" + parts.text() + " }";
    }
    std::string operator()(const mockxdr::Cut&) const { return R"({ "cut": true })"; }
    std::string operator()(const mockxdr::InvalidJson&) const {
        return R"({ "invalid_json": true })";
    }
    std::string operator()(mockxdr::Reset reset) const {
        return reset.seen == mockxdr::Reset::Seen::yes ? R"({ "reset": true })"
                                                       : R"({ "reset": "before_seen" })";
    }
    template <class Other>
    std::string operator()(const Other& other) const {
        throw xdr::Error({.where = "the fault '" + describe(mockxdr::ReplyFault(other)) + "'",
                          .what = "no schedule of the simulator has it",
                          .hint = "copy the file by hand"});
    }
};

std::string fault_text(const mockxdr::Fault& fault) {
    Object out;
    if (fault.run) out.add("run", *fault.run);
    if (fault.request) out.add("request", *fault.request);
    if (const auto* crash = std::get_if<mockxdr::Crash>(&fault.effect))
        out.add("crash", quoted(std::string(name_of(*crash))));
    if (const auto* restore = std::get_if<mockxdr::Restore>(&fault.effect))
        out.add("restore", restore->saves);
    if (const auto* reply = std::get_if<mockxdr::ReplyFault>(&fault.effect))
        out.add("reply", std::visit(ReplyText{}, *reply));
    return out.text();
}

std::string expectation_text(const mockxdr::Expectation& expected) {
    if (expected == mockxdr::Expectation{}) return quoted("clean");
    Object out;
    const auto add = [&](const char* name, const std::vector<xdr::IncidentId>& ids) {
        if (!ids.empty()) out.add(name, ids_text(ids));
    };
    add("lost", expected.lost);
    add("duplicated", expected.duplicated);
    add("late", expected.late);
    add("unexpected", expected.unexpected);
    if (expected.excused) out.add("excused", ids_text(*expected.excused));
    return out.text();
}

std::string line(const std::string& key, const std::string& value) {
    return ",\n  " + quoted(key) + ": " + value;
}

}  // namespace

std::string scenario_text(const mockxdr::Scenario& scenario) {
    std::string text = "{\n  \"title\": " + quoted(scenario.title);
    if (!scenario.source.empty()) text += line("source", quoted(scenario.source));
    text += line("start", quoted(xdr::iso8601(scenario.start)));
    if (const std::string server = server_text(scenario.server); !server.empty())
        text += line("server", server);
    text += line("fetch", fetch_text(scenario.fetch));
    text += line("incidents", array(scenario.incidents, "\n    ", "\n  ", incident_text));
    if (!scenario.faults.empty())
        text += line("faults", array(scenario.faults, "\n    ", "\n  ", fault_text));
    if (!scenario.expect.empty()) {
        Object expect;
        for (const auto& [policy, expected] : scenario.expect)
            expect.add(policy, expectation_text(expected));
        text += line("expect", expect.text());
    }
    if (scenario.vacuous) text += line("vacuous", "true");
    return text + "\n}\n";
}

}  // namespace harness
