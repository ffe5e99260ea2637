#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "xdr/id.hpp"
#include "xdr/time.hpp"

namespace mockxdr {

using xdr::IncidentId;
using xdr::Millis;

/// From `from` on, an offset from the scenario's start, a clock is `offset` ahead.
struct ClockChange {
    Millis from{0}, offset{0};

    friend bool operator==(const ClockChange&, const ClockChange&) = default;
};

/// How far ahead a clock is at `at`, an offset from the scenario's start; `changes` stand in order
/// of `from`.
Millis offset_at(const std::vector<ClockChange>& changes, Millis at);

/// The order of incidents that are equal in the field that is sorted by.
enum class Ties {
    by_id,      ///< by number, in the direction of the sort
    insertion,  ///< as in the file
    shuffled,   ///< another order on each request, drawn from the seed and the request's number
};

/// The order without `sort`, which the API's page leaves open.
enum class DefaultOrder { newest_first, insertion, shuffled };

/// Which keys an incident has: today's, or the 21 of the oldest captures.
enum class Preset { current, year_2020 };

/// Errors in `reply`, as met, or flat with a text code, as on the API's page.
enum class ErrorForm { wrapped, flat };

/// What a body that is no JSON gets: the reason as text, or as JSON in `err_msg` with its line and
/// column.
enum class SyntaxErrors { text, json };

/// The text of the 401: today's, or the one with a capital U.
enum class UnauthorizedText { current, older };

/// Whether every request is refused with 402 (licence) or 403 (role).
enum class Access { granted, no_licence, no_permission };

/// Which clock the timestamps of advanced keys are checked against. `automatic` is the real one in
/// `serve`, the world's in `replay`.
enum class AuthClock { automatic, world, real };

struct AuthOptions {
    AuthClock clock = AuthClock::automatic;
    Millis tolerance = std::chrono::minutes{5};  ///< either way, 0 or more
    bool single_use_nonce = false;

    friend bool operator==(const AuthOptions&, const AuthOptions&) = default;
};

/// Quotas by the clock in force; none unless set.
struct RateLimit {
    std::optional<std::int64_t> per_second{};             ///< all endpoints together
    std::optional<std::int64_t> extra_data_per_minute{};  ///< get_incident_extra_data, each key
    int status = 429;
    bool retry_after = false;  ///< whether the header is sent

    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// What the mock does. Source: docs/scenarios.md, `server`.
struct ServerOptions {
    std::int64_t page_cap = 100;  ///< largest `search_to - search_from`, 1 or more
    Ties ties = Ties::by_id;
    DefaultOrder default_order = DefaultOrder::newest_first;
    std::uint64_t seed = 1;
    Millis latency{0};                     ///< time that passes with each request, 0 or more
    std::vector<IncidentId> restricted{};  ///< counted and named, not shown
    Preset preset = Preset::current;
    ErrorForm error_form = ErrorForm::wrapped;
    SyntaxErrors syntax_errors = SyntaxErrors::text;
    UnauthorizedText unauthorized_text = UnauthorizedText::current;
    Access access = Access::granted;
    std::optional<std::int64_t> total_count_cap{};  ///< total_count says no more than this
    std::int64_t total_count_off_by = 0;            ///< added to total_count, never below 0
    std::vector<ClockChange> clock{};               ///< what the header `Date` is off by
    int window_status = 400;                        ///< of a page that is too large
    int bad_filter_status = 500;
    int not_found_status = 404;
    bool severity_filter = false;  ///< `severity` with `in` is a known filter
    bool alert_sources_defect =
        false;                 ///< two values get nothing, one with another filter gets 500
    bool integer_ids = false;  ///< `incident_id_list` takes integers too
    bool starred_false_missing = false;   ///< `starred eq false` gets "value param is missing"
    bool contains_exact_case = false;     ///< `contains` minds capitals
    bool multiple_extra_data_cap = true;  ///< page_cap holds there too
    AuthOptions auth{};
    RateLimit rate_limit{};

    friend bool operator==(const ServerOptions&, const ServerOptions&) = default;
};

}  // namespace mockxdr
