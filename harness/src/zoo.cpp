#include "harness/zoo.hpp"

#include <algorithm>
#include <limits>

#include "fetcher/complete.hpp"
#include "fetcher/cursor.hpp"

namespace harness {

namespace {

using namespace std::chrono_literals;
using fetcher::Batch;
using fetcher::CompleteState;
using fetcher::Page;
using fetcher::PageRequest;
using fetcher::Parameters;
using fetcher::Row;
using fetcher::State;
using fetcher::Step;
using xdr::IncidentId;
using xdr::Millis;
using xdr::TimePoint;

/// A fetcher as most are first written: a window that ends now, offset pages, a list of known ids.
/// Each field is a slip that was made with it.
struct Slips {
    enum class Read { all_pages, first_page, one_page_of_limit };
    enum class Known { dropped, emitted_again };
    enum class Next { now, latest };

    Read read = Read::all_pages;
    Known known = Known::dropped;
    Next next = Next::now;   ///< where the next window starts after a run that emitted
    Millis after_latest{0};  ///< added to the newest time
    Millis start_shift{0};   ///< added to the window's start
    Millis longest_look_back = Millis::max();
    std::size_t most_ids = std::numeric_limits<std::size_t>::max();
};

/// What the naive fetcher remembers, in the shape that travels as JSON.
CompleteState first_state(const Parameters& parameters, TimePoint now) {
    CompleteState state;
    state.frontier = fetcher::first_fetch_time(parameters.first_fetch, now);
    return state;
}

class NaiveRun final : public fetcher::Run {
   public:
    NaiveRun(const Parameters& parameters, CompleteState state, TimePoint now, const Slips& slips)
        : parameters_(parameters), state_(std::move(state)), now_(now), slips_(slips) {}

    Step begin() override { return next_page(); }

    Step on_page(const Page& page) override {
        for (const Row& row : page.rows) take(row);
        read_ += static_cast<std::int64_t>(page.rows.size());
        const bool more = static_cast<std::int64_t>(page.rows.size()) == size() && size() > 0;
        if (more && slips_.read == Slips::Read::all_pages) return next_page();
        return finish();
    }

   private:
    std::int64_t size() const {
        return slips_.read == Slips::Read::one_page_of_limit
                   ? std::min(parameters_.limit, parameters_.page_cap)
                   : parameters_.page_cap;
    }

    Step next_page() const {
        const Millis look_back = std::min(parameters_.look_back, slips_.longest_look_back);
        PageRequest request;
        request.gte = std::min(state_.frontier, now_ - look_back) + slips_.start_shift;
        request.lte = now_;
        request.search_from = read_;
        request.search_to = read_ + size();
        return request;
    }

    bool is_known(const IncidentId& id) const {
        return slips_.known == Slips::Known::dropped &&
               std::any_of(state_.seen.begin(), state_.seen.end(),
                           [&](const auto& seen) { return seen.id == id; });
    }

    void take(const Row& row) {
        if (is_known(row.incident_id)) return;
        if (static_cast<std::int64_t>(batch_.size()) == parameters_.limit) {
            cut_ = true;
            return;
        }
        batch_.push_back(row);
        state_.seen.push_back({.id = row.incident_id, .at = row.creation_time});
    }

    Step finish() {
        state_.frontier = now_;
        if (!batch_.empty() && (cut_ || slips_.next == Slips::Next::latest))
            state_.frontier = batch_.back().creation_time + slips_.after_latest;
        if (state_.seen.size() > slips_.most_ids)
            state_.seen.erase(state_.seen.begin(),
                              state_.seen.end() - static_cast<std::ptrdiff_t>(slips_.most_ids));
        ++state_.batch;
        return Batch{.incidents = std::move(batch_), .state = std::move(state_)};
    }

    Parameters parameters_;
    CompleteState state_;
    TimePoint now_;
    Slips slips_;
    std::vector<Row> batch_;
    std::int64_t read_ = 0;
    bool cut_ = false;
};

class Naive final : public fetcher::Policy {
   public:
    Naive(std::string_view name, Slips slips) : name_(name), slips_(slips) {}

    std::string_view name() const override { return name_; }
    std::unique_ptr<fetcher::Run> start(const Parameters& parameters, const State& state,
                                        TimePoint now) const override {
        const auto* known = std::get_if<CompleteState>(&state);
        return std::make_unique<NaiveRun>(parameters, known ? *known : first_state(parameters, now),
                                          now, slips_);
    }

   private:
    std::string_view name_;
    Slips slips_;
};

/// The right algorithm, committed in the wrong order.
class SaveBeforeEmit final : public fetcher::Policy {
   public:
    std::string_view name() const override { return "save-before-emit"; }
    std::unique_ptr<fetcher::Run> start(const Parameters& parameters, const State& state,
                                        TimePoint now) const override {
        return complete_.start(parameters, state, now);
    }
    fetcher::CommitOrder commit_order() const override {
        return fetcher::CommitOrder::save_then_emit;
    }

   private:
    fetcher::Complete complete_{fetcher::TimeField::creation_time};
};

}  // namespace

const std::vector<ZooMember>& zoo() {
    using Read = Slips::Read;
    static const fetcher::Cursor cursor_now(fetcher::Cursor::Next::now);
    static const Naive latest_plus("latest-plus-1ms", {.read = Read::one_page_of_limit,
                                                       .known = Slips::Known::emitted_again,
                                                       .next = Slips::Next::latest,
                                                       .after_latest = 1ms,
                                                       .longest_look_back = 0ms});
    static const Naive no_dedup("no-dedup", {.known = Slips::Known::emitted_again});
    static const Naive limit_first("limit-before-dedup", {.read = Read::one_page_of_limit});
    static const Naive first_page("first-page-only", {.read = Read::first_page});
    static const Naive exclusive("exclusive-start", {.start_shift = 1ms});
    static const Naive no_look_back("no-look-back", {.longest_look_back = 0ms});
    static const Naive few_ids("ids-capped-at-2", {.most_ids = 2});
    static const SaveBeforeEmit save_first;
    static const std::vector<ZooMember> members{
        {"the next window starts at this run's time", "demisto/content #40170, review",
         &cursor_now},
        {"the next window starts 1 ms after the newest incident", "demisto/content #10592, #7214",
         &latest_plus},
        {"nothing remembers what was emitted", "demisto/content #36790", &no_dedup},
        {"one page of `limit` rows is asked for, known ones included",
         "demisto/content #35424, #39964", &limit_first},
        {"the last run is saved before the batch is emitted", "the reverse of the documented order",
         &save_first},
        {"only the first page of the window is read", "demisto/content #44928", &first_page},
        {"the window's start is exclusive", "demisto/content #10592", &exclusive},
        {"look_back is ignored", "the situation before demisto/content #17646", &no_look_back},
        {"the list of known ids is cut short", "demisto/content #44178", &few_ids},
    };
    return members;
}

}  // namespace harness
