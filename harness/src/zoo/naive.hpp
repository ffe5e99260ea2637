#pragma once

#include <limits>
#include <string_view>

#include "fetcher/policy.hpp"

namespace harness::zoo_members {

using xdr::Millis;

/// A fetcher as most are first written: a window that ends now, offset pages, a list of known ids.
/// Each field is a slip that was made with it.
struct Slips {
    enum class Read {
        all_pages,
        first_page,
        one_page_of_limit,
        until_total,  ///< as many rows as total_count says
    };
    enum class Known {
        dropped,
        dropped_from_earlier_runs,  ///< but not within the run
        emitted_again,
        at_or_before_cursor,  ///< rows that are no newer than the last run's time
    };
    enum class Next {
        now,
        latest,
        now_though_cut,  ///< also where the limit cut the list
    };
    enum class Start {
        earlier,       ///< of the last run's time and now - look_back
        later,         ///< of the two
        whole_second,  ///< the earlier one, rounded up
    };
    enum class Order { ascending, descending };

    Read read = Read::all_pages;
    Known known = Known::dropped;
    Next next = Next::now;  ///< where the next window starts after a run that emitted
    Start start = Start::earlier;
    Order order = Order::ascending;
    fetcher::TimeField field = fetcher::TimeField::creation_time;
    Millis after_latest{0};  ///< added to the newest time
    Millis start_shift{0};   ///< added to the window's start
    Millis longest_look_back = Millis::max();
    int look_back_divisor = 1;  ///< a unit that was mistaken
    std::size_t most_ids = std::numeric_limits<std::size_t>::max();
    int ids_live_in_look_backs = 0;  ///< ids are forgotten so many look_backs after they were
                                     ///< added, in halves; 0: never
};

class Naive final : public fetcher::Policy {
   public:
    Naive(std::string_view name, const Slips& slips) : name_(name), slips_(slips) {}

    std::string_view name() const override { return name_; }
    std::unique_ptr<fetcher::Run> start(const fetcher::Parameters& parameters,
                                        const fetcher::State& state,
                                        fetcher::TimePoint now) const override;

   private:
    std::string_view name_;
    Slips slips_;
};

}  // namespace harness::zoo_members
