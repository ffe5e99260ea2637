#include "campaign_verdict.hpp"

#include <iostream>

#include "harness/sim/campaign_text.hpp"

namespace harness {

Exit verdict_of(const sim::Summary& summary) {
    const auto count = [&](Class in) { return summary.classes[static_cast<std::size_t>(in)]; };
    if (count(Class::lost) > 0) return Exit::lost;
    if (count(Class::duplicated) + count(Class::unexpected) > 0) return Exit::duplicated;
    if (count(Class::late) > 0) return Exit::late;
    return summary.disagreements > 0 ? Exit::unknown : Exit::ok;
}

Exit tell_health(const sim::Summary& summary) {
    const sim::Health health = sim::health_of(summary);
    for (const std::string& warning : health.warnings) std::cerr << "warning: " << warning << "\n";
    for (const std::string& failure : health.failures) std::cerr << "FAILED: " << failure << "\n";
    if (summary.schedules == 0) {
        std::cerr << "FAILED: no schedule was played; shards take turns with batches of 20,000\n";
        return Exit::vacuous;
    }
    if (summary.owed == 0) {
        std::cerr << "FAILED: nothing was owed in " << summary.schedules << " schedules\n";
        return Exit::vacuous;
    }
    return health.failures.empty() ? Exit::ok : Exit::vacuous;
}

}  // namespace harness
