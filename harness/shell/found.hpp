#pragma once

#include <string>

#include "harness/sim/campaign_text.hpp"

namespace harness {

/// Prints the smallest schedule that was found, and why it fails; writes its scenario file into a
/// folder unless that is empty, and prints it otherwise. The commit that this program was built
/// from is added to the origin. False if a replay over the mock does not confirm the failure.
/// Throws xdr::Error.
bool tell_found(const sim::Schedule& schedule, const sim::Subject& subject,
                const sim::Origin& origin, const std::string& folder);

}  // namespace harness
