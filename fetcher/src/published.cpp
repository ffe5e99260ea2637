#include "fetcher/published.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "xdr/error.hpp"

namespace fetcher {

namespace {

using lookback::Fetched;
using lookback::Found;
using lookback::LastRun;
using lookback::Range;
using lookback::Settings;

/// All that a run knows at its beginning.
struct Plan {
    Settings settings;
    LastRun last_run;
    Range range;
    TimePoint now;
    std::int64_t wanted = 0;  ///< rows to read at most, 1 or more
    std::int64_t page_cap = 0;
};

Found found(const Row& row) {
    return {.id = row.incident_id.text(),
            .created = lookback::format_time(row.creation_time, lookback::seconds_format)};
}

/// The rows that the filter left: it keeps the order, and all copies of an id or none of them.
std::vector<Row> rows_of(const std::vector<Found>& selected, const std::vector<Row>& rows) {
    std::vector<Row> out;
    auto row = rows.begin();
    for (const Found& incident : selected) {
        row = std::find_if(row, rows.end(), [&](const Row& candidate) {
            return lookback::FoundId(candidate.incident_id.text()) == incident.id;
        });
        out.push_back(*row++);
    }
    return out;
}

class PublishedRun final : public Run {
   public:
    explicit PublishedRun(Plan plan) : plan_(std::move(plan)) {}

    Step begin() override { return next_request(); }

    Step on_page(const Page& page) override {
        rows_.insert(rows_.end(), page.rows.begin(), page.rows.end());
        const auto answered = static_cast<std::int64_t>(page.rows.size() + page.restricted.size());
        const std::int64_t asked = next_request().size();
        read_ += asked;
        if (answered < asked || read_ >= plan_.wanted) return finish();
        return next_request();
    }

   private:
    PageRequest next_request() const {
        return {.field = TimeField::creation_time,
                .gte = lookback::parse_time(plan_.range.start, lookback::seconds_format),
                .lte = lookback::parse_time(plan_.range.end, lookback::seconds_format),
                .sort = SortField::creation_time,
                .search_from = read_,
                .search_to = read_ + std::min(plan_.page_cap, plan_.wanted - read_)};
    }

    /// A run whose LastRun cannot be made has failed; it is no reason to stop the client.
    Step finish() const {
        try {
            return batch();
        } catch (const xdr::Error& error) {
            return Failed{error.what()};
        }
    }

    Batch batch() const {
        std::vector<Found> all;
        std::transform(rows_.begin(), rows_.end(), std::back_inserter(all), found);
        const Fetched fetched{.range = plan_.range,
                              .incidents = lookback::filter_incidents_by_duplicates_and_limit(
                                  all, plan_.last_run, plan_.settings.limit)};
        return {.incidents = rows_of(fetched.incidents, rows_),
                .state = lookback::update_last_run_object(plan_.last_run, fetched, plan_.settings,
                                                          plan_.now)};
    }

    Plan plan_;
    std::int64_t read_ = 0;  ///< rows asked for and answered so far
    std::vector<Row> rows_;
};

void require_one(std::string where, std::int64_t value) {
    if (value < 1)
        throw xdr::Error({.where = std::move(where),
                          .what = "expected 1 or more, got " + std::to_string(value),
                          .hint = ""});
}

Settings settings_of(const Parameters& parameters, lookback::Revision revision) {
    const auto look_back = std::chrono::floor<std::chrono::minutes>(parameters.look_back);
    if (look_back != parameters.look_back)
        throw xdr::Error(
            {.where = "look_back",
             .what = "expected whole minutes, got " + xdr::duration_text(parameters.look_back),
             .hint = "the published revisions count minutes"});
    require_one("limit", parameters.limit);
    return {.revision = revision,
            .limit = parameters.limit,
            .look_back = look_back.count(),
            .first_fetch = parameters.first_fetch};
}

LastRun last_run_of(const State& state, std::string_view policy) {
    if (std::holds_alternative<std::monostate>(state)) return {};
    if (const auto* last_run = std::get_if<LastRun>(&state)) return *last_run;
    refuse_state(policy);
}

}  // namespace

std::string_view Published::name() const {
    return revision_ == lookback::Revision::documented ? "documented" : "current";
}

std::unique_ptr<Run> Published::start(const Parameters& parameters, const State& state,
                                      TimePoint now) const {
    const Settings settings = settings_of(parameters, revision_);
    require_one("page_cap", parameters.page_cap);
    LastRun last_run = last_run_of(state, name());
    std::int64_t wanted =
        lookback::request_limit(last_run, parameters.limit).value_or(parameters.limit);
    require_one("/limit", wanted);
    if (parameters.paging == Paging::single) wanted = std::min(wanted, parameters.page_cap);
    Range range = lookback::get_fetch_run_time_range(last_run, settings, now);
    return std::make_unique<PublishedRun>(Plan{.settings = settings,
                                               .last_run = std::move(last_run),
                                               .range = std::move(range),
                                               .now = now,
                                               .wanted = wanted,
                                               .page_cap = parameters.page_cap});
}

}  // namespace fetcher
