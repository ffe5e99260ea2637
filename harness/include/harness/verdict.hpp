#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/truth.hpp"

namespace harness {

/// What a fetcher owes. Source: docs/guarantee.md, Contracts.
enum class Contract {
    reach,     ///< what matched and was visible within look_back of its creation
    modified,  ///< the same, counted from its last modification
    window,    ///< what was visible when a run began and created no earlier than that run's window
};

enum class Class { once, duplicated, lost, late, excused, unexpected };
/// In the order in which reports tell of them.
inline constexpr std::array all_classes{Class::once, Class::lost,    Class::duplicated,
                                        Class::late, Class::excused, Class::unexpected};

enum class Excuse {
    never_matched,
    restricted,
    before_first_fetch,
    visible_too_late,
    after_the_end,
    gone_before_room,
    outside_promise,
    repeated_by_crash,
    repeated_by_move,
};

std::string_view name_of(Contract contract);
std::string_view name_of(Class verdict);
std::string_view describe(Excuse excuse);

/// The contract that a policy is judged by unless the user says otherwise.
Contract contract_of(std::string_view policy);

struct IncidentVerdict {
    IncidentId id;
    Class verdict = Class::excused;
    std::optional<Excuse> excuse;  ///< for `excused`
    bool owed = false;
    std::optional<TimePoint> owed_since;  ///< where it is owed: from when on
    std::vector<std::int64_t> runs;       ///< the runs that emitted it, one entry for each time

    friend bool operator==(const IncidentVerdict&, const IncidentVerdict&) = default;
};

struct Verdict {
    std::vector<IncidentVerdict> incidents;  ///< in the order of the file, then unknown ids
    std::int64_t owed = 0;

    std::int64_t count(Class verdict) const;
    std::vector<IncidentId> ids(Class verdict) const;
};

/// What a verdict is made from. The oracle reads the world and the trace, never a fetcher's code.
struct Evidence {
    const mockxdr::World& world;
    const mockxdr::Scenario& scenario;
    const Trace& trace;
};

Verdict judge(const Evidence& evidence, Contract contract);

/// With all changes of the settings.
std::int64_t smallest_limit(const mockxdr::FetchOptions& fetch);

/// K, how many quiet runs must follow the scripted ones: enough for all that ever matches, at the
/// smallest limit, and two. Not only for what is owed: the rest may take places too (ADR 0002).
std::int64_t drain_runs(const mockxdr::World& world, const mockxdr::Scenario& scenario);

}  // namespace harness
