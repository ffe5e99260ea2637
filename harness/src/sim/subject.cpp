#include "harness/sim/subject.hpp"

#include "harness/zoo.hpp"

namespace harness::sim {

Subject subject(const fetcher::Policy& policy) {
    const std::string name(policy.name());
    return {.name = name,
            .contract = contract_of(name),
            .whole_minutes = name == "documented" || name == "current",
            .fetcher = PolicyFetcher(policy)};
}

Subject subject(std::string_view name) {
    const NamedFetcher found = find_fetcher(name);
    Subject out = subject(found.policy);
    out.contract = found.contract;
    if (name == "complete") out.fetcher = SweepFetcher(fetcher::TimeField::creation_time);
    if (name == "complete-modified")
        out.fetcher = SweepFetcher(fetcher::TimeField::modification_time);
    return out;
}

}  // namespace harness::sim
