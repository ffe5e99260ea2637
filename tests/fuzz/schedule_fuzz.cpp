/// A tape of choices: whatever schedule it draws, the product's sweeps are clean and the two
/// oracles agree.
#include <cstdint>
#include <cstdlib>

#include "harness/sim/explore.hpp"
#include "harness/sim/subject.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace harness::sim;
    static const Subject complete = subject("complete"), modified = subject("complete-modified");
    const Tape tape(data, data + size);
    Recorded recorded(tape);
    const Schedule schedule = draw(recorded, Menu{});
    for (const Subject* subject : {&complete, &modified})
        if (const Outcome outcome = outcome_of(*subject, schedule);
            outcome.worst || !outcome.disagreement.empty())
            std::abort();
    return 0;
}
