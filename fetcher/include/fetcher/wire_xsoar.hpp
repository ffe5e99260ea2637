#pragma once

#include <string>
#include <string_view>

#include "fetcher/state.hpp"

namespace fetcher {

/// The last run as XSOAR keeps one: a JSON object whose values are all text. What is no text in our
/// own form stands there as its JSON. Source: "Fetching Incidents", Last Run.
std::string last_run_to_xsoar(const State& state);

/// Reads what last_run_to_xsoar wrote, and our own form; `{}` is the state before the first run. A
/// text that is the JSON of something other than text is that, but for `time` and `sweep`, which
/// are text by nature (a `time` of `null` is null). Throws xdr::Error, whose `where` is a JSON
/// pointer, for what is no last run.
State last_run_from_xsoar(std::string_view text);

}  // namespace fetcher
