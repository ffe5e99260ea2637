#pragma once

#include <optional>

namespace fetcher {

/// `to = from`, by the two parts of an optional: whether there is something, and what. Compilers
/// copy small ones in one piece, and a processor that reads in one piece what it has just written
/// in two must wait for both to reach its cache.
template <class T>
void copy_parts(std::optional<T>& to, const std::optional<T>& from) {
    if (from)
        to = *from;
    else
        to.reset();
}

}  // namespace fetcher
