#include "harness/sim/subject.hpp"

#include <algorithm>

#include "harness/zoo.hpp"
#include "xdr/error.hpp"

namespace harness::sim {

namespace {

bool is_policy(std::string_view name) {
    const auto names = fetcher::policy_names();
    return std::find(names.begin(), names.end(), name) != names.end();
}

const fetcher::Policy& named(std::string_view name) {
    std::string names;
    for (const std::string_view known : fetcher::policy_names()) {
        if (known == name) return fetcher::policy(name);
        names += (names.empty() ? "" : ", ") + std::string(known);
    }
    for (const ZooMember& member : zoo()) {
        if (is_policy(member.policy->name())) continue;
        if (member.policy->name() == name) return *member.policy;
        names += ", " + std::string(member.policy->name());
    }
    throw xdr::Error({.where = "",
                      .what = "there is no fetcher '" + std::string(name) + "'",
                      .hint = "choose one of " + names});
}

}  // namespace

Subject subject(const fetcher::Policy& policy) {
    const std::string name(policy.name());
    return {.name = name,
            .contract = contract_of(name),
            .whole_minutes = name == "documented" || name == "current",
            .fetcher = PolicyFetcher(policy)};
}

Subject subject(std::string_view name) {
    Subject out = subject(named(name));
    for (const ZooMember& member : zoo())
        if (member.policy->name() == name && !is_policy(name)) out.contract = member.contract;
    if (name == "complete") out.fetcher = SweepFetcher(fetcher::TimeField::creation_time);
    if (name == "complete-modified")
        out.fetcher = SweepFetcher(fetcher::TimeField::modification_time);
    return out;
}

}  // namespace harness::sim
