#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mockxdr/json.hpp"
#include "mockxdr/query.hpp"
#include "xdr/id.hpp"
#include "xdr/time.hpp"

namespace mockxdr {

using xdr::IncidentId;
using xdr::Millis;
using xdr::TimePoint;

/// The order of incidents that are equal in the field that is sorted by.
enum class Ties {
    by_id,      ///< by number, in the direction of the sort
    insertion,  ///< as in the file
    shuffled,   ///< another order on each request, drawn from the seed and the request's number
};

/// What the mock does. Source: docs/scenarios.md, `server`.
struct ServerOptions {
    std::int64_t page_cap = 100;  ///< largest `search_to - search_from`, 1 or more
    Ties ties = Ties::by_id;
    std::uint64_t seed = 1;
    Millis latency{0};                   ///< time that passes with each request, 0 or more
    std::vector<IncidentId> restricted;  ///< counted and named, not shown

    friend bool operator==(const ServerOptions&, const ServerOptions&) = default;
};

enum class Paging { offset, single };

/// From `from` on the client's clock is `offset` ahead of the server's.
struct ClockChange {
    Millis from{0}, offset{0};

    friend bool operator==(const ClockChange&, const ClockChange&) = default;
};

/// At `at` the user changes what is set here.
struct SettingChange {
    Millis at{0};
    std::optional<Millis> look_back;
    std::optional<std::int64_t> limit;

    friend bool operator==(const SettingChange&, const SettingChange&) = default;
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
    std::vector<ClockChange> client_clock;  ///< in order of `from`
    std::vector<SettingChange> changes;     ///< in order of `at`

    friend bool operator==(const FetchOptions&, const FetchOptions&) = default;
};

/// Keys of the incident object and the values that they are set to.
using Fields = std::vector<std::pair<std::string, json::Value>>;

/// A change that the server makes at `at` and that queries see `indexed_after` later.
struct Update {
    Millis at{0};
    Fields set;
    Millis indexed_after{0};

    friend bool operator==(const Update&, const Update&) = default;
};

/// One incident; a `repeat` is read as many. Times are offsets from the scenario's start.
struct IncidentSpec {
    IncidentId id;
    Millis created{0};
    Millis indexed_after{0};
    Fields fields;
    std::vector<std::string> absent;
    std::vector<Update> updates;
    std::optional<Millis> removed_at;

    friend bool operator==(const IncidentSpec&, const IncidentSpec&) = default;
};

/// The server answers with this status; without a body, with the API's error envelope.
struct StatusReply {
    int status = 500;
    std::optional<std::string> body;

    friend bool operator==(const StatusReply&, const StatusReply&) = default;
};
/// What happens to the reply of a request that a fault hits.
struct Reset {
    friend bool operator==(Reset, Reset) = default;
};  ///< the connection breaks
struct Cut {
    friend bool operator==(Cut, Cut) = default;
};  ///< half of the reply comes
struct InvalidJson {
    friend bool operator==(InvalidJson, InvalidJson) = default;
};
using ReplyFault = std::variant<StatusReply, Reset, Cut, InvalidJson>;

/// Where the fetcher dies in a run.
enum class Crash { before_emit, after_emit, after_save };

/// Applies in [from, until), or at request number `request`, or in run number `run`; both from 1.
struct Fault {
    std::optional<Millis> from, until;
    std::optional<std::int64_t> request, run;
    std::variant<ReplyFault, Crash> effect;

    friend bool operator==(const Fault&, const Fault&) = default;
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
