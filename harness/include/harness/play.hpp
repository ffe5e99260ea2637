#pragma once

#include <functional>
#include <memory>

#include "fetcher/source.hpp"
#include "harness/clock.hpp"
#include "harness/trace.hpp"
#include "harness/verdict.hpp"
#include "mockxdr/service.hpp"

namespace harness {

/// How a fetcher reaches the mock, and how its last run gets from one run to the next.
struct Link {
    using Connect = std::function<std::unique_ptr<fetcher::Source>(
        mockxdr::Service& service, const VirtualClock& clock, const fetcher::Query& query)>;
    enum class Memory { typed, json };

    Connect connect;
    Memory memory = Memory::typed;
};

/// Structs, no HTTP: the fast one.
Link direct_link();

/// The key that the mock accepts unless it is given others.
mockxdr::ApiKeys test_keys();
inline constexpr const char* test_key = "mockxdr-test-key";
inline constexpr const char* test_key_id = "1";

/// One scenario and the fetcher that plays it.
struct Game {
    const mockxdr::Scenario& scenario;
    const fetcher::Policy& policy;
    Contract contract;
};

/// Plays the scripted runs on the virtual clock, and then the drain: K quiet runs.
Trace play(const Game& game, const Link& link);

/// `play`, and the verdict on it.
struct Result {
    Trace trace;
    Verdict verdict;
};
Result replay(const Game& game, const Link& link);

}  // namespace harness
