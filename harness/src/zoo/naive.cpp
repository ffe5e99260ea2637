#include "naive.hpp"

#include <algorithm>
#include <utility>

#include "memory.hpp"

namespace harness::zoo_members {

namespace {

using fetcher::Batch;
using fetcher::CompleteState;
using fetcher::Page;
using fetcher::PageRequest;
using fetcher::Parameters;
using fetcher::Row;
using fetcher::Step;
using xdr::TimePoint;

class NaiveRun final : public fetcher::Run {
   public:
    NaiveRun(const Parameters& parameters, CompleteState state, TimePoint now, const Slips& slips)
        : parameters_(parameters),
          state_(std::move(state)),
          known_before_(state_.seen.size()),
          now_(now),
          slips_(slips) {}

    Step begin() override { return next_page(); }

    Step on_page(const Page& page) override {
        for (const Row& row : page.rows) take(row);
        read_ += static_cast<std::int64_t>(page.rows.size());
        if (slips_.read == Slips::Read::until_total)
            return read_ < page.total_count && !page.rows.empty() ? next_page() : finish();
        const bool more = static_cast<std::int64_t>(page.rows.size()) == size() && size() > 0;
        if (more && slips_.read == Slips::Read::all_pages) return next_page();
        return finish();
    }

   private:
    TimePoint time_of(const Row& row) const {
        return slips_.field == fetcher::TimeField::creation_time ? row.creation_time
                                                                 : row.modification_time;
    }

    std::int64_t size() const {
        return slips_.read == Slips::Read::one_page_of_limit
                   ? std::min(parameters_.limit, parameters_.page_cap)
                   : parameters_.page_cap;
    }

    Millis look_back() const {
        return std::min(parameters_.look_back, slips_.longest_look_back) / slips_.look_back_divisor;
    }

    TimePoint start() const {
        const TimePoint reach = now_ - look_back();
        switch (slips_.start) {
            case Slips::Start::earlier:
                break;
            case Slips::Start::later:
                return std::max(state_.frontier, reach);
            case Slips::Start::whole_second:
                return std::chrono::ceil<std::chrono::seconds>(std::min(state_.frontier, reach));
        }
        return std::min(state_.frontier, reach);
    }

    Step next_page() const {
        PageRequest request;
        request.field = slips_.field;
        request.gte = start() + slips_.start_shift;
        request.lte = now_;
        request.sort = slips_.field == fetcher::TimeField::creation_time
                           ? fetcher::SortField::creation_time
                           : fetcher::SortField::modification_time;
        request.direction = slips_.order == Slips::Order::ascending ? fetcher::Direction::asc
                                                                    : fetcher::Direction::desc;
        request.search_from = read_;
        request.search_to = read_ + size();
        return request;
    }

    bool is_known(const Row& row) const {
        const auto first = state_.seen.begin();
        const auto among = [&](auto last) {
            return std::any_of(first, last,
                               [&](const auto& seen) { return seen.id == row.incident_id; });
        };
        switch (slips_.known) {
            case Slips::Known::dropped:
                return among(state_.seen.end());
            case Slips::Known::dropped_from_earlier_runs:
                return among(first + static_cast<std::ptrdiff_t>(known_before_));
            case Slips::Known::at_or_before_cursor:
                return time_of(row) <= state_.frontier;
            case Slips::Known::emitted_again:
                break;
        }
        return false;
    }

    void take(const Row& row) {
        if (is_known(row)) return;
        if (static_cast<std::int64_t>(batch_.size()) == parameters_.limit) {
            cut_ = true;
            return;
        }
        batch_.push_back(row);
        state_.seen.push_back({.id = row.incident_id, .at = now_});
    }

    void forget_ids() {
        if (state_.seen.size() > slips_.most_ids)
            state_.seen.erase(state_.seen.begin(),
                              state_.seen.end() - static_cast<std::ptrdiff_t>(slips_.most_ids));
        if (slips_.ids_live_in_look_backs > 0)
            std::erase_if(state_.seen, [&](const auto& seen) {
                return now_ - seen.at > parameters_.look_back * slips_.ids_live_in_look_backs / 2;
            });
    }

    Step finish() {
        const bool cut = cut_ && slips_.next != Slips::Next::now_though_cut;
        state_.frontier = now_;
        if (!batch_.empty() && (cut || slips_.next == Slips::Next::latest)) {
            TimePoint latest = time_of(batch_.back());
            for (const Row& row : batch_) latest = std::max(latest, time_of(row));
            state_.frontier = latest + slips_.after_latest;
        }
        forget_ids();
        ++state_.batch;
        return Batch{.incidents = std::move(batch_), .state = std::move(state_)};
    }

    Parameters parameters_;
    CompleteState state_;
    std::size_t known_before_;
    TimePoint now_;
    Slips slips_;
    std::vector<Row> batch_;
    std::int64_t read_ = 0;
    bool cut_ = false;
};

}  // namespace

std::unique_ptr<fetcher::Run> Naive::start(const Parameters& parameters,
                                           const fetcher::State& state, TimePoint now) const {
    return std::make_unique<NaiveRun>(parameters, state_of(parameters, state, now), now, slips_);
}

}  // namespace harness::zoo_members
