#include "harness/sim/prove.hpp"

#include <unistd.h>

#include <iostream>

#include "files.hpp"
#include "found.hpp"
#include "simulator.hpp"

namespace harness {

namespace {

Exit exit_of(Class worst) {
    switch (worst) {
        case Class::lost:
            return Exit::lost;
        case Class::late:
            return Exit::late;
        default:
            return Exit::duplicated;
    }
}

}  // namespace

Exit prove(const ProveOptions& options) {
    if (!options.save.empty()) check_folder(options.save);
    const sim::Subject subject = sim::subject(options.policy);
    const sim::Scope scope{
        .incidents = options.incidents,
        .polls = options.polls,
        .symmetry = options.full ? sim::Scope::Symmetry::full : sim::Scope::Symmetry::reduced};
    const bool terminal = isatty(STDERR_FILENO) != 0;
    const sim::Proof proof = sim::prove(subject, scope, [&](const sim::Proof& so_far) {
        if (terminal)
            std::cerr << "\r" << so_far.schedules << " schedules of " << so_far.worlds
                      << " worlds\x1b[K" << std::flush;
    });
    if (terminal) std::cerr << "\r\x1b[K" << std::flush;
    std::cout << sim::proof_text(subject, scope, proof);
    if (!proof.counterexample) return proof.owed > 0 ? Exit::ok : Exit::vacuous;
    std::cout << "\n";
    const bool confirmed = tell_found(*proof.counterexample, subject,
                                      sim::origin_of(subject, *proof.counterexample), options.save);
    return confirmed && proof.worst ? exit_of(*proof.worst) : Exit::unknown;
}

}  // namespace harness
