#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// A batch that is about to go down a pipe. It is saved beside the last run before its first line
/// leaves and removed when all have left, so that a crash in between is seen by the next run.
/// Source: docs/fetch.md, The pending batch.
struct Pending {
    std::int64_t batch = 0;          ///< number of the run, from 1
    std::vector<IncidentId> ids;     ///< of the lines, in their order
    std::vector<std::string> lines;  ///< as they are written, without line ends
    State next;                      ///< the last run once they are out

    friend bool operator==(const Pending&, const Pending&) = default;
};

/// The last run `before` that batch with the batch in it, as JSON text on one line.
std::string to_json(const Pending& pending, const State& before);

/// Reads what to_json wrote; nullopt for a last run without a pending batch, or that is no JSON
/// object. Throws xdr::Error, whose `where` is a JSON pointer, for a pending batch that is broken.
std::optional<Pending> pending_from_json(std::string_view text);

}  // namespace fetcher
