#include "fetcher/policy.hpp"

#include <array>

#include "fetcher/complete.hpp"
#include "fetcher/cursor.hpp"
#include "fetcher/published.hpp"
#include "xdr/date_text.hpp"
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

void check_parameters(const Parameters& parameters) {
    const auto refuse = [](std::string what, std::string hint) {
        throw xdr::Error({.where = "", .what = std::move(what), .hint = std::move(hint)});
    };
    if (parameters.limit < 1)
        refuse("limit is " + std::to_string(parameters.limit), "set it to 1 or more");
    if (parameters.page_cap < 1)
        refuse("page_cap is " + std::to_string(parameters.page_cap), "set it to 1 or more");
    if (parameters.look_back < Millis{0})
        refuse("look_back is " + xdr::duration_text(parameters.look_back), "set it to 0s or more");
    if (parameters.max_requests && *parameters.max_requests < 1)
        refuse("max_requests is " + std::to_string(*parameters.max_requests),
               "set it to 1 or more, or leave it out");
}

void refuse_state(std::string_view policy) {
    throw xdr::Error({.where = "last run",
                      .what = "it was written by another policy than " + std::string(policy),
                      .hint = "use that policy, or start afresh without the last run"});
}

TimePoint first_fetch_time(const std::string& first_fetch, TimePoint now) {
    const auto read = xdr::read_date_text(first_fetch, now);
    if (!read)
        throw xdr::Error({.where = "",
                          .what = "first_fetch '" + first_fetch + "' names no time",
                          .hint = "write it as 3 days, 12 hours or 2024-01-01T00:00:00Z"});
    return read->time;
}

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
