#include "fetcher/complete.hpp"

#include <algorithm>
#include <utility>

#include "collected.hpp"
#include "millisecond.hpp"

namespace fetcher {

namespace {

using namespace std::chrono_literals;

constexpr int most_steps_back = 1000;
constexpr Millis first_span = 1h;

/// One run. It sweeps upwards from the frontier, or from where the last run's sweep stopped; what
/// became visible behind that place is found by a sweep from the frontier that follows.
class CompleteRun final : public Run {
   public:
    CompleteRun(const Parameters& parameters, CompleteState state)
        : state_(std::move(state)),
          field_(state_.field),
          page_cap_(parameters.page_cap),
          max_requests_(parameters.max_requests),
          look_back_(parameters.look_back),
          collected_(state_, parameters.limit),
          frontier_(state_.frontier),
          cursor_(state_.frontier) {}

    Step begin() override {
        if (!state_.resume) return next();
        // Only a sweep beyond what is settled gains from knowing how far the data reaches. A budget
        // of one request is kept for reading.
        probing_ = !reads_settled() && max_requests_ != 1;
        if (probing_) return ask(probe());
        resume_or_start_over(settled_by(state_.newest));
        return next();
    }

    Step on_page(const Page& page) override {
        if (probing_) return on_probe(page);
        if (auto failed = check_rows(page)) return *std::move(failed);
        if (!settled_) settled_ = settled(page);
        return millisecond_ ? on_millisecond(page) : on_sweep(page);
    }

   private:
    TimePoint settled_by(std::optional<TimePoint> newest) const {
        return newest ? std::max(state_.frontier, *newest - look_back_) : state_.frontier;
    }

    /// Everything older was visible before this run's first sweep: the newest incident that the
    /// last good run or the probe saw was there by then, so the server's clock had reached its
    /// time. If that clock has been set back since, it counts as it is now.
    TimePoint settled(const Page& first) const {
        auto newest = state_.newest;
        if (probed_) newest = std::max(newest.value_or(*probed_), *probed_);
        if (newest && first.server_time) newest = std::min(*newest, *first.server_time);
        return settled_by(newest);
    }

    /// The same for the sweep in hand.
    TimePoint settled_for_sweep() const { return resumed_settled_.value_or(*settled_); }

    SortField sweep_order() const {
        return field_ == TimeField::creation_time ? SortField::creation_time
                                                  : SortField::modification_time;
    }

    /// All up to where the last sweep stopped was visible before it began.
    bool reads_settled() const { return state_.resume->position.at < state_.resume->settled; }

    PageRequest probe() const {
        return {.field = field_,
                .gte = frontier_,
                .lte = std::nullopt,
                .sort = sweep_order(),
                .search_from = 0,
                .search_to = 1,
                .direction = Direction::desc};
    }

    PageRequest sweep() const {
        return {.field = field_,
                .gte = cursor_,
                .lte = until_,
                .sort = sweep_order(),
                .search_from = 0,
                .search_to = page_cap_,
                .direction = Direction::asc};
    }

    PageRequest next_of_millisecond() const {
        return {.field = field_,
                .gte = cursor_,
                .lte = cursor_,
                .sort = SortField::incident_id,
                .search_from = millisecond_->offset(),
                .search_to = millisecond_->offset() + page_cap_,
                .direction = Direction::asc};
    }

    Step next() { return ask(millisecond_ ? next_of_millisecond() : sweep()); }

    Step ask(PageRequest request) {
        if (requests_ == max_requests_) return stop(End::budget);
        ++requests_;
        ++requests_of_sweep_;
        return request;
    }

    Step on_probe(const Page& page) {
        probing_ = false;
        collected_.see(page);
        probed_ = newest_in(page, field_);
        settled_ = settled(page);
        resume_or_start_over(*settled_);
        return next();
    }

    /// What hides behind the place where the last sweep stopped, and the frontier with it, must not
    /// wait for ever: once look_back has passed, or all up to there is settled, it starts over.
    void resume_or_start_over(TimePoint known) {
        const Resume& resume = *state_.resume;
        const TimePoint at = resume.position.at;
        const bool overdue = known > frontier_ && known >= std::min(at, frontier_ + look_back_);
        if (!reads_settled() && overdue) return start_over();
        whole_ = false;
        cursor_ = at;
        until_ = resume.position.until;
        span_ = resume.position.span.value_or(first_span);
        if (resume.position.millisecond)
            millisecond_.emplace(*resume.position.millisecond, page_cap_);
        // All up to here is settled and was read: what is settled by now counts for the rest.
        if (!reads_settled()) resumed_settled_ = resume.settled;
    }

    void start_over() {
        whole_ = true;
        cursor_ = frontier_;
        until_.reset();
        span_ = first_span;
        millisecond_.reset();
        resumed_settled_.reset();
        requests_of_sweep_ = 0;
    }

