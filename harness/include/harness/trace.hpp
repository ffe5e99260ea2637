#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mockxdr/query.hpp"
#include "mockxdr/world.hpp"
#include "xdr/id.hpp"
#include "xdr/time.hpp"

namespace harness {

using xdr::IncidentId;
using xdr::Millis;
using xdr::TimePoint;

/// One request as the mock saw it.
struct RequestRecord {
    std::uint64_t number = 0;  ///< from 1
    std::int64_t run = 0;
    TimePoint at{};
    std::optional<mockxdr::Query> query;  ///< nothing if the request never came to be one
    std::string failure;                  ///< empty if rows were returned
    bool injected = false;                ///< the failure is a fault of the scenario
    std::int64_t total_count = 0;
    std::vector<IncidentId> returned;
    mockxdr::ChangeCount changes = 0;  ///< of the world, when it was answered

    friend bool operator==(const RequestRecord&, const RequestRecord&) = default;
};

/// One run as the fetcher showed it.
struct RunRecord {
    std::int64_t number = 0;  ///< from 1
    TimePoint started{}, ended{}, client_now{};
    std::int64_t limit = 0;
    Millis look_back{0};
    std::optional<std::int64_t> max_requests{};  ///< its budget
    bool spent = false;                          ///< it ended early because its budget did
    std::optional<std::int64_t> restored{};  ///< began with what the run of this number had saved
    bool drain = false;                      ///< after the last scripted run, with faults off
    std::string failure;                     ///< why it failed or crashed; empty for a good run
    bool disturbed = false;                  ///< a fault of the scenario hit it
    std::vector<IncidentId> emitted;
    bool saved = false;
    std::string state;  ///< the last run after it, as JSON

    friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

/// All that happened when one fetcher played one scenario: what the verdict is made from.
struct Trace {
    std::vector<RunRecord> runs;
    std::vector<RequestRecord> requests;
    std::int64_t drain_runs = 0;       ///< K: how many quiet runs followed, and the bound of `late`
    std::vector<std::size_t> unfired;  ///< faults that never fired, by their index in the file
    std::vector<IncidentId> waiting{};  ///< incidents of which something waits for a request yet

    friend bool operator==(const Trace&, const Trace&) = default;
};

/// One line for each run, request, batch and save. Equal traces give equal bytes.
std::string to_text(const Trace& trace);

/// `creation_time >= 2024-01-01T12:00:10Z, status in (new)`: a query's filters for a reader.
std::string describe(const std::vector<mockxdr::Filter>& filters);

/// `sort creation_time asc`, or `no sort`.
std::string describe(const std::optional<mockxdr::Sort>& sort);

}  // namespace harness
