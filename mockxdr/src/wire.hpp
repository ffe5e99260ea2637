#pragma once

#include <variant>

#include "mockxdr/service.hpp"

namespace mockxdr {

/// Reads a get_incidents body; a missing `search_to` is 100, or page_cap if that is less. Bad input
/// is a Refusal, never ignored: a filter that is silently dropped is the worst bug a mock can have.
std::variant<Query, Refusal> read_query(std::string_view body, std::int64_t page_cap);

/// The window rule. Source: "Get all Incidents", search_to; the error text was measured.
std::optional<Refusal> check_window(const Query& query, std::int64_t page_cap);

std::string write_selection(const Selection& selection);
HttpReply write_refusal(const Refusal& refusal);

Refusal unauthorized();

/// What the API's server says for a path that it does not know: text, not JSON.
HttpReply unknown_path();

/// The reply of a request that a fault hits; `regular` is what it would have been.
HttpReply write_fault(const ReplyFault& fault, const HttpReply& regular);

}  // namespace mockxdr