    std::optional<Failed> check_rows(const Page& page) const {
        const auto most = millisecond_ ? std::optional(cursor_) : until_;
        TimePoint last = cursor_;
        for (const Row& row : page.rows) {
            const TimePoint at = time_of(row, field_);
            if (at < cursor_ || (most && at > *most))
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
        const std::size_t looked_at = collected_.take(page);
        if (collected_.full()) {
            cursor_ = time_of(page.rows[looked_at - 1], field_);
            return stop(End::limit);
        }
        const std::int64_t size = rows_in(page);
        const bool full = size >= page_cap_;
        if (!full && (size == 0 || page.total_count <= size)) return end_of_span();
        if (page.rows.empty()) return narrow();
        const TimePoint last = time_of(page.rows.back(), field_);
        if (last == cursor_) return enter_millisecond();
        cursor_ = last;
        return next();
    }

    /// A full page of restricted rows tells no time to go on from. Ask for less time at once, until
    /// the page is not full.
    Step narrow() {
        if (until_ == cursor_) return enter_millisecond();
        until_ = until_ ? cursor_ + (*until_ - cursor_) / 2 : cursor_ + span_;
        return next();
    }

    Step end_of_span() {
        if (!until_) return end_of_data();
        span_ = 2 * (*until_ - cursor_) + 1ms;
        cursor_ = *until_ + 1ms;
        until_.reset();
        return next();
    }

    Step enter_millisecond() {
        millisecond_.emplace(MillisecondPosition{}, page_cap_);
        return next();
    }

    Step on_millisecond(const Page& page) {
        if (!millisecond_->joins(page)) {
            if (++steps_back_ > most_steps_back) return give_up();
            millisecond_->step_back();
            return next();
        }
        const std::size_t looked_at = collected_.take(page);
        if (collected_.full()) {
            millisecond_->stop_within(page, looked_at);
            return stop(End::limit);
        }
        if (millisecond_->advance(page) == Millisecond::Progress::done) return leave_millisecond();
        return next();
    }

    /// All before this millisecond was read; what of it was collected is good as well.
    Step give_up() {
        if (!collected_.empty())
            return collected_.finish({.frontier = reached(), .resume = {}, .end = End::budget});
        return Failed{"the incidents of " + xdr::iso8601(cursor_) +
                      " kept moving while they were read"};
    }

    Step leave_millisecond() {
        millisecond_.reset();
        if (until_ == cursor_) until_.reset();
        cursor_ += 1ms;
        return next();
    }

    /// A sweep that was resumed has not seen what became visible behind it.
    Step end_of_data() {
        frontier_ = std::max(frontier_, settled_for_sweep());
        if (whole_)
            return collected_.finish({.frontier = frontier_, .resume = {}, .end = End::data});
        start_over();
        return next();
    }

    /// Where the frontier may move if the sweep stops here.
    TimePoint reached() const {
        return std::max(frontier_, std::min(settled_for_sweep(), cursor_));
    }

    SweepPosition position() const {
        SweepPosition out{.at = cursor_, .until = until_, .span = {}, .millisecond = {}};
        if (span_ != first_span) out.span = span_;
        if (millisecond_) out.millisecond = millisecond_->position();
        return out;
    }

    Step stop(End end) {
        Resume resume{.position = position(), .settled = settled_for_sweep()};
        // One page is read again as cheaply as it is resumed, and that finds what came late.
        const bool on_first_page = whole_ && requests_of_sweep_ == 1 && end == End::limit;
        const bool at_frontier = resume.position == SweepPosition{.at = reached()};
        Collected::Finish finish{.frontier = reached(), .resume = {}, .end = end};
        if (!on_first_page && !at_frontier) finish.resume = std::move(resume);
        return collected_.finish(std::move(finish));
    }

    CompleteState state_;
    TimeField field_;
    std::int64_t page_cap_;
    std::optional<std::int64_t> max_requests_;
    Millis look_back_;
    std::optional<TimePoint> settled_;  ///< known from the first page on
    std::optional<TimePoint> probed_;   ///< the newest time of the probe
    Collected collected_;
    TimePoint frontier_;  ///< as far as the sweeps of this run have moved it
    std::int64_t requests_ = 0, requests_of_sweep_ = 0;
    bool probing_ = false;

    bool whole_ = true;                         ///< the sweep began at the frontier, in this run
    std::optional<TimePoint> resumed_settled_;  ///< what is settled for a sweep of an earlier run
    TimePoint cursor_;                          ///< everything before it was read by the sweep
    std::optional<TimePoint> until_;            ///< upper end of a narrowed sweep
    Millis span_ = first_span;                  ///< width of the next narrowed sweep
    std::optional<Millisecond> millisecond_;    ///< cursor_ is read by id
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
