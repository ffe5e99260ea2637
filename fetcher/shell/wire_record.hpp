#pragma once

#include <string>
#include <vector>

#include "store.hpp"

namespace fetcher {

/// The Message column of the history: `Completed`, or `Error: ` and why.
std::string message_of(const RunRecord& record);

/// One run as JSON on one line: run (absent while the store has given no number), started,
/// duration_ms, policy, window, requests, emitted (ids), message.
std::string to_json(const RunRecord& record);

/// Several of them as a JSON array.
std::string to_json(const std::vector<RunRecord>& records);

/// An incident of a store as JSON on one line: id, occurred, modified, fetched, run and the
/// incident as XSOAR takes it.
std::string to_json(const StoredIncident& incident);
std::string to_json(const std::vector<StoredIncident>& incidents);

/// Its `name`, for a table.
std::string name_of(const StoredIncident& incident);

/// JSON texts as one array, over several lines.
std::string json_array(const std::vector<std::string>& texts);

/// A JSON text over several lines.
std::string indented(const std::string& json);

/// `{"ok": true}`, or false with `error`.
std::string test_result(const std::string& error);

}  // namespace fetcher
