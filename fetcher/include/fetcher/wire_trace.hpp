#pragma once

#include <string>
#include <string_view>

namespace fetcher::lookback {

/// Plays the published look-back methods over answers that were recorded elsewhere, so that other
/// implementations can be compared with ours. Takes the JSON object
/// `{"revision": "documented" | "current", "params": {"limit", "look_back", "first_fetch",
/// "timezone"}, "steps": [{"now", "incidents_res": [{"incident_id", "created"}]}]}` and returns a
/// JSON array with, for each step, `{"start", "end", "request_limit", "emitted", "last_run"}`, or
/// `{"error"}` where the methods raise: then the last run stays as it was. Between steps the last
/// run goes through JSON, as it does in production.
/// Throws xdr::Error, whose `where` is a JSON pointer, for input of another form.
std::string trace(std::string_view input);

}  // namespace fetcher::lookback
