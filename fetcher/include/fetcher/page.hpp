#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
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

/// The time of a row that `gte` and `lte` are compared with.
template <class Row>
TimePoint time_of(const Row& row, TimeField field) {
    return field == TimeField::creation_time ? row.creation_time : row.modification_time;
}

/// What a sweep is made of: ids, rows, lists and sets of ids. The product's are here; a simulation
/// plays the same code with small ones that need no memory of their own (ADR 0010).
struct Whole {
    using Id = IncidentId;
    using Row = fetcher::Row;
    template <class T>
    using List = std::vector<T>;

    static std::string name(const Id& id) { return id.text(); }

    /// Ids, each with its time, sorted by id. `Seen` is a SeenOf.
    template <class Seen>
    using Ids = std::vector<Seen>;

    /// Whether an id is among them.
    template <class Seen>
    static bool has(const Ids<Seen>& ids, const Id& id) {
        const auto at = std::lower_bound(ids.begin(), ids.end(), id,
                                         [](const Seen& a, const Id& b) { return a.id < b; });
        return at != ids.end() && at->id == id;
    }

    /// Adds one that is not there yet.
    template <class Seen>
    static void add(Ids<Seen>& ids, const Seen& seen) {
        ids.insert(std::upper_bound(ids.begin(), ids.end(), seen, by_id<Seen>), seen);
    }

    /// All of two that have none in common.
    template <class Seen>
    static Ids<Seen> merged(const Ids<Seen>& a, const Ids<Seen>& b) {
        Ids<Seen> out;
        out.reserve(a.size() + b.size());
        std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out), by_id<Seen>);
        return out;
    }

    /// Forgets those whose time is before `at`.
    template <class Seen>
    static void forget_before(Ids<Seen>& ids, TimePoint at) {
        std::erase_if(ids, [&](const Seen& seen) { return seen.at < at; });
    }

   private:
    template <class Seen>
    static bool by_id(const Seen& a, const Seen& b) {
        return a.id < b.id;
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
