#include "mockxdr/query.hpp"

#include <array>

namespace mockxdr {

namespace {

template <std::size_t size, class Enum>
std::string_view name_in(const std::array<std::string_view, size>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view name_of(FilterField field) {
    static constexpr std::array<std::string_view, 9> names{
        "creation_time",    "modification_time", "incident_id",
        "incident_id_list", "description",       "alert_sources",
        "status",           "starred",           "severity"};
    return name_in(names, field);
}

std::string_view name_of(Operator op) {
    static constexpr std::array<std::string_view, 7> names{"gte", "lte",      "eq",      "neq",
                                                           "in",  "contains", "contains"};
    return name_in(names, op);
}

std::string_view name_of(SortField field) {
    static constexpr std::array<std::string_view, 3> names{"creation_time", "modification_time",
                                                           "incident_id"};
    return name_in(names, field);
}

std::string_view name_of(Direction direction) {
    static constexpr std::array<std::string_view, 2> names{"asc", "desc"};
    return name_in(names, direction);
}

}  // namespace mockxdr
