#pragma once

#include <cstdint>

#include "harness/sim/subject.hpp"

namespace harness {

/// Throws xdr::Error unless a broken fetcher is caught: it must be before anything is believed.
void check_alarm(const sim::Subject& broken, std::uint64_t seed);

}  // namespace harness
