#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "query_plan.hpp"

namespace mockxdr {

/// Places in a fixed order, each of which shows something or nothing at the moment. Counts what is
/// shown in a range, and finds the k-th, by a Fenwick tree for each code and one for all.
class VisibleOrder {
   public:
    using Place = std::uint32_t;

    struct Range {
        Place first = 0, last = 0;  ///< half-open
    };

    VisibleOrder() = default;

    /// What each place shows at first.
    explicit VisibleOrder(std::vector<Code> codes);

    void set(Place place, Code code);

    std::size_t size() const { return codes_.size(); }
    std::uint32_t count(Range range, CodeSet codes) const;

    /// The places from rank `from` on, at most `count`, that show one of `codes`, counted from the
    /// front of the range or, for `desc`, from its back.
    std::vector<Place> places(Range range, CodeSet codes, std::uint32_t from, std::uint32_t count,
                              Direction direction) const;

   private:
    using Tree = std::vector<std::uint32_t>;

    /// Trees that add up to the count of a set of codes.
    struct Sum {
        std::vector<const Tree*> plus{}, minus{};
        std::uint32_t at(std::size_t i) const;
    };

    void add(Code code, Place place, std::uint32_t by);
    Sum sum_of(CodeSet codes) const;
    std::uint32_t before(const Sum& sum, Place place) const;
    Place find(const Sum& sum, std::uint32_t rank) const;

    std::vector<Code> codes_;
    Tree all_;                    ///< of all codes but `unseen`
    std::array<Tree, 32> trees_;  ///< by code; empty for one that was never shown
    std::size_t top_ = 0;         ///< the largest power of two that is not above size()
};

}  // namespace mockxdr
