#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal.hpp"
#include "harness/judgement.hpp"
#include "harness/verdict.hpp"

namespace harness {

/// How a client does that we know by its requests only. Source: docs/verdict-for-any-client.md.
enum class Outcome {
    pass,
    fail,
    pending,  ///< not over yet, and nothing is wrong so far
    unknown,  ///< nothing is wrong, and not all was seen or nothing was tested
};

std::string_view name_of(Outcome outcome);

/// What the classes are made from: replies, or what the client says that it kept.
enum class Basis { handed_over, accepted };

std::string_view name_of(Basis basis);

/// What replies and posts brought of one incident.
struct Holding {
    /// Replies that reached the client and held it as the scenario's query wants it.
    std::uint64_t handed_over = 0;
    TimePoint first_reply{};               ///< of those
    std::uint64_t first_number = 0;        ///< of the first of those; 0 if there is none
    std::uint64_t unmatched = 0;           ///< replies that held it as the query does not want it
    std::vector<std::uint64_t> replies{};  ///< the numbers of all of them, the first 20
    /// How many of them were no look-ups and held it above the window's lower bound, by endpoint:
    /// get_incidents, get_multiple_incidents_….
    std::array<std::uint32_t, 2> listed{};
    std::uint32_t accepted = 0;  ///< times
    TimePoint first_accepted{};

    bool was_read() const { return handed_over + unmatched > 0; }
};

struct LiveIncident {
    IncidentId id;
    std::optional<Class> verdict{};  ///< nothing: pending
    std::optional<Excuse> excuse{};  ///< for `excused`
    bool owed = false;
    std::optional<TimePoint> owed_since{};  ///< where it is owed: from when on
    /// Owed and handed over, but not by each way in which the client lists and could have had it.
    bool doubtful = false;
    Holding held{};
};

struct LiveVerdict {
    Outcome outcome = Outcome::pending;
    Exit exit = Exit::unknown;  ///< `unknown` too while it is pending
    Basis basis = Basis::handed_over;
    TimePoint at{}, ends{};  ///< when it was asked for; when the scenario is over at the latest
    bool over = false, done = false;
    std::uint64_t requests = 0, evicted = 0;
    std::int64_t owed = 0;
    std::vector<std::size_t> unfired{};     ///< faults that could have fired and did not
    std::vector<std::string> reasons{};     ///< for the outcome, one sentence each
    std::vector<LiveIncident> incidents{};  ///< in the order of the file, then unknown ids

    /// How many are in that class, or pending for nothing.
    std::int64_t count(std::optional<Class> verdict) const;
};

/// Watches one client play one scenario against a live mock. Not thread-safe.
class Trial {
   public:
    struct Settings {
        std::size_t journal = 10'000;  ///< requests that are kept
        /// How many looks at incidents one explanation may take for ranks: the server stands still
        /// meanwhile. The first rank is always told.
        std::size_t looks = 20'000'000;
        /// Also: in two replies is duplicated, handed over without a match is unexpected, a fault
        /// that did not fire is vacuous.
        bool strict = false;
    };

    /// World and scenario must outlive the trial; the world may change.
    Trial(const mockxdr::World& world, const mockxdr::Scenario& scenario, Settings settings);

    /// Requests come in order of time.
    void record(const mockxdr::Exchange& exchange);

    /// The reply to request `number` did not leave whole: the client went away before it had it.
    /// What it held was not handed over.
    void reply_lost(std::uint64_t number);

    /// The client says which ids it kept; each time counts. Returns ids that no incident has.
    std::vector<IncidentId> accept(const std::vector<IncidentId>& ids, TimePoint now);

    /// The client says that it has finished.
    void done() { done_ = true; }

    /// Whether what is still missing is lost: K runs after the scenario's end, or when the client
    /// is done and nothing more happens.
    bool over(TimePoint now) const;

    /// When it is over whatever the client does or says.
    TimePoint ends() const;

    /// `unfired`: indexes of the faults that have not fired yet. Looks at each incident.
    LiveVerdict verdict(TimePoint now, const std::vector<std::size_t>& unfired) const;

    const mockxdr::World& world() const { return world_; }
    const mockxdr::Scenario& scenario() const { return scenario_; }
    const Settings& settings() const { return settings_; }
    const Journal& journal() const { return journal_; }
    const Holding& holding(const mockxdr::Incident& incident) const {
        return holdings_[incident.position];
    }

   private:
    class Judging;

    std::uint32_t hand_over(const mockxdr::Exchange& exchange, const mockxdr::Selection& selection);
    void take_back(std::size_t index);
    void take_over(const std::vector<std::uint32_t>& positions, std::size_t from);
    void note_key(const mockxdr::Exchange& exchange);
    void note_first(const mockxdr::Exchange& exchange);
    void note_fault(TimePoint at);
    bool matched(const JournalEntry& entry, std::uint32_t position) const;
    void conclude(LiveVerdict& verdict, const Judging& judging) const;

    /// Whether the client may read restricted incidents in each of its requests.
    bool has_full_keys() const { return full_key_ && !other_key_; }

    /// K. What only full keys may read takes places too.
    std::int64_t drain_runs() const {
        return drain_runs_ + (has_full_keys() ? restricted_runs_ : 0);
    }

    const mockxdr::World& world_;
    const mockxdr::Scenario& scenario_;
    Settings settings_;
    std::vector<mockxdr::Filter> wanted_;  ///< what the scenario's query asks for
    Journal journal_;
    std::vector<Holding> holdings_;                  ///< by position
    std::map<IncidentId, std::uint32_t> strangers_;  ///< accepted, and of no incident; times
    std::optional<TimePoint> first_list_, first_rows_;
    std::vector<std::int64_t> disturbed_;  ///< intervals with a lost reply, counted from the start
    std::int64_t drain_runs_ = 0;          ///< K for ordinary keys
    std::int64_t restricted_runs_ = 0;     ///< how many more for full ones
    TimePoint last_event_{}, end_{};       ///< of the world; of what the scenario says
    bool posted_ = false, done_ = false;
    bool full_key_ = false, other_key_ = false;  ///< which were used to ask for incidents
};

/// Which part of the journal: from a request's number on, or the last so many.
struct JournalRange {
    std::uint64_t from = 0;
    std::optional<std::size_t> last{};
};

std::string to_json(const LiveVerdict& verdict);
std::string journal_json(const Trial& trial, const JournalRange& range);

/// One request, and why it did not bring each incident that the scenario's query wants and that was
/// created by then, at most 200. Nothing if the journal does not have it.
std::optional<std::string> request_json(const Trial& trial, std::uint64_t number);

/// What became of one incident in each request since it was created, the last 200, and the smallest
/// look-back and limit that would have caught it. Nothing for an id that no incident has.
std::optional<std::string> explain_json(const Trial& trial, const IncidentId& id);

}  // namespace harness
