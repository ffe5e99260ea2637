#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "fetcher/collected.hpp"
#include "fetcher/copy_parts.hpp"
#include "fetcher/end.hpp"
#include "fetcher/millisecond.hpp"
#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// What a sweep is told; checked by `check_parameters`.
template <class Kind>
struct SweepSettingsOf {
    std::int64_t limit = 50, page_cap = 100;        ///< 1 or more
    std::optional<std::int64_t> max_requests = {};  ///< 1 or more
    Millis look_back{0};                            ///< 0 or more
    const MemoryOf<Kind>* memory = nullptr;         ///< ids that outlive a state; may be nullptr
};

/// What a sweep wants next.
enum class Turn { ask, done, failed };

/// One run of the `complete` policies, without I/O. It sweeps upwards from the frontier, or from
/// where the last run's sweep stopped; what became visible behind that place is found by a sweep
/// from the frontier that follows.
template <class Kind>
class Sweep {
   public:
    using Page = PageOf<Kind>;
    using State = CompleteStateOf<Kind>;

    /// The states and what `settings` points to must outlive it. After Turn::done `next` holds what
    /// to save, whatever it was before.
    Sweep(const SweepSettingsOf<Kind>& settings, const State& state, State& next)
        : state_(state),
          next_(next),
          field_(state.field),
          page_cap_(settings.page_cap),
          max_requests_(settings.max_requests.value_or(std::numeric_limits<std::int64_t>::max())),
          look_back_(settings.look_back),
          collected_(state, settings.limit, settings.memory),
          frontier_(state.frontier),
          cursor_(state.frontier) {
        request_.field = field_;
    }

    Turn begin() {
        if (!state_.resume) return next();
        // Only a sweep beyond what is settled gains from knowing how far the data reaches. A budget
        // of one request is kept for reading.
        probing_ = !reads_settled() && max_requests_ != 1;
        if (probing_) {
            may_ask();
            ask_for_newest();
            return Turn::ask;
        }
        resume_or_start_over(state_.newest ? settled_by(*state_.newest) : state_.frontier);
        return next();
    }

    /// The answer to the request of the last turn.
    Turn on_page(const Page& page) {
        if (probing_) return on_probe(page);
        if (!check_rows(page)) return Turn::failed;
        if (!settled_) settled_ = settled(page);
        return millisecond_ ? on_millisecond(page) : on_sweep(page);
    }

    /// What to ask for next; after Turn::ask.
    const PageRequest& request() const { return request_; }

    /// What to emit, oldest first; after Turn::done.
    typename Collected<Kind>::Rows& batch() { return collected_.batch(); }
    End end() const { return end_; }

    /// After Turn::failed.
    const std::string& why() const { return why_; }

   private:
    using Resume = ResumeOf<Kind>;
    using Millisecond = fetcher::Millisecond<Kind>;

    static constexpr int most_steps_back = 1000;
    static constexpr Millis first_span{3'600'000};

    TimePoint settled_by(TimePoint newest) const {
        return std::max(state_.frontier, newest - look_back_);
    }

