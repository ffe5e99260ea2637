#pragma once

#include "xdr/error.hpp"

namespace fetcher {

/// To be called first in main: a standard stream that the caller closed must not be taken by the
/// next file or socket that is opened. Writing to one that was closed then fails, as it should.
void keep_standard_streams();

/// What is wrong where a write to stdout failed.
xdr::Error broken_output();

/// Flushes stdout. Throws xdr::Error if anything that was printed did not get out.
void finish_stdout();

}  // namespace fetcher
