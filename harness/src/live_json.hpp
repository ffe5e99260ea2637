#pragma once

#include "harness/live.hpp"
#include "mockxdr/json.hpp"

namespace harness {

mockxdr::json::Value time_value(TimePoint time);
mockxdr::json::Value query_value(const mockxdr::Query& query);

/// What the client got and kept of one incident, as members of `out`.
void add_holding(mockxdr::json::Object& out, const Holding& held);

/// One request, without what it did not return.
mockxdr::json::Object entry_value(const Trial& trial, const JournalEntry& entry);

}  // namespace harness
