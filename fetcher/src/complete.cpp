#include "fetcher/complete.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fetcher {

namespace {

using namespace std::chrono_literals;
using Seen = CompleteState::Seen;

constexpr int most_steps_back = 1000;
constexpr Millis first_span = 1h;

TimePoint time_of(const Row& row, TimeField field) {
    return field == TimeField::creation_time ? row.creation_time : row.modification_time;
}

bool by_id(const Seen& a, const Seen& b) { return a.id < b.id; }

std::int64_t rows_in(const Page& page) {
    return static_cast<std::int64_t>(page.rows.size() + page.restricted.size());
}

std::vector<IncidentId> ids_in(const Page& page) {
    std::vector<IncidentId> ids = page.restricted;
    for (const Row& row : page.rows) ids.push_back(row.incident_id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

/// What the pages of a run add up to: the batch, and what the next state is made of.
class Collected {
   public:
    Collected(const CompleteState& state, std::int64_t limit)
        : state_(state), field_(state.field), limit_(static_cast<std::size_t>(limit)) {}

    /// Takes the unknown ones in order until the batch is full.
    void take(const Page& page) {
        for (const Row& row : page.rows) {
            const TimePoint at = time_of(row, field_);
            const TimePoint reached = capped(at, page);
            newest_ = std::max(newest_.value_or(reached), reached);
            if (!full() && !is_known(row.incident_id)) add(row, at);
        }
    }

    bool full() const { return batch_.size() >= limit_; }
    bool empty() const { return batch_.empty(); }

    Batch finish(TimePoint settled) {
        const TimePoint reached =
            full() ? std::min(settled, time_of(batch_.back(), field_)) : settled;
        CompleteState next{.field = field_,
                           .frontier = std::max(state_.frontier, reached),
                           .newest = newest(),
                           .seen = {},
                           .batch = state_.batch + 1};
        std::merge(state_.seen.begin(), state_.seen.end(), taken_.begin(), taken_.end(),
                   std::back_inserter(next.seen), by_id);
        // An incident that is modified comes back with a later time: those are kept for ever.
        if (field_ == TimeField::creation_time)
            std::erase_if(next.seen, [&](const Seen& seen) { return seen.at < next.frontier; });
        return {.incidents = std::move(batch_), .state = std::move(next)};
    }

   private:
    /// A time that the server's own clock has not reached says nothing about how far it is. Date
    /// is in whole seconds.
    static TimePoint capped(TimePoint at, const Page& page) {
        const bool ahead = page.server_time && at > *page.server_time + 999ms;
        return ahead ? *page.server_time : at;
    }

    bool is_known(const IncidentId& id) const {
        const Seen wanted{.id = id, .at = {}};
        return std::binary_search(state_.seen.begin(), state_.seen.end(), wanted, by_id) ||
               std::binary_search(taken_.begin(), taken_.end(), wanted, by_id);
    }

    void add(const Row& row, TimePoint at) {
        const Seen seen{.id = row.incident_id, .at = at};
        taken_.insert(std::upper_bound(taken_.begin(), taken_.end(), seen, by_id), seen);
        batch_.push_back(row);
    }

    std::optional<TimePoint> newest() const {
        if (!newest_ || !state_.newest) return newest_ ? newest_ : state_.newest;
        return std::max(*newest_, *state_.newest);
    }

    const CompleteState& state_;
    TimeField field_;
    std::size_t limit_;
    std::vector<Row> batch_;
    std::vector<Seen> taken_;  ///< the batch, sorted by id
    std::optional<TimePoint> newest_;
};

/// The rows of one millisecond, read by id. Each page must hold a row that was read before, so that
/// rows which moved while they were read are noticed: then nothing lies between.
struct Millisecond {
    TimePoint at{};
    std::int64_t offset = 0;
    std::vector<IncidentId> read;  ///< ids of all pages so far, sorted
};

class CompleteRun final : public Run {
   public:
    CompleteRun(const Parameters& parameters, CompleteState state)
        : state_(std::move(state)),
          field_(state_.field),
          page_cap_(parameters.page_cap),
          look_back_(parameters.look_back),
          collected_(state_, parameters.limit),
          cursor_(state_.frontier) {}

    Step begin() override { return sweep(); }

    Step on_page(const Page& page) override {
        if (auto failed = check_rows(page)) return *std::move(failed);
        if (!settled_) settled_ = settled(page);
        return millisecond_ ? on_millisecond(page) : on_sweep(page);
    }

   private:
    /// Everything older was visible before this run began: the newest incident that the last good
    /// run read was there by then, so the server's clock had reached its time. If that clock has
    /// been set back since, it counts as it is now.
    TimePoint settled(const Page& first) const {
        if (!state_.newest) return state_.frontier;
        const TimePoint newest =
            std::min(*state_.newest, first.server_time.value_or(*state_.newest));
        return std::max(state_.frontier, newest - look_back_);
    }

    PageRequest sweep() const {
        return {.field = field_,
                .gte = cursor_,
                .lte = until_,
                .sort = field_ == TimeField::creation_time ? SortField::creation_time
                                                           : SortField::modification_time,
                .search_from = 0,
                .search_to = page_cap_};
    }

    PageRequest next_of_millisecond() const {
        return {.field = field_,
                .gte = millisecond_->at,
                .lte = millisecond_->at,
                .sort = SortField::incident_id,
                .search_from = millisecond_->offset,
                .search_to = millisecond_->offset + page_cap_};
    }

    std::optional<Failed> check_rows(const Page& page) const {
        const TimePoint least = millisecond_ ? millisecond_->at : cursor_;
        const auto most = millisecond_ ? std::optional(millisecond_->at) : until_;
        TimePoint last = least;
        for (const Row& row : page.rows) {
            const TimePoint at = time_of(row, field_);
            if (at < least || (most && at > *most))
                return Failed{"the server sent incident " + row.incident_id.text() +
                              ", which the filter excludes"};
            if (at < last)
                return Failed{"the server sent incident " + row.incident_id.text() +
                              " out of order"};
            last = at;
        }
        return std::nullopt;
    }

    Step on_sweep(const Page& page) {
        collected_.take(page);
        if (collected_.full()) return end();
        const std::int64_t size = rows_in(page);
        const bool full = size >= page_cap_;
        if (!full && (size == 0 || page.total_count <= size)) return end_of_span();
        if (page.rows.empty()) return narrow();
        const TimePoint last = time_of(page.rows.back(), field_);
        if (last == cursor_) return enter_millisecond();
        cursor_ = last;
        return sweep();
    }

    /// A full page of restricted rows tells no time to go on from. Ask for less time at once, until
    /// the page is not full.
    Step narrow() {
        if (until_ == cursor_) return enter_millisecond();
        until_ = until_ ? cursor_ + (*until_ - cursor_) / 2 : cursor_ + span_;
        return sweep();
    }

    Step end_of_span() {
        if (!until_) return end();
        span_ = 2 * (*until_ - cursor_) + 1ms;
        cursor_ = *until_ + 1ms;
        until_.reset();
        return sweep();
    }

    Step enter_millisecond() {
        millisecond_ = Millisecond{.at = cursor_, .offset = 0, .read = {}};
        return next_of_millisecond();
    }

    Step on_millisecond(const Page& page) {
        const std::vector<IncidentId> ids = ids_in(page);
        std::vector<IncidentId> all;
        std::set_union(ids.begin(), ids.end(), millisecond_->read.begin(), millisecond_->read.end(),
                       std::back_inserter(all));
        const bool nothing_new = all.size() == millisecond_->read.size();
        const bool joined = all.size() < millisecond_->read.size() + ids.size();
        if (!joined && millisecond_->offset > 0 && page_cap_ > 1) return step_back();
        collected_.take(page);
        if (collected_.full()) return end();
        const bool full = rows_in(page) >= page_cap_;
        const std::int64_t end_of_page = millisecond_->offset + rows_in(page);
        if (!full && (nothing_new || page.total_count <= end_of_page)) return leave_millisecond();
        millisecond_->read = std::move(all);
        millisecond_->offset = page_cap_ > 1 ? end_of_page - 1 : end_of_page;
        return next_of_millisecond();
    }

    /// Rows below were removed, and others may have slipped past.
    Step step_back() {
        if (++steps_back_ > most_steps_back) return give_up();
        millisecond_->offset = std::max<std::int64_t>(0, millisecond_->offset - (page_cap_ - 1));
        return next_of_millisecond();
    }

    /// All before this millisecond was read; what of it was collected is good as well.
    Step give_up() {
        if (!collected_.empty()) return collected_.finish(std::min(*settled_, millisecond_->at));
        return Failed{"the incidents of " + xdr::iso8601(millisecond_->at) +
                      " kept moving while they were read"};
    }

    Step leave_millisecond() {
        millisecond_.reset();
        if (until_ == cursor_) until_.reset();
        cursor_ += 1ms;
        return sweep();
    }

    Step end() { return collected_.finish(*settled_); }

    CompleteState state_;
    TimeField field_;
    std::int64_t page_cap_;
    Millis look_back_;
    std::optional<TimePoint> settled_;  ///< known from the first page on
    Collected collected_;
    TimePoint cursor_;                ///< everything before it was read in this run
    std::optional<TimePoint> until_;  ///< upper end of a narrowed sweep
    Millis span_ = first_span;        ///< width of the next narrowed sweep
    std::optional<Millisecond> millisecond_;
    int steps_back_ = 0;
};

}  // namespace

std::string_view Complete::name() const {
    return field_ == TimeField::creation_time ? "complete" : "complete-modified";
}

std::unique_ptr<Run> Complete::start(const Parameters& parameters, const State& state,
                                     TimePoint now) const {
    check_parameters(parameters);
    const auto* known = std::get_if<CompleteState>(&state);
    if (known && known->field == field_) return std::make_unique<CompleteRun>(parameters, *known);
    if (!std::holds_alternative<std::monostate>(state)) refuse_state(name());
    return std::make_unique<CompleteRun>(
        parameters, CompleteState{.field = field_,
                                  .frontier = first_fetch_time(parameters.first_fetch, now),
                                  .newest = std::nullopt,
                                  .seen = {},
                                  .batch = 0});
}

}  // namespace fetcher
