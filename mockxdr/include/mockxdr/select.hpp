#pragma once

#include <cstdint>
#include <vector>

#include "mockxdr/query.hpp"
#include "mockxdr/world.hpp"

namespace mockxdr {

/// An incident as one query sees it.
struct Match {
    const Incident* incident = nullptr;
    const Version* version = nullptr;
};

/// The time of a match that a filter for times compares: the one of that field.
inline TimePoint time_of(const Match& match, FilterField field) {
    return field == FilterField::creation_time ? match.version->creation_time
                                               : match.version->modification_time;
}

/// The instant and the number of a request, from 1: what a reply depends on besides the query.
struct Moment {
    TimePoint now{};
    std::uint64_t request = 1;
    ChangeCount changes = all_changes;  ///< how many changes had been made to the world
};

/// One page of a world. Points into the world.
struct Selection {
    std::int64_t total_count = 0;        ///< all that match, the page aside
    std::vector<Match> rows;             ///< the page, without restricted rows
    std::vector<IncidentId> restricted;  ///< rows of the page that the key may not read
};

bool matches(const Filter& filter, const Match& match);
bool matches(const std::vector<Filter>& filters, const Match& match);

/// What total_count says where so many match.
std::int64_t told_count(std::int64_t matching, const ServerOptions& options);

/// Whether only full keys are shown the incident. Looks at each id of the option.
bool is_restricted(const ServerOptions& options, const IncidentId& id);

/// All that match at that moment, in the order of the query's sort.
std::vector<Match> ranking(const World& world, const ServerOptions& options, const Query& query,
                           const Moment& moment);

/// Whether a request lists `a` before `b`, which both match.
bool comes_before(const Match& a, const Match& b, const ServerOptions& options, const Query& query,
                  const Moment& moment);

/// Where an incident stands among all that match at a moment.
struct Place {
    std::int64_t before = 0, total = 0;
};

/// The place of an incident in `ranking`, without sorting: looks at each incident once. `match` is
/// counted in `total` if it matches itself.
Place place_of(const Match& match, const World& world, const ServerOptions& options,
               const Query& query, const Moment& moment);

/// The page [search_from, search_to) of the ranking. Source: "Get all Incidents".
Selection select(const World& world, const ServerOptions& options, const Query& query,
                 const Moment& moment);

/// The filters that ask for what the user wants, for judging the truth by.
std::vector<Filter> filters_of(const Wanted& wanted);

}  // namespace mockxdr
