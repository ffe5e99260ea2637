#include "xdr_clients.hpp"

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

class CursorIdsRun final : public fetcher::Run {
   public:
    CursorIdsRun(const Parameters& parameters, CompleteState state)
        : parameters_(parameters), state_(std::move(state)) {}

    Step begin() override {
        PageRequest request;
        request.gte = state_.frontier;
        request.search_to =
            std::min(parameters_.page_cap,
                     parameters_.limit + static_cast<std::int64_t>(state_.seen.size()));
        return request;
    }

    Step on_page(const Page& page) override {
        Batch batch;
        TimePoint newest = state_.frontier;
        for (const Row& row : page.rows) {
            const bool known = knows(state_, row.incident_id);
            if (known || static_cast<std::int64_t>(batch.incidents.size()) == parameters_.limit)
                continue;
            batch.incidents.push_back(row);
            newest = std::max(newest, row.creation_time);
        }
        CompleteState next = state_;
        if (newest != state_.frontier) next.seen.clear();
        for (const Row& row : batch.incidents)
            if (row.creation_time == newest)
                next.seen.push_back({.id = row.incident_id, .at = row.creation_time});
        next.frontier = newest;
        batch.state = std::move(next);
        return batch;
    }

   private:
    Parameters parameters_;
    CompleteState state_;
};

/// The offset is kept in `batch`, which nothing else needs.
class OffsetRun final : public fetcher::Run {
   public:
    OffsetRun(const Parameters& parameters, CompleteState state, TimePoint now)
        : size_(std::min(parameters.limit, parameters.page_cap)),
          look_back_(parameters.look_back),
          state_(std::move(state)),
          now_(now) {}

    Step begin() override {
        PageRequest request;
        request.gte = std::min(state_.frontier, now_ - look_back_);
        request.lte = now_;
        request.search_from = state_.batch;
        request.search_to = state_.batch + size_;
        return request;
    }

    Step on_page(const Page& page) override {
        Batch batch;
        for (const Row& row : page.rows) {
            const bool known = knows(state_, row.incident_id);
            if (known) continue;
            batch.incidents.push_back(row);
            state_.seen.push_back({.id = row.incident_id, .at = row.creation_time});
        }
        const std::int64_t read = state_.batch + static_cast<std::int64_t>(page.rows.size());
        const bool all = page.rows.empty() || read >= page.total_count;
        state_.batch = all ? 0 : read;
        if (all) state_.frontier = now_;
        batch.state = std::move(state_);
        return batch;
    }

   private:
    std::int64_t size_;
    xdr::Millis look_back_;
    CompleteState state_;
    TimePoint now_;
};

}  // namespace

std::unique_ptr<fetcher::Run> IdsAtTheCursor::start(const Parameters& parameters,
                                                    const fetcher::State& state,
                                                    TimePoint now) const {
    return std::make_unique<CursorIdsRun>(parameters, state_of(parameters, state, now));
}

std::unique_ptr<fetcher::Run> OffsetAcrossRuns::start(const Parameters& parameters,
                                                      const fetcher::State& state,
                                                      TimePoint now) const {
    return std::make_unique<OffsetRun>(parameters, state_of(parameters, state, now), now);
}

}  // namespace harness::zoo_members
