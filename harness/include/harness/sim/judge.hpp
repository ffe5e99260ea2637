#pragma once

#include <cstdint>
#include <optional>

#include "harness/sim/life.hpp"
#include "harness/verdict.hpp"

namespace harness::sim {

/// Ids in the order of emission. A fetcher that is broken may emit more than there are.
inline constexpr std::size_t most_emitted = 64;
using Emitted = List<Small::Id, most_emitted>;

/// One run as the fetcher showed it.
struct RunFacts {
    int number = 0;  ///< from 1
    Ms started = 0, ended = 0, client_now = 0;
    std::int64_t limit = 0;
    Ms look_back = 0;
    bool drain = false;
    bool disturbed = false;  ///< a fault hit it
    bool saved = false;
    bool spent = false;  ///< its request budget
    Emitted emitted;
};

/// What is remembered of the runs so far, as much as a verdict needs and no more: two ways to come
/// to the same tally have the same future.
struct Tally {
    struct Mark {
        /// Undisturbed runs that repeated nothing, since it was owed and as long as it was neither
        /// emitted nor told.
        std::uint16_t chances = 0;
        std::uint16_t saved_run = 0;  ///< whose save tells of it; 0: none does
        std::uint8_t emissions = 0;   ///< 2 stands for more
        bool duplicated = false;      ///< emitted although a last run told of it
        bool late = false;  ///< if owed: emitted first after more chances than the drain has runs
        std::uint8_t windowed = 0;  ///< by stint, a bit each: some run's window held it
        std::uint8_t met = 0;  ///< the same: some run began while it was there; window contract
        /// The same: some run saw it from beginning to end and had a place left.
        std::uint8_t room = 0;
        std::uint8_t stint = 0;          ///< in which it was when last looked at
        std::uint8_t emitted_stint = 0;  ///< in which it was when last emitted
        bool moved = false;              ///< emitted again because its creation_time moved

        friend bool operator==(const Mark&, const Mark&) = default;
    };

    List<Mark, most_incidents> marks;
    static_assert(most_incidents <= 16);
    std::uint16_t told = 0;              ///< by incident, a bit each: later runs add nothing
    Ms last_scripted = 0;                ///< when the last scripted run began
    std::optional<Ms> first_fetch = {};  ///< the moment that the fetcher's life starts from
    std::optional<Ms> covered = {};  ///< when the last undisturbed run began; window contract only
    bool first_save = false;

    friend bool operator==(const Tally&, const Tally&) = default;
};

/// What became of each incident.
struct Ruling {
    List<Class, most_incidents> classes;
    List<Excuse, most_incidents> excuses;  ///< for those that are excused
    int owed = 0;

    bool has(Class verdict) const;
    bool is_clean() const;
};

/// The oracle of docs/guarantee.md over small numbers: from the world's truth and what the runs
/// showed, never from a fetcher's windows. The same sentences as harness::Oracle, written again.
class Judge {
   public:
    Judge(const Schedule& schedule, const World& world, Contract contract);

    Tally begin() const;

    /// An older last run came back: that of run `run`.
    void restored(Tally& tally, int run) const;

    void add(Tally& tally, const RunFacts& run) const;

    Ruling rule(const Tally& tally) const;

    /// How many quiet runs follow the scripted ones, and the bound of `late`.
    int drain_runs() const { return drain_runs_; }

    /// Since when an incident is owed, if the fetcher's life starts at `first_fetch`; `never` if it
    /// is not.
    Ms owed_since(std::size_t incident, Ms first_fetch, const Tally::Mark& mark) const;

    Ms first_fetch(Ms client_now) const;

   private:
    Ms least_look_back(Ms from, Ms until) const;
    bool in_reach(Ms since, Ms from) const;
    void emit(Tally& tally, const RunFacts& run) const;
    /// What a run did with its places.
    struct Places {
        bool room = false;     ///< some were left
        bool repeats = false;  ///< some went to what came again: nobody is late for that
    };
    void look_around(Tally& tally, const RunFacts& run, Places places) const;
    /// What is owed of an incident.
    struct Debt {
        std::optional<Excuse> excuse;  ///< why nothing is
        int stint = 0;                 ///< in which it is
    };
    Debt debt(std::size_t incident, const Tally& tally) const;
    bool is_before(std::size_t incident, Ms first_fetch) const;
    int stints(const Life& life) const;
    int stint_at(const Life& life, Ms now) const;
    /// Since when the contract covers a stint of an incident; `never` if it does not.
    Ms covered_since(std::size_t incident, int stint, Ms first_fetch,
                     const Tally::Mark& mark) const;
    /// Whether a run's looking at it changes nothing any more.
    bool is_told(std::size_t incident, const Tally& tally, const RunFacts& run) const;
    void look_at(std::size_t incident, Tally& tally, const RunFacts& run, Places places,
                 Ms window) const;
    void forget_moved(Tally& tally, const RunFacts& run) const;

    const World& world_;
    Contract contract_;
    std::uint8_t first_fetch_;
    Ms look_back_, changed_look_back_, changed_at_;
    bool restores_ = false;  ///< an older last run comes back: then the run of a save matters
    bool moves_ = false;     ///< a creation_time does
    unsigned seen_ = 0;      ///< some time, and not hidden; by incident, a bit each
    unsigned staying_ = 0;   ///< of these, told once emitted: for ever, unmoved, not by windows
    Ticks<most_incidents> from_;  ///< by incident: first seen
    int drain_runs_ = 0;
    /// By incident and stint, or sighting if it is about modification: seen in time, whatever
    /// first_fetch says.
    List<List<bool, Life::most_sightings>, most_incidents> reached_;
};

}  // namespace harness::sim
