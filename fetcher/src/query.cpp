#include <algorithm>
#include <array>

#include "fetcher/policy.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

/// Source: "Get all Incidents", Request, status; the last two were met beside those of the page.
constexpr std::array<std::string_view, 12> statuses{"new",
                                                    "under_investigation",
                                                    "resolved_threat_handled",
                                                    "resolved_known_issue",
                                                    "resolved_duplicate",
                                                    "resolved_false_positive",
                                                    "resolved_other",
                                                    "resolved_true_positive",
                                                    "resolved_security_testing",
                                                    "resolved_auto",
                                                    "resolved_duplicate_incident",
                                                    "resolved_auto_resolve"};

/// The API answers every request with 500 for a status that it does not know.
void check_status(const std::string& status) {
    if (std::find(statuses.begin(), statuses.end(), status) != statuses.end()) return;
    std::string all;
    for (const std::string_view name : statuses)
        all += (all.empty() ? "" : ", ") + std::string(name);
    throw xdr::Error({.where = "status",
                      .what = "'" + status + "' is no status of an incident",
                      .hint = "use one of " + all + "; for several, give it several times"});
}

/// An empty text in a list is an error to the API, too.
void check_texts(const char* name, const std::vector<std::string>& texts) {
    if (std::find(texts.begin(), texts.end(), "") != texts.end())
        throw xdr::Error(
            {.where = name, .what = "it is empty", .hint = "give it a value or leave it out"});
}

}  // namespace

void check_query(const Query& query) {
    for (const std::string& status : query.status) check_status(status);
    check_texts("alert_source", query.alert_sources);
    check_texts("incident_id", query.incident_ids);
    const auto check = [](const char* name, std::optional<TimePoint> after,
                          std::optional<TimePoint> before) {
        if (!after || !before || *after <= *before) return;
        const std::string word(name);
        throw xdr::Error({.where = word + "_after",
                          .what = word + "_after " + xdr::iso8601(*after) + " is later than " +
                                  word + "_before " + xdr::iso8601(*before),
                          .hint = "swap them, or leave one out"});
    };
    check("created", query.created_after, query.created_before);
    check("modified", query.modified_after, query.modified_before);
}

}  // namespace fetcher
