#pragma once

#include <compare>
#include <map>
#include <tuple>
#include <vector>

#include "mockxdr/scenario.hpp"

namespace mockxdr {

/// What waits for a request.
struct Waiting {
    enum class What { appears, is_updated, disappears };

    std::size_t position = 0;  ///< of the incident
    What what = What::appears;
    std::size_t update = 0;  ///< in the order of the file
    Fields set{};
    std::optional<TimePoint> created{};  ///< where the update moves the creation_time

    /// The order in which what happens at one moment happens.
    friend bool operator<(const Waiting& a, const Waiting& b) {
        return std::tie(a.position, a.what, a.update) < std::tie(b.position, b.what, b.update);
    }
};

/// Counts the requests that were answered, and knows what waits for which.
class Triggers {
   public:
    void add(const Trigger& trigger, Waiting waiting);

    /// A request was answered, for that page from 1. Hands out what waited for it, in order.
    std::vector<Waiting> answered(std::int64_t page);

    /// The positions of the incidents that still wait, each once, in order.
    std::vector<std::size_t> waiting() const;

   private:
    /// What to count, and up to which number. `any_page` is no page.
    struct Moment {
        std::int64_t page = 0, request = 0;
        friend auto operator<=>(const Moment&, const Moment&) = default;
    };
    static constexpr std::int64_t any_page = 0;

    void take(std::int64_t page, std::vector<Waiting>& happens);

    std::map<Moment, std::vector<Waiting>> waiting_;
    std::map<std::int64_t, std::int64_t> answered_;  ///< by page, of those that something waits for
};

}  // namespace mockxdr
