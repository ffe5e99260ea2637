#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store.hpp"

namespace fetcher {

/// `1, 2, 3`.
std::string joined(const std::vector<IncidentId>& ids);

/// `3 incidents, 1 request, 12ms`.
std::string summary(const RunRecord& record);

/// The Fetch History: run, pulled at, duration, window, requests, incidents, message, source ids.
/// Source: "Fetching Incidents", Fetch History.
std::string history_table(const std::vector<RunRecord>& records);

/// id, occurred, fetched, run, name.
std::string incident_table(const std::vector<StoredIncident>& incidents);

}  // namespace fetcher
