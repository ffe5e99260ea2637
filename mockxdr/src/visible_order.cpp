#include "visible_order.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mockxdr {

namespace {

/// From this many places without a hit on, the tree finds the next one faster than a walk.
constexpr int longest_walk = 64;

bool holds(CodeSet codes, Code code) { return (codes >> code & 1U) != 0; }

}  // namespace

VisibleOrder::VisibleOrder(std::vector<Code> codes) : codes_(std::move(codes)) {
    top_ = std::bit_floor(codes_.size());
    all_.assign(codes_.size() + 1, 0);
    for (std::size_t i = 0; i < codes_.size(); ++i) {
        const Code code = codes_[i];
        if (code == unseen) continue;
        if (trees_[code].empty()) trees_[code].assign(codes_.size() + 1, 0);
        ++trees_[code][i + 1];
        ++all_[i + 1];
    }
    const auto grow = [](Tree& tree) {
        for (std::size_t i = 1; i < tree.size(); ++i)
            if (const std::size_t parent = i + (i & (~i + 1)); parent < tree.size())
                tree[parent] += tree[i];
    };
    grow(all_);
    for (Tree& tree : trees_) grow(tree);
}

void VisibleOrder::set(Place place, Code code) {
    const Code before = std::exchange(codes_[place], code);
    if (before == code) return;
    // Unsigned numbers wrap: adding the largest one takes one away.
    if (before != unseen) add(before, place, UINT32_MAX);
    if (code != unseen) add(code, place, 1);
}

void VisibleOrder::add(Code code, Place place, std::uint32_t by) {
    Tree& tree = trees_[code];
    if (tree.empty()) tree.assign(codes_.size() + 1, 0);
    for (std::size_t i = place + std::size_t{1}; i < tree.size(); i += i & (~i + 1)) {
        tree[i] += by;
        all_[i] += by;
    }
}

std::uint32_t VisibleOrder::Sum::at(std::size_t i) const {
    std::uint32_t sum = 0;
    for (const Tree* tree : plus) sum += (*tree)[i];
    for (const Tree* tree : minus) sum -= (*tree)[i];
    return sum;
}

VisibleOrder::Sum VisibleOrder::sum_of(CodeSet codes) const {
    Sum in, out{.plus = {&all_}};
    for (std::size_t code = unseen + 1; code < trees_.size(); ++code)
        if (!trees_[code].empty())
            (holds(codes, static_cast<Code>(code)) ? in.plus : out.minus).push_back(&trees_[code]);
    return in.plus.size() <= out.minus.size() ? in : out;
}

std::uint32_t VisibleOrder::before(const Sum& sum, Place place) const {
    std::uint32_t count = 0;
    for (std::size_t i = place; i > 0; i &= i - 1) count += sum.at(i);
    return count;
}

std::uint32_t VisibleOrder::count(Range range, CodeSet codes) const {
    if (range.first >= range.last) return 0;
    const Sum sum = sum_of(codes);
    return before(sum, range.last) - before(sum, range.first);
}

/// The place before which `rank` others show, counted from the very first.
VisibleOrder::Place VisibleOrder::find(const Sum& sum, std::uint32_t rank) const {
    std::size_t at = 0;
    for (std::size_t step = top_; step > 0; step /= 2) {
        if (at + step > codes_.size()) continue;
        const std::uint32_t here = sum.at(at + step);
        if (here > rank) continue;
        at += step;
        rank -= here;
    }
    return static_cast<Place>(at);
}

std::vector<VisibleOrder::Place> VisibleOrder::places(Range range, CodeSet codes,
                                                      std::uint32_t from, std::uint32_t count,
                                                      Direction direction) const {
    std::vector<Place> found;
    if (range.first >= range.last) return found;
    const Sum sum = sum_of(codes);
    const std::uint32_t base = before(sum, range.first);
    const std::uint32_t total = before(sum, range.last) - base;
    const std::uint32_t end = from < total ? from + std::min(count, total - from) : from;
    found.reserve(end - from);
    const bool ascending = direction == Direction::asc;
    Place at = 0;
    int walked = longest_walk;
    for (std::uint32_t rank = from; rank < end;) {
        if (walked >= longest_walk) {
            at = find(sum, base + (ascending ? rank : total - 1 - rank));
            walked = 0;
        }
        if (holds(codes, codes_[at])) {
            found.push_back(at);
            ++rank;
            walked = 0;
        } else {
            ++walked;
        }
        at = ascending ? at + 1 : at - 1;
    }
    return found;
}

}  // namespace mockxdr
