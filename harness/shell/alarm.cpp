#include "alarm.hpp"

#include "harness/sim/explore.hpp"
#include "xdr/error.hpp"

namespace harness {

void check_alarm(const sim::Subject& broken, std::uint64_t seed) {
    const sim::Campaign campaign{.seed = seed, .menu = sim::menu_for(broken)};
    if (!sim::explore(broken, campaign, 0, 200, sim::OnFailure::stop).first)
        throw xdr::Error({.where = "canary",
                          .what = "the fetcher '" + broken.name + "' was not caught",
                          .hint = "the simulator itself is broken: trust no result of it"},
                         xdr::Blame::surroundings);
}

}  // namespace harness
