#include "fetcher/policy.hpp"

#include <array>

#include "fetcher/complete.hpp"
#include "fetcher/cursor.hpp"
#include "fetcher/published.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

const std::array<const Policy*, 6>& policies() {
    static const Complete complete(TimeField::creation_time);
    static const Complete complete_modified(TimeField::modification_time);
    static const Published documented(lookback::Revision::documented);
    static const Published current(lookback::Revision::current);
    static const Cursor cursor_latest(Cursor::Next::latest);
    static const Cursor cursor_now(Cursor::Next::now);
    static const std::array<const Policy*, 6> all{&complete, &complete_modified, &documented,
                                                  &current,  &cursor_latest,     &cursor_now};
    return all;
}

}  // namespace

std::vector<std::string_view> policy_names() {
    std::vector<std::string_view> names;
    for (const Policy* policy : policies()) names.push_back(policy->name());
    return names;
}

const Policy& policy(std::string_view name) {
    std::string names;
    for (const Policy* candidate : policies()) {
        if (candidate->name() == name) return *candidate;
        names += (names.empty() ? "" : ", ") + std::string(candidate->name());
    }
    throw xdr::Error({.where = "",
                      .what = "there is no policy '" + std::string(name) + "'",
                      .hint = "choose one of " + names});
}

}  // namespace fetcher
