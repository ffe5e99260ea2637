#pragma once

#include <cstdint>

#include "mockxdr/json.hpp"
#include "mockxdr/select.hpp"

namespace mockxdr {

/// Generated alerts go no further, whatever `alert_count` says: the largest default of the API.
/// Source: "Get Extra Incident Data", alerts_limit.
inline constexpr std::int64_t most_generated_alerts = 1000;

/// How generated alerts follow each other. Those that the scenario gives keep the file's order.
enum class AlertOrder {
    by_time,  ///< by detection_timestamp, the oldest first
    as_made,  ///< in no order of time
};

struct ExtraWanted {
    std::int64_t most_alerts = most_generated_alerts;  ///< 0 or more
    AlertOrder order = AlertOrder::by_time;
};

/// What the API tells of an incident beside the incident itself.
struct Extra {
    std::int64_t alert_total = 0;  ///< all alerts, however many were wanted
    json::Array alerts{}, network_artifacts{}, file_artifacts{};

    friend bool operator==(const Extra&, const Extra&) = default;
};

/// The alerts and artifacts that go with an incident as a query sees it: those of the scenario,
/// completed, or `alert_count` generated ones. Depends on the seed, the incident's id and its
/// fields only. No errors.
Extra extra_of(const Match& match, std::uint64_t seed, const ExtraWanted& wanted);

}  // namespace mockxdr