    /// Everything older was visible before this run's first sweep: the newest incident that the
    /// last good run or the probe saw was there by then, so the server's clock had reached its
    /// time. If that clock has been set back since, it counts as it is now.
    TimePoint settled(const Page& first) const {
        if (!state_.newest && !probed_) return state_.frontier;
        TimePoint newest = state_.newest ? *state_.newest : *probed_;
        if (probed_) newest = std::max(newest, *probed_);
        if (first.server_time) newest = std::min(newest, *first.server_time);
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

    /// The requests are written where they are read from: a copy would cost more than the writing.
    void ask_for_newest() {
        request_.gte = frontier_;
        request_.lte.reset();
        request_.sort = sweep_order();
        request_.search_from = 0;
        request_.search_to = 1;
        request_.direction = Direction::desc;
    }

    void ask_for_sweep() {
        request_.gte = cursor_;
        copy_parts(request_.lte, until_);
        request_.sort = sweep_order();
        request_.search_from = 0;
        request_.search_to = page_cap_;
        request_.direction = Direction::asc;
    }

    void ask_for_millisecond() {
        request_.gte = cursor_;
        request_.lte = cursor_;
        request_.sort = SortField::incident_id;
        request_.search_from = millisecond_->offset();
        request_.search_to = millisecond_->offset() + page_cap_;
        request_.direction = Direction::asc;
    }

    /// Whether the budget has another request; if not, the sweep stops.
    bool may_ask() {
        if (requests_ == max_requests_) return false;
        ++requests_;
        ++requests_of_sweep_;
        return true;
    }

    Turn next() {
        if (!may_ask()) return stop(End::budget);
        if (millisecond_)
            ask_for_millisecond();
        else
            ask_for_sweep();
        return Turn::ask;
    }

    Turn fail(std::string why) {
        why_ = std::move(why);
        return Turn::failed;
    }

    /// Of a row that the server must not send: false. Not inlined: what makes text is large, and
    /// next to never runs.
    [[gnu::noinline]] bool refuse(const typename Kind::Id& id, const char* why) {
        why_ = "the server sent incident " + Kind::name(id) + why;
        return false;
    }

    /// The next run's sweep begins at the frontier.
    Turn finish(TimePoint frontier, End end) {
        collected_.finish(frontier, next_);
        end_ = end;
        return Turn::done;
    }

    Turn on_probe(const Page& page) {
        probing_ = false;
        collected_.see(page);
        if (!page.rows.empty()) probed_ = newest_in(page, field_);
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

    bool check_rows(const Page& page) {
        const TimePoint most = millisecond_ ? cursor_ : until_.value_or(TimePoint::max());
        TimePoint last = cursor_;
        for (const auto& row : page.rows) {
            const TimePoint at = time_of(row, field_);
            if (at < cursor_ || at > most)
                return refuse(row.incident_id, ", which the filter excludes");
            if (at < last) return refuse(row.incident_id, " out of order");
            last = at;
        }
        return true;
    }

    Turn on_sweep(const Page& page) {
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
    Turn narrow() {
        if (until_ == cursor_) return enter_millisecond();
        until_ = until_ ? cursor_ + (*until_ - cursor_) / 2 : cursor_ + span_;
        return next();
    }

    Turn end_of_span() {
        if (!until_) return end_of_data();
        span_ = 2 * (*until_ - cursor_) + Millis{1};
        cursor_ = *until_ + Millis{1};
        until_.reset();
        return next();
    }

    Turn enter_millisecond() {
        millisecond_.emplace(page_cap_);
        return next();
    }

    Turn on_millisecond(const Page& page) {
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
    Turn give_up() {
        if (!collected_.empty()) return finish(reached(), End::budget);
        return fail("the incidents of " + xdr::iso8601(cursor_) +
                    " kept moving while they were read");
    }

    Turn leave_millisecond() {
        millisecond_.reset();
        if (until_ == cursor_) until_.reset();
        cursor_ += Millis{1};
        return next();
    }

    /// A sweep that was resumed has not seen what became visible behind it.
    Turn end_of_data() {
        frontier_ = std::max(frontier_, settled_for_sweep());
        if (whole_) return finish(frontier_, End::data);
        start_over();
        return next();
    }

    /// Where the frontier may move if the sweep stops here.
    TimePoint reached() const {
        return std::max(frontier_, std::min(settled_for_sweep(), cursor_));
    }

    /// Whether a sweep that begins at `at` goes on as this one.
    bool is_at(TimePoint at) const {
        return cursor_ == at && !until_ && span_ == first_span && !millisecond_;
    }

    /// Where this sweep goes on.
    void keep(Resume& out) const {
        out.position.at = cursor_;
        copy_parts(out.position.until, until_);
        if (span_ != first_span) out.position.span = span_;
        if (millisecond_) out.position.millisecond = millisecond_->position();
        out.settled = settled_for_sweep();
    }

    Turn stop(End end) {
        finish(reached(), end);
        // One page is read again as cheaply as it is resumed, and that finds what came late.
        const bool on_first_page = whole_ && requests_of_sweep_ == 1 && end == End::limit;
        if (!on_first_page && !is_at(reached())) keep(next_.resume.emplace());
        return Turn::done;
    }

    const State& state_;
    State& next_;
    TimeField field_;
    std::int64_t page_cap_;
    std::int64_t max_requests_;
    Millis look_back_;
    std::optional<TimePoint> settled_;  ///< known from the first page on
    std::optional<TimePoint> probed_;   ///< the newest time of the probe
    Collected<Kind> collected_;
    PageRequest request_{};
    End end_ = End::data;
    std::string why_;
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

}  // namespace fetcher
