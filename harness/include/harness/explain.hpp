#pragma once

#include <string>
#include <vector>

#include "harness/verdict.hpp"

namespace harness {

/// Why a request did not bring an incident, or what became of it. A closed list.
enum class Cause {
    not_created,
    not_indexed,
    removed,
    restricted,
    query_did_not_match,
    before_window,
    after_window,
    beyond_page,
    on_an_earlier_page,
    request_failed,
    run_failed,
    over_the_limit,
    dropped_as_known,
    dropped,
    not_emitted_before_crash,
    read_again,
    emitted_but_not_saved,
    emitted,
};

/// What one request did with one incident.
struct Finding {
    const RunRecord* run = nullptr;
    const RequestRecord* request = nullptr;  ///< nullptr for a run that failed before its first
    Cause cause = Cause::not_created;
    std::string text;  ///< the cause with its numbers, such as `before the window by 59.999s`
};

/// A scenario's world as the requests of a trace have left it: what waited for one has happened.
mockxdr::World world_after(const mockxdr::Scenario& scenario, const Trace& trace);

/// One finding for each request of the trace, in order.
std::vector<Finding> explain(const Evidence& evidence, const mockxdr::Incident& incident);

/// The findings as a table: run, window, page, cause. Stretches of one cause are folded.
std::string explanation(const Evidence& evidence, const IncidentVerdict& verdict);

}  // namespace harness
