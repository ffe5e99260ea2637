#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "xdr/time.hpp"

namespace mockxdr {

enum class FilterField {
    creation_time,
    modification_time,
    incident_id,
    incident_id_list,
    description,
    alert_sources,
    status,
    starred,
    severity,
};

/// `contains` ignores capitals; `contains_exact_case` is what `server.contains_exact_case` makes of
/// it.
enum class Operator { gte, lte, eq, neq, in, contains, contains_exact_case };
enum class SortField { creation_time, modification_time, incident_id };
enum class Direction { asc, desc };

using FilterValue = std::variant<xdr::TimePoint, bool, std::string, std::vector<std::string>>;

/// One condition. Which operators and value types go with a field: docs/coverage.md.
struct Filter {
    FilterField field = FilterField::creation_time;
    Operator op = Operator::gte;
    FilterValue value;

    friend bool operator==(const Filter&, const Filter&) = default;
};

struct Sort {
    SortField field = SortField::creation_time;
    Direction direction = Direction::desc;

    friend bool operator==(const Sort&, const Sort&) = default;
};

/// A get_incidents request that passed all checks. Source: "Get all Incidents", Request.
struct Query {
    std::vector<Filter> filters{};  ///< all must hold
    std::optional<Sort> sort{};     ///< nothing: the order that `server.default_order` says
    std::int64_t search_from = 0;
    std::int64_t search_to = 100;  ///< exclusive

    /// Which page of that size it asks for, from 1.
    std::int64_t page() const { return search_from / (search_to - search_from) + 1; }

    friend bool operator==(const Query&, const Query&) = default;
};

std::string_view name_of(FilterField field);
std::string_view name_of(Operator op);
std::string_view name_of(SortField field);
std::string_view name_of(Direction direction);

}  // namespace mockxdr
