#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fetcher/date_format.hpp"
#include "fetcher/last_run.hpp"
#include "xdr/time.hpp"

/// The look-back methods of the fetch documents, flaws and all, under their documented names.
/// Source: "Fetching Incidents", Lookback Methods; CommonServerPython, look-back methods.
namespace fetcher::lookback {

/// `documented`: what the documents describe (2022). `current`: what is published today.
enum class Revision { documented, current };

/// The parameters of the methods. All but revision have the documented names.
struct Settings {
    Revision revision = Revision::documented;
    std::optional<std::int64_t> limit = {};             ///< missing or null: nullopt
    std::optional<std::int64_t> look_back = 0;          ///< minutes; 0 is off, null: nullopt
    std::optional<std::string> first_fetch = "3 days";  ///< for xdr::read_date_text; null: nullopt
    double timezone = 0;                      ///< hours that the client's clock is shifted by
    std::string date_format{seconds_format};  ///< of every text that is a time
    bool increase_last_run_time = false;      ///< 1 ms more on the newest created time
};

/// One incident as the methods see it.
struct Found {
    FoundId id;
    std::optional<std::string> created = {};  ///< in date_format; missing or not a text: nullopt

    friend bool operator==(const Found&, const Found&) = default;
};

/// The window to ask for, both ends in date_format.
struct Range {
    std::string start, end;

    friend bool operator==(const Range&, const Range&) = default;
};

/// What a run got: the new incidents are those that the filter left.
struct Fetched {
    Range range;
    std::vector<Found> incidents = {};
    std::optional<std::int64_t> new_offset = {};  ///< offset mode only, from calculate_new_offset
};

/// How many incidents to ask the API for: the LastRun's limit unless that is absent, null or 0,
/// else the parameter.
std::optional<std::int64_t> request_limit(const LastRun& last_run,
                                          std::optional<std::int64_t> limit);

/// The window of a run at `now`, UTC. Throws xdr::Error when neither the LastRun's time nor
/// first_fetch yields a time (a time that is there but not readable does not fall back), for a
/// date_format or timezone that cannot be used, for look_back null (documented), and for a start
/// that names a zone while look_back > 0 (documented).
Range get_fetch_run_time_range(const LastRun& last_run, const Settings& settings,
                               xdr::TimePoint now);

/// The incidents whose id is not in the LastRun, in the given order, the first `limit` of them: all
/// without a limit, all but the last -limit with a negative one. Copies of one id are all kept.
/// No errors.
std::vector<Found> filter_incidents_by_duplicates_and_limit(const std::vector<Found>& incidents,
                                                            const LastRun& last_run,
                                                            std::optional<std::int64_t> limit);

/// The newest created time, 1 ms more if increase_last_run_time, in date_format. Throws xdr::Error
/// for no incidents and for one whose created is missing or not in date_format.
std::string get_latest_incident_created_time(const std::vector<Found>& incidents,
                                             const Settings& settings);

/// The ids whose age at `now`, in whole seconds, is less than (current: at most) 2 * look_back.
/// Throws xdr::Error for look_back null (documented).
FoundIds remove_old_incidents_ids(FoundIds ids, const Settings& settings, xdr::TimePoint now);

/// Whether a run forgets old ids. Only `current` has runs that do not.
enum class Forgetting { on, off };

/// The next found_incident_ids, nullopt if the key stays absent. Errors: those of
/// remove_old_incidents_ids.
std::optional<FoundIds> get_found_incident_ids(const LastRun& last_run,
                                               const std::vector<Found>& incidents,
                                               const Settings& settings, Forgetting forgetting,
                                               xdr::TimePoint now);

/// What changes in the LastRun, but for the ids.
struct Changes {
    std::variant<Null, std::string> time;
    std::variant<Null, std::int64_t> limit;
    std::optional<std::int64_t> offset = {};  ///< only in offset mode
    Forgetting forgetting = Forgetting::on;

    friend bool operator==(const Changes&, const Changes&) = default;
};

/// The next time, limit and offset. Throws xdr::Error for a limit that is missing (documented: only
/// with new incidents) or grows beyond 64 bits, for look_back null and a new_offset (documented),
/// and for what get_latest_incident_created_time refuses, where the newest time is needed: neither
/// on a full batch (documented) nor with a next offset above 0.
Changes create_updated_last_run_object(const LastRun& last_run, const Fetched& fetched,
                                       const Settings& settings);

/// The LastRun to save after a run at `now`; keys of no concern stay as they are. Errors: those of
/// create_updated_last_run_object and get_found_incident_ids.
LastRun update_last_run_object(const LastRun& last_run, const Fetched& fetched,
                               const Settings& settings, xdr::TimePoint now);

struct OffsetInput {
    std::int64_t old_offset = 0;
    std::int64_t returned = 0;               ///< incidents in the answer, known ones too
    std::optional<std::int64_t> total = {};  ///< incidents that match; 0 or nullopt: not known
};

/// The next offset, `current` only: 0 once everything was read. No errors.
std::int64_t calculate_new_offset(const OffsetInput& in);

}  // namespace fetcher::lookback
