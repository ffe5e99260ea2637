#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace fetcher::lookback {

/// An id as an API may give it. A number is not the text with the same digits: kept as a number in
/// memory, it becomes a text key in JSON and is never recognised again.
using FoundId = std::variant<std::string, std::int64_t>;

/// Ids that were emitted, each with the second at which it was added: since 1970, client's UTC
/// clock.
using FoundIds = std::map<FoundId, std::int64_t>;

/// JSON null, which the published code tells apart from an absent key.
struct Null {
    friend bool operator==(Null, Null) = default;
};

/// The LastRun object of the published look-back functions. It survives JSON, but for numeric ids.
/// An absent key is nullopt. A LastRun that is null as a whole cannot be said here: both revisions
/// raise for it, and so does wire_last_run.
/// Source: CommonServerPython, look-back methods.
struct LastRun {
    std::optional<std::variant<Null, std::string>> time = {};     ///< text in date_format
    std::optional<std::variant<Null, std::int64_t>> limit = {};   ///< the next request limit
    std::optional<FoundIds> found_incident_ids = {};              ///< absent until an id was kept
    std::optional<std::variant<Null, std::int64_t>> offset = {};  ///< current, offset mode only
    std::map<std::string, std::string> other = {};  ///< kept as they are, as JSON text

    friend bool operator==(const LastRun&, const LastRun&) = default;
};

}  // namespace fetcher::lookback
