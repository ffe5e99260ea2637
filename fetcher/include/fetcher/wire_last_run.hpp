#pragma once

#include <string>
#include <string_view>

#include "fetcher/last_run.hpp"

namespace fetcher::lookback {

/// One JSON object on one line: time, limit, found_incident_ids, offset, then the other keys, each
/// only where it is present. Numeric ids become text keys, so they are not recognised again; where
/// the text and the number are both there, the number's time is written. Throws xdr::Error for
/// text that is not UTF-8. Source: CommonServerPython, look-back methods.
std::string to_json(const LastRun& last_run);

/// Reads what to_json writes, and any other spelling of it; the values of other keys keep theirs.
/// Throws xdr::Error whose `where` is the JSON pointer of what is wrong, empty for the whole: text
/// that is not JSON, anything but an object (null included, for which the published functions
/// raise), a key that is there twice, and a value of another type than LastRun has.
LastRun last_run_from_json(std::string_view text);

}  // namespace fetcher::lookback
