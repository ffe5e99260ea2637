#pragma once

namespace fetcher {

/// Why a run that succeeded asked for no more. Only the `complete` policies tell these apart.
enum class End {
    data,    ///< it read all that there was
    limit,   ///< its batch is full
    budget,  ///< it spent its requests; its batch may be of any size up to the limit
};

}  // namespace fetcher
