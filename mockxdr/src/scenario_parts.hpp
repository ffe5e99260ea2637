#pragma once

#include "mockxdr/scenario.hpp"
#include "object_reader.hpp"

namespace mockxdr {

/// The parts of a scenario file, each read on its own; what is wrong goes to `findings`.
ServerOptions read_server(const Spot& place, Findings& findings);
FetchOptions read_fetch(const Spot& place, TimePoint start, Findings& findings);
/// `clock` and `client_clock`.
std::vector<ClockChange> read_clock(ObjectReader& parent, std::string_view key);
std::vector<Fault> read_faults(const Spot& place, Findings& findings);
std::map<std::string, Expectation> read_expect(const Spot& place,
                                               const std::vector<std::string_view>& policies,
                                               Findings& findings);

/// Ids and ranges of ids, such as "2001..2050".
std::vector<IncidentId> read_ids(const Spot& place, Findings& findings);

/// The ids that one text of such a list names; nothing for a range that is none.
std::vector<IncidentId> expand_ids(const std::string& text);

/// An element of `incidents`: one incident, or the many of a `repeat`.
void read_incident(const Spot& place, std::vector<IncidentSpec>& incidents, Findings& findings);

/// The keys of an incident that say what goes with it beside its fields: alerts and artifacts.
void read_extra(ObjectReader& object, IncidentSpec& incident);

/// What only the whole file can tell.
struct ReadScenario {
    const Scenario& scenario;
    const json::Value& root;
    const std::vector<std::size_t>& elements;  ///< of each incident: its index in `incidents`
};
void check_ids(const ReadScenario& read, Findings& findings);
void check_faults(const ReadScenario& read, Findings& findings);

}  // namespace mockxdr
