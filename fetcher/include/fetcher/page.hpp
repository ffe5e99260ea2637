#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "xdr/id.hpp"
#include "xdr/time.hpp"

namespace fetcher {

using xdr::IncidentId;
using xdr::Millis;
using xdr::TimePoint;

/// Which incidents the user wants. An empty list or text asks for nothing in particular.
struct Query {
    std::vector<std::string> status;             ///< any of these, sent as one `in` filter
    std::optional<bool> starred;                 ///< sent as `eq`
    std::vector<std::string> alert_sources;      ///< any of these, sent as one `in` filter
    std::string description;                     ///< a part of the description, sent as `contains`
    std::vector<std::string> incident_ids = {};  ///< any of these, sent as one `in` filter
    /// Inclusive bounds, sent as filters of their own beside those of the sweep.
    std::optional<TimePoint> created_after = {}, created_before = {};
    std::optional<TimePoint> modified_after = {}, modified_before = {};

    friend bool operator==(const Query&, const Query&) = default;
};

enum class TimeField { creation_time, modification_time };
enum class SortField { creation_time, modification_time, incident_id };
enum class Direction { asc, desc };

/// One get_incidents request, apart from the user's Query.
/// Source: "Get all Incidents".
struct PageRequest {
    TimeField field = TimeField::creation_time;  ///< what `gte` and `lte` compare
    std::optional<TimePoint> gte, lte;           ///< both inclusive
    SortField sort = SortField::creation_time;
    std::int64_t search_from = 0;  ///< first row, from 0
    std::int64_t search_to = 100;  ///< one past the last row
    Direction direction = Direction::asc;

    std::int64_t size() const { return search_to - search_from; }
    friend bool operator==(const PageRequest&, const PageRequest&) = default;
};

/// One incident of a reply: what a policy decides by, and the whole of it for the user.
struct Row {
    IncidentId incident_id;
    TimePoint creation_time{}, modification_time{};
    std::string description;  ///< empty if the reply had none
    std::string severity{};   ///< in the API's words; empty if the reply had none
    std::string raw_json;     ///< the incident as it came; empty where nobody asks for it

    friend bool operator==(const Row&, const Row&) = default;
};

/// What a sweep is made of: ids, rows and lists. The product's are here; a simulation plays the
/// same code with small ones that need no memory of their own (ADR 0010).
struct Whole {
    using Id = IncidentId;
    using Row = fetcher::Row;
    template <class T>
    using List = std::vector<T>;

    static std::string name(const Id& id) { return id.text(); }

    /// Whether a list that is sorted by id has one.
    template <class Seen>
    static bool has(const List<Seen>& sorted, const Id& id) {
        const auto at = std::lower_bound(sorted.begin(), sorted.end(), id,
                                         [](const Seen& a, const Id& b) { return a.id < b; });
        return at != sorted.end() && at->id == id;
    }
};

/// One reply of get_incidents.
template <class Kind>
struct PageOf {
    typename Kind::template List<typename Kind::Row> rows;       ///< in the order of the reply
    typename Kind::template List<typename Kind::Id> restricted;  ///< rows that the key may not read
    std::int64_t total_count = 0;          ///< as the server said; may be wrong or saturated
    std::optional<TimePoint> server_time;  ///< the Date header, whole seconds

    friend bool operator==(const PageOf&, const PageOf&) = default;
};

using Page = PageOf<Whole>;

}  // namespace fetcher
