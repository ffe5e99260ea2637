#include "query_plan.hpp"

#include <algorithm>

#include "filter.hpp"

namespace mockxdr {

namespace {

void narrow(Times& times, const Filter& filter) {
    const TimePoint bound = std::get<TimePoint>(filter.value);
    if (filter.op == Operator::gte)
        times.from = std::max(times.from, bound);
    else
        times.to = std::min(times.to, bound);
}

/// The ids that a filter leaves, if it names them.
std::optional<std::vector<std::string>> named(const Filter& filter) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&filter.value)) return *list;
    if (filter.op == Operator::eq) return std::vector{std::get<std::string>(filter.value)};
    return std::nullopt;
}

}  // namespace

Code Codes::code_of(const Match& match) {
    if (!match.version) return unseen;
    const std::string* status = seen_status(match);
    if (!status) return no_status;
    const auto known = std::find(statuses_.begin(), statuses_.end(), *status);
    const auto code = static_cast<Code>(3 + (known - statuses_.begin()));
    if (known != statuses_.end()) return code;
    if (statuses_.size() == most_statuses) {
        others_ = true;
        return other;
    }
    statuses_.push_back(*status);
    return code;
}

std::optional<CodeSet> Codes::passing(const Filter& filter) const {
    if (others_) return std::nullopt;
    CodeSet codes = text_matches(filter, nullptr) ? CodeSet{1} << no_status : 0;
    for (std::size_t i = 0; i < statuses_.size(); ++i)
        if (text_matches(filter, &statuses_[i])) codes |= CodeSet{1} << (3 + i);
    return codes;
}

QueryPlan plan_of(const std::vector<Filter>& filters, const Codes& codes) {
    QueryPlan plan{.codes = codes.all()};
    for (const Filter& filter : filters) {
        switch (filter.field) {
            case FilterField::creation_time:
                narrow(plan.created, filter);
                continue;
            case FilterField::modification_time:
                narrow(plan.modified, filter);
                continue;
            case FilterField::status:
                if (const auto passing = codes.passing(filter)) {
                    plan.codes &= *passing;
                    continue;
                }
                break;
            case FilterField::incident_id:
            case FilterField::incident_id_list:
                if (auto ids = named(filter); ids && !plan.ids) plan.ids = std::move(ids);
                break;
            default:
                break;
        }
        plan.more = true;
    }
    return plan;
}

}  // namespace mockxdr
