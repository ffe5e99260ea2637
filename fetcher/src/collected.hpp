#pragma once

#include <optional>
#include <vector>

#include "fetcher/policy.hpp"

namespace fetcher {

/// The time of a row that a sweep goes by.
TimePoint time_of(const Row& row, TimeField field);

/// What a server may be believed that the newest row of a page says about its clock: a time that
/// the clock has not reached by the reply's Date counts as that Date. No row: nothing.
std::optional<TimePoint> newest_in(const Page& page, TimeField field);

/// What the pages of a run add up to: the batch, and what the next state is made of.
class Collected {
   public:
    /// `state` must outlive it.
    Collected(const CompleteState& state, std::int64_t limit);

    /// Takes the unknown rows in order until the batch is full; how many rows it took or knew.
    std::size_t take(const Page& page);

    /// Remembers what a page says about the server's clock, and takes nothing.
    void see(const Page& page);

    bool full() const { return batch_.size() >= limit_; }
    bool empty() const { return batch_.empty(); }

    /// The newest time that was seen by this run and those before.
    std::optional<TimePoint> newest() const;

    /// Where the run ended.
    struct Finish {
        TimePoint frontier;
        std::optional<Resume> resume;
        End end = End::data;
    };

    /// The batch, oldest first, and the next state. Call it once.
    Batch finish(Finish finish);

   private:
    bool is_known(const IncidentId& id) const;
    void add(const Row& row);

    const CompleteState& state_;
    TimeField field_;
    std::size_t limit_;
    std::vector<Row> batch_;
    std::vector<CompleteState::Seen> taken_;  ///< the batch, sorted by id
    std::optional<TimePoint> newest_;
    std::optional<TimePoint> clock_;  ///< the server's, by the last page that told it
};

}  // namespace fetcher
