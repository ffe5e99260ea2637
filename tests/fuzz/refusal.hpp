#pragma once

#include <cstdlib>

#include "xdr/error.hpp"

/// What cannot be read must be refused in words, and by nothing else.
template <class Read>
void read_or_refuse(Read read) {
    try {
        read();
    } catch (const xdr::Error& error) {
        if (error.problem().what.empty()) std::abort();
    }
}
