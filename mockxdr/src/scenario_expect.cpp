#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

Expectation read_expectation(const Spot& place, Findings& findings) {
    static constexpr const char* expected =
        "expected \"clean\" or an object such as { \"lost\": [\"101\"] }";
    Expectation expectation;
    if (const auto* word = place.value.get_if<std::string>()) {
        if (*word != "clean")
            complain_at(place, "unknown expectation '" + *word + "'", expected, findings);
        return expectation;
    }
    if (!place.value.get_if<json::Object>()) {
        complain_at(place, "found " + kind_of(place.value), expected, findings);
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

std::map<std::string, Expectation> read_expect(const Spot& place,
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
