#include <array>

#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

std::optional<ReplyFault> read_status(ObjectReader& object) {
    StatusReply reply;
    const auto status = object.integer("status", 400, 599);
    reply.body = object.text("body");
    if (!object.find("status")) return std::nullopt;
    reply.status = static_cast<int>(status.value_or(500));
    return reply;
}

void complain_at(ObjectReader& object, std::string_view key, std::string what,
                 std::string expected) {
    const auto place = object.find(key);
    object.findings().push_back({.at = place->value.at(),
                                 .pointer = place->pointer,
                                 .what = std::move(what),
                                 .expected = std::move(expected)});
}

/// Whether the key is there; it may only be true.
bool is_set(ObjectReader& object, std::string_view key) {
    if (!object.find(key)) return false;
    if (const auto flag = object.flag(key); flag && !*flag)
        complain_at(object, key, "\"" + std::string(key) + "\" is false",
                    "leave it out or set it to true");
    return true;
}

std::optional<ReplyFault> read_reply(const Place& place, Findings& findings) {
    ObjectReader object(place, findings);
    std::vector<ReplyFault> faults;
    if (const auto status = read_status(object)) faults.push_back(*status);
    if (is_set(object, "reset")) faults.emplace_back(Reset{});
    if (is_set(object, "cut")) faults.emplace_back(Cut{});
    if (is_set(object, "invalid_json")) faults.emplace_back(InvalidJson{});
    object.finish();
    if (object.find("body") && !object.find("status")) {
        complain_at(object, "body", "a body without a status", "expected \"status\" beside it");
        return std::nullopt;
    }
    if (faults.size() == 1) return faults.front();
    if (object.is_object())
        object.complain(
            faults.empty() ? "the reply names no fault" : "the reply names more than one fault",
            "expected one of \"status\", \"reset\", \"cut\" and \"invalid_json\"");
    return std::nullopt;
}

void check_condition(ObjectReader& object, const Fault& fault) {
    const bool from = object.find("from").has_value(), until = object.find("until").has_value();
    const int conditions =
        (from || until ? 1 : 0) + (object.find("request") ? 1 : 0) + (object.find("run") ? 1 : 0);
    if (object.find("crash") && !object.find("run"))
        object.complain("the crash names no run", "expected \"run\" beside \"crash\"");
    else if (conditions != 1)
        object.complain(
            conditions == 0 ? "the fault does not say when" : "the fault has two conditions",
            "expected \"from\" and \"until\", or \"request\", or \"run\"");
    else if (from != until)
        object.complain("the span has one end only", "expected both \"from\" and \"until\"");
    if (fault.from && fault.until && *fault.until <= *fault.from)
        object.complain("the fault can never fire: its span is empty",
                        "expected \"until\" after \"from\"");
}

std::optional<Fault> read_fault(const Place& place, Findings& findings) {
    static constexpr std::array<std::string_view, 3> crashes{"before_emit", "after_emit",
                                                             "after_save"};
    ObjectReader object(place, findings);
    if (!object.is_object()) return std::nullopt;
    Fault fault;
    fault.from = object.duration("from", Sign::any);
    fault.until = object.duration("until", Sign::any);
    fault.request = object.integer("request", 1, INT64_MAX);
    fault.run = object.integer("run", 1, INT64_MAX);
    const auto reply_place = object.find("reply");
    const auto crash_place = object.find("crash");
    if (const auto crash = object.choice("crash", crashes))
        fault.effect = static_cast<Crash>(*crash);
    if (reply_place)
        if (const auto reply = read_reply(*reply_place, findings)) fault.effect = *reply;
    if (reply_place.has_value() == crash_place.has_value())
        object.complain(reply_place ? "the fault has two effects" : "the fault has no effect",
                        "expected either \"reply\" or \"crash\"");
    check_condition(object, fault);
    object.finish();
    return fault;
}

Expectation read_expectation(const Place& place, Findings& findings) {
    Expectation expectation;
    if (const auto* word = place.value.get_if<std::string>()) {
        if (*word != "clean")
            findings.push_back({.at = place.value.at(),
                                .pointer = place.pointer,
                                .what = "unknown expectation '" + *word + "'",
                                .expected = "expected \"clean\" or an object such as "
                                            "{ \"lost\": [\"101\"] }"});
        return expectation;
    }
    if (!place.value.get_if<json::Object>()) {
        findings.push_back({.at = place.value.at(),
                            .pointer = place.pointer,
                            .what = "found " + kind_of(place.value),
                            .expected = "expected \"clean\" or an object such as "
                                        "{ \"lost\": [\"101\"] }"});
        return expectation;
    }
    ObjectReader object(place, findings);
    const auto ids = [&](std::string_view key) {
        const auto at = object.find(key);
        return at ? read_ids(*at, findings) : std::vector<IncidentId>{};
    };
    expectation.lost = ids("lost");
    expectation.duplicated = ids("duplicated");
    expectation.late = ids("late");
    expectation.unexpected = ids("unexpected");
    if (object.find("excused")) expectation.excused = ids("excused");
    object.finish();
    return expectation;
}

}  // namespace

std::vector<Fault> read_faults(const Place& place, Findings& findings) {
    std::vector<Fault> faults;
    for (const Place& item : read_array(place, findings))
        if (auto fault = read_fault(item, findings)) faults.push_back(std::move(*fault));
    return faults;
}

std::map<std::string, Expectation> read_expect(const Place& place,
                                               const std::vector<std::string_view>& policies,
                                               Findings& findings) {
    ObjectReader object(place, findings);
    std::map<std::string, Expectation> expect;
    for (const std::string_view policy : policies)
        if (const auto at = object.find(policy))
            expect.emplace(policy, read_expectation(*at, findings));
    object.finish();
    return expect;
}

}  // namespace mockxdr
