#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mockxdr/select.hpp"

namespace mockxdr {

/// A number for what queries see of an incident: nothing, or one of the statuses met so far.
using Code = std::uint8_t;
inline constexpr Code unseen = 0;

/// A set of codes, one bit each.
using CodeSet = std::uint32_t;

/// Gives each status its code.
class Codes {
   public:
    /// Of the incident's status, or `unseen` if there is no version.
    Code code_of(const Match& match);

    /// All that are in use, without `unseen`.
    CodeSet all() const { return ((CodeSet{1} << size()) - 1) & ~CodeSet{1}; }

    /// The codes whose status passes a filter for `status`; nullopt if codes do not tell, because
    /// clients have made up more statuses than there are bits.
    std::optional<CodeSet> passing(const Filter& filter) const;

   private:
    static constexpr Code no_status = 1;
    static constexpr std::size_t most_statuses = 28;
    static constexpr Code other = 2;  ///< all statuses that came too late

    std::size_t size() const { return 3 + statuses_.size(); }

    std::vector<std::string> statuses_;  ///< the code of the first is 3
    bool others_ = false;
};

/// A closed range of times.
struct Times {
    TimePoint from = TimePoint::min(), to = TimePoint::max();

    bool is_moment() const { return from == to; }
    friend bool operator==(const Times&, const Times&) = default;
};

/// What a query's filters say, taken apart by what an index can answer. All must hold.
struct QueryPlan {
    Times created{}, modified{};
    CodeSet codes = 0;
    std::optional<std::vector<std::string>> ids{};  ///< no other incident can match
    bool more = false;  ///< there are filters that only a look at each incident can answer
};

QueryPlan plan_of(const std::vector<Filter>& filters, const Codes& codes);

}  // namespace mockxdr
