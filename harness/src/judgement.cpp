#include "harness/judgement.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "xdr/text.hpp"

namespace harness {

namespace {

/// True if `b` is the number after `a`, written as wide.
bool follows(const IncidentId& a, const IncidentId& b) {
    const std::string &x = a.text(), &y = b.text();
    return xdr::is_digits(x) && xdr::is_digits(y) && x.size() == y.size() && x.size() < 18 &&
           std::stoll(x) + 1 == std::stoll(y);
}

/// Sorted ids as `expect` takes them, three or more in a row as a range; at most five entries.
std::string some(const std::vector<IncidentId>& ids) {
    std::string text;
    int entries = 0;
    for (std::size_t i = 0; i < ids.size();) {
        if (++entries > 5) return text + " and " + std::to_string(ids.size() - i) + " more";
        std::size_t last = i;
        while (last + 1 < ids.size() && follows(ids[last], ids[last + 1])) ++last;
        if (last < i + 2) last = i;
        text += (text.empty() ? "" : ", ") + ids[i].text();
        if (last > i) text += ".." + ids[last].text();
        i = last + 1;
    }
    return text;
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
    for (const IncidentId& id : result.trace.waiting)
        complain("incident " + id.text() + " waits for a request that never came");
}

}  // namespace

Exit worst(Exit a, Exit b) {
    static constexpr std::array order{
        Exit::ok,         Exit::vacuous, Exit::unknown,        Exit::survived, Exit::late,
        Exit::duplicated, Exit::lost,    Exit::nondeterminism, Exit::usage,    Exit::failed};
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
