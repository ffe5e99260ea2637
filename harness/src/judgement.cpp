#include "harness/judgement.hpp"

#include <algorithm>
#include <array>

namespace harness {

namespace {

std::string some(const std::vector<IncidentId>& ids) {
    std::string text;
    for (std::size_t i = 0; i < ids.size() && i < 5; ++i)
        text += (i == 0 ? "" : ", ") + ids[i].text();
    return ids.size() > 5 ? text + " and " + std::to_string(ids.size() - 5) + " more" : text;
}

std::vector<IncidentId> sorted(std::vector<IncidentId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

std::vector<IncidentId> minus(const std::vector<IncidentId>& a, const std::vector<IncidentId>& b) {
    std::vector<IncidentId> out;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

/// Compares the ids of one class with those expected.
class Comparison {
   public:
    Comparison(const Verdict& verdict, Judgement& judgement)
        : verdict_(verdict), judgement_(judgement) {}

    void operator()(Class in, const std::vector<IncidentId>& expected, Exit exit) {
        const auto wanted = sorted(expected), found = sorted(verdict_.ids(in));
        const auto surplus = minus(found, wanted), missing = minus(wanted, found);
        const std::string name(name_of(in));
        if (!surplus.empty())
            judgement_.differences.push_back(name + ", and not expected to be: " + some(surplus));
        if (!missing.empty())
            judgement_.differences.push_back("expected to be " + name +
                                             ", and is not: " + some(missing));
        if (!surplus.empty() || !missing.empty()) judgement_.exit = worst(judgement_.exit, exit);
    }

   private:
    const Verdict& verdict_;
    Judgement& judgement_;
};

void check_vacuous(const mockxdr::Scenario& scenario, const Result& result, Judgement& judgement) {
    const auto complain = [&](std::string what) {
        judgement.exit = worst(judgement.exit, Exit::vacuous);
        judgement.differences.push_back(std::move(what));
    };
    if (result.verdict.owed == 0 && !scenario.vacuous)
        complain("nothing was owed: this scenario cannot fail");
    if (result.verdict.owed > 0 && scenario.vacuous)
        complain("the file says that nothing is owed, and " + std::to_string(result.verdict.owed) +
                 " incidents are");
    for (const std::size_t fault : result.trace.unfired)
        complain("fault " + std::to_string(fault) + " (at /faults/" + std::to_string(fault) +
                 ") never fired");
}

}  // namespace

Exit worst(Exit a, Exit b) {
    static constexpr std::array order{Exit::ok,   Exit::vacuous, Exit::late,  Exit::duplicated,
                                      Exit::lost, Exit::usage,   Exit::failed};
    const auto rank = [](Exit exit) { return std::find(order.begin(), order.end(), exit); };
    return rank(a) < rank(b) ? b : a;
}

Judgement compare(const mockxdr::Scenario& scenario, const std::string& policy,
                  const Result& result) {
    Judgement judgement;
    const auto entry = scenario.expect.find(policy);
    const bool expected = entry != scenario.expect.end();
    judgement.judged = expected || policy == "complete";
    if (!judgement.judged) return judgement;
    const mockxdr::Expectation expectation = expected ? entry->second : mockxdr::Expectation{};
    Comparison compare_class(result.verdict, judgement);
    compare_class(Class::lost, expectation.lost, Exit::lost);
    compare_class(Class::duplicated, expectation.duplicated, Exit::duplicated);
    compare_class(Class::unexpected, expectation.unexpected, Exit::duplicated);
    compare_class(Class::late, expectation.late, Exit::late);
    if (expectation.excused) compare_class(Class::excused, *expectation.excused, Exit::late);
    check_vacuous(scenario, result, judgement);
    return judgement;
}

}  // namespace harness
