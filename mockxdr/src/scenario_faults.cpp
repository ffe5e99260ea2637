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

bool is_set(ObjectReader& object, std::string_view key) {
    const auto flag = object.flag(key);
    if (flag && !*flag)
        object.complain("\"" + std::string(key) + "\" is false", "leave it out or set it to true");
    return flag.has_value();
}

std::optional<ReplyFault> read_reply(const Place& place, Findings& findings) {
    ObjectReader object(place, findings);
    std::vector<ReplyFault> faults;
    if (const auto status = read_status(object)) faults.push_back(*status);
    if (is_set(object, "reset")) faults.emplace_back(Reset{});
    if (is_set(object, "cut")) faults.emplace_back(Cut{});
    if (is_set(object, "invalid_json")) faults.emplace_back(InvalidJson{});
    if (object.is_object() && object.find("body") && !object.find("status"))
        object.complain("a \"body\" without a status", "expected \"status\" beside it");
    object.finish();
    if (faults.size() == 1) return faults.front();
    if (object.is_object())
        object.complain(faults.empty() ? "the reply names no fault" : "the reply names two faults",
                        "expected one of \"status\", \"reset\", \"cut\" and \"invalid_json\"");
    return std::nullopt;
}

void check_condition(ObjectReader& object, const Fault& fault) {
    const bool span = fault.from || fault.until;
    const int conditions =
        (span ? 1 : 0) + (object.find("request") ? 1 : 0) + (object.find("run") ? 1 : 0);
    if (conditions != 1)
        object.complain(
            conditions == 0 ? "the fault says not when" : "the fault has two conditions",
            "expected \"from\" and \"until\", or \"request\", or \"run\"");
    if (span && (!fault.from || !fault.until))
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
    if (const auto crash = object.choice("crash", crashes)) {
        fault.effect = static_cast<Crash>(*crash);
        if (!object.find("run"))
            object.complain("the crash names no run", "expected \"run\" beside \"crash\"");
    }
    if (reply_place)
        if (const auto reply = read_reply(*reply_place, findings)) fault.effect = *reply;
    if (reply_place.has_value() == crash_place.has_value())
        object.complain(reply_place ? "the fault has two effects" : "the fault has no effect",
                        "expected either \"reply\" or \"crash\"");
    check_condition(object, fault);
    object.finish();
    return fault;
}

std::vector<IncidentId> read_ids(const Place& place, Findings& findings);

/// `"2001..2050"`: both ends included, of one width if the first has leading zeros.
void expand(const std::string& text, const Place& place, std::vector<IncidentId>& ids,
            Findings& findings) {
    constexpr std::int64_t most = 1'000'000;
    const std::size_t dots = text.find("..");
    if (dots == std::string::npos) {
        ids.emplace_back(text);
        return;
    }
    const std::string first = text.substr(0, dots), last = text.substr(dots + 2);
    const bool digits =
        xdr::is_digits(first) && xdr::is_digits(last) && first.size() < 18 && last.size() < 18;
    if (!digits || std::stoll(last) < std::stoll(first) ||
        std::stoll(last) - std::stoll(first) >= most) {
        findings.push_back({.at = place.value.at(),
                            .pointer = place.pointer,
                            .what = "'" + text + "' is not a range of ids",
                            .expected = "expected first..last, both digits, such as 2001..2050"});
        return;
    }
    for (std::int64_t n = std::stoll(first); n <= std::stoll(last); ++n) {
        std::string id = std::to_string(n);
        if (id.size() < first.size()) id.insert(0, first.size() - id.size(), '0');
        ids.emplace_back(std::move(id));
    }
}

std::vector<IncidentId> read_ids(const Place& place, Findings& findings) {
    std::vector<IncidentId> ids;
    for (const Place& item : read_array(place, findings))
        if (const auto text = read_text(item, findings)) expand(*text, item, ids, findings);
    return ids;
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
