#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mockxdr/fault.hpp"
#include "mockxdr/fields.hpp"
#include "mockxdr/json.hpp"
#include "mockxdr/query.hpp"
#include "mockxdr/server_options.hpp"
#include "xdr/id.hpp"
#include "xdr/time.hpp"

namespace mockxdr {

using xdr::IncidentId;
using xdr::Millis;
using xdr::TimePoint;

enum class Paging { offset, single };

/// At `at` the user changes what is set here.
struct SettingChange {
    Millis at{0};
    std::optional<Millis> look_back;
    std::optional<std::int64_t> limit;

    friend bool operator==(const SettingChange&, const SettingChange&) = default;
};

/// A run that does not come at its time: `late` by so much, or `missed`.
struct OddPoll {
    std::int64_t run = 1;  ///< from 1
    Millis late{0};
    bool missed = false;

    friend bool operator==(const OddPoll&, const OddPoll&) = default;
};

/// What the user wants to fetch. Empty parts ask for nothing in particular.
struct Wanted {
    std::vector<std::string> status, alert_sources;
    std::optional<bool> starred;
    std::string description;

    friend bool operator==(const Wanted&, const Wanted&) = default;
};

/// How the fetcher is set up and called. Source: docs/scenarios.md, `fetch`.
struct FetchOptions {
    Millis every = std::chrono::minutes{1};
    std::int64_t runs = 20;
    std::int64_t limit = 50;
    Millis look_back{0};
    std::string first_fetch = "3 days";
    Paging paging = Paging::offset;
    Wanted query;
    std::optional<std::int64_t> max_requests{};  ///< of a run; nothing: no budget
    std::vector<ClockChange> client_clock;       ///< against the server's, in order of `from`
    std::vector<SettingChange> changes;          ///< in order of `at`
    std::vector<OddPoll> polls{};                ///< in order of `run`

    /// The odd poll of that run; nullptr for one that comes at its time.
    const OddPoll* odd_poll(std::int64_t run) const;

    friend bool operator==(const FetchOptions&, const FetchOptions&) = default;
};

/// A moment in the client's progress instead of a time: right after the `request`-th get_incidents
/// request that was answered with rows, or with `page`, the `request`-th that read this page.
struct Trigger {
    std::int64_t request = 1;            ///< from 1
    std::optional<std::int64_t> page{};  ///< from 1: search_from / (search_to - search_from) + 1

    friend bool operator==(const Trigger&, const Trigger&) = default;
};

/// A change that the server makes at `at` and that queries see `indexed_after` later; with `on`,
/// one that is made and seen at that moment.
struct Update {
    Millis at{0};
    Fields set{};
    std::optional<Millis> created{};  ///< moves the creation_time there, from the scenario's start
    Millis indexed_after{0};
    std::optional<Trigger> on{};

    friend bool operator==(const Update&, const Update&) = default;
};

/// What get_incident_extra_data sends beside the incident; what is not set is generated.
struct ExtraSpec {
    std::optional<json::Array> alerts{}, network_artifacts{}, file_artifacts{};

    friend bool operator==(const ExtraSpec&, const ExtraSpec&) = default;
};

/// One incident; a `repeat` is read as many. Times are offsets from the scenario's start.
struct IncidentSpec {
    IncidentId id;
    Millis created{0};
    Millis indexed_after{0};
    Millis stamped_ahead{0};      ///< its creation_time is so much later than `created`
    std::optional<Trigger> on{};  ///< queries see it no earlier than this
    Fields fields{};
    std::vector<std::string> absent{};
    std::vector<Update> updates{};
    std::optional<Millis> removed_at{};
    std::optional<Trigger> removed_on{};
    Shared<ExtraSpec> extra{};

    friend bool operator==(const IncidentSpec&, const IncidentSpec&) = default;
};

/// The classes that `expect` can name. A class that is absent, but for `excused`, means none.
struct Expectation {
    std::vector<IncidentId> lost, duplicated, late, unexpected;
    std::optional<std::vector<IncidentId>> excused;

    friend bool operator==(const Expectation&, const Expectation&) = default;
};

/// A scenario file, format version 1. Source: docs/scenarios.md.
struct Scenario {
    std::string title, source;
    TimePoint start{};
    ServerOptions server;
    FetchOptions fetch;
    std::vector<IncidentSpec> incidents;
    std::vector<Fault> faults;
    std::map<std::string, Expectation> expect;  ///< by policy
    bool vacuous = false;                       ///< nothing is owed, on purpose

    friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// All that is wrong with a file, in the order of its text.
class ScenarioError : public xdr::Error {
   public:
    explicit ScenarioError(std::vector<xdr::Problem> problems);

    const std::vector<xdr::Problem>& problems() const { return problems_; }

   private:
    std::vector<xdr::Problem> problems_;
};

/// Reads a scenario. `file` is for messages only; `policies` are the names that `expect` may hold.
/// Throws ScenarioError whose problems read
/// `file:line:column: what is wrong (at /incidents/3/created); what is expected`.
Scenario read_scenario(std::string_view text, const std::string& file,
                       const std::vector<std::string_view>& policies);

/// The file's JSON without comments, checked for JSON only. Throws ScenarioError.
std::string print_scenario(std::string_view text, const std::string& file);

}  // namespace mockxdr
