#include "time_order.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "xdr/text.hpp"

namespace mockxdr {

namespace {

using OrderPlace = VisibleOrder::Place;  // `Place` is a rank in select.hpp

VisibleOrder::Range range_in(const std::vector<TimePoint>& times, const Times& wanted) {
    const auto first = std::lower_bound(times.begin(), times.end(), wanted.from);
    const auto last = std::upper_bound(times.begin(), times.end(), wanted.to);
    return {.first = static_cast<OrderPlace>(first - times.begin()),
            .last = static_cast<OrderPlace>(last - times.begin())};
}

std::vector<std::uint32_t> counted(std::size_t size) {
    std::vector<std::uint32_t> numbers(size);
    std::iota(numbers.begin(), numbers.end(), 0U);
    return numbers;
}

template <class Numbers, class Less>
void sort_unless_sorted(Numbers& numbers, Less&& less) {
    if (!std::is_sorted(numbers.begin(), numbers.end(), less))
        std::sort(numbers.begin(), numbers.end(), less);
}

std::vector<std::uint32_t> inverse(const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> places(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = static_cast<OrderPlace>(i);
    return places;
}

/// A number that never decreases from one id to the next: comparing ids is slow.
std::uint64_t sort_key(const std::string& id) {
    constexpr std::uint64_t long_number = std::uint64_t{1} << 62U, text = std::uint64_t{1} << 63U;
    std::uint64_t key = 0;
    if (xdr::is_digits(id)) {
        const std::size_t zeros = std::min(id.find_first_not_of('0'), id.size());
        if (id.size() - zeros > 18) return long_number;
        for (const char c : id.substr(zeros)) key = 10 * key + static_cast<unsigned>(c - '0');
        return key;
    }
    for (std::size_t i = 0; i < 8; ++i)
        key = key << 8U | (i < id.size() ? static_cast<unsigned char>(id[i]) : 0U);
    return text | key >> 1U;
}

}  // namespace

std::vector<std::uint32_t> id_ranks(std::span<const Incident> incidents) {
    std::vector<std::uint64_t> keys;
    keys.reserve(incidents.size());
    for (const Incident& incident : incidents) keys.push_back(sort_key(incident.id.text()));
    std::vector<std::uint32_t> order = counted(incidents.size());
    sort_unless_sorted(order, [&](std::uint32_t a, std::uint32_t b) {
        return keys[a] != keys[b] ? keys[a] < keys[b] : incidents[a].id < incidents[b].id;
    });
    return inverse(order);
}

CreationOrder::CreationOrder(std::span<const Incident> incidents,
                             const std::vector<std::uint32_t>& ranks)
    : positions_(counted(incidents.size())), visible_(std::vector<Code>(incidents.size())) {
    sort_unless_sorted(positions_, [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(incidents[a].created, ranks[a]) < std::tie(incidents[b].created, ranks[b]);
    });
    place_of_ = inverse(positions_);
    times_.reserve(incidents.size());
    for (const std::uint32_t position : positions_) times_.push_back(incidents[position].created);
}

void CreationOrder::show_all(const std::vector<Code>& codes) {
    std::vector<Code> by_place;
    by_place.reserve(codes.size());
    for (const std::uint32_t position : positions_) by_place.push_back(codes[position]);
    visible_ = VisibleOrder(std::move(by_place));
}

std::uint32_t CreationOrder::count(const Times& times, CodeSet codes) const {
    return visible_.count(range_in(times_, times), codes);
}

Found CreationOrder::find(const Wish& wish) const {
    const VisibleOrder::Range range = range_in(times_, wish.times);
    Found found{.total = visible_.count(range, wish.codes)};
    found.positions = visible_.places(range, wish.codes, wish.from, wish.count, wish.direction);
    for (std::uint32_t& place : found.positions) place = positions_[place];
    return found;
}

IdOrder::IdOrder(const std::vector<std::uint32_t>& ranks, const std::vector<Code>& codes)
    : positions_(inverse(ranks)) {
    std::vector<Code> by_rank;
    by_rank.reserve(codes.size());
    for (const std::uint32_t position : positions_) by_rank.push_back(codes[position]);
    visible_ = VisibleOrder(std::move(by_rank));
}

Found IdOrder::find(const Wish& wish) const {
    const VisibleOrder::Range range{.first = 0, .last = static_cast<OrderPlace>(positions_.size())};
    Found found{.total = visible_.count(range, wish.codes)};
    found.positions = visible_.places(range, wish.codes, wish.from, wish.count, wish.direction);
    for (std::uint32_t& place : found.positions) place = positions_[place];
    return found;
}

ModificationOrder::ModificationOrder(std::span<const Incident> incidents,
                                     const std::vector<std::uint32_t>& ranks,
                                     const std::vector<Code>& codes, TimePoint now)
    : ranks_(ranks), shown_at_(incidents.size(), nowhere) {
    struct Row {
        TimePoint time;
        std::uint32_t rank, position, version;
    };
    std::vector<Row> rows;
    rows.reserve(incidents.size());
    for (const Incident& incident : incidents)
        for (std::size_t i = 0; i < incident.versions.size(); ++i)
            if (const Version& version = incident.versions[i]; version.until > now)
                rows.push_back({.time = version.modification_time,
                                .rank = ranks[incident.position],
                                .position = static_cast<std::uint32_t>(incident.position),
                                .version = static_cast<std::uint32_t>(i)});
    sort_unless_sorted(rows, [](const Row& a, const Row& b) {
        return std::tie(a.time, a.rank, a.version) < std::tie(b.time, b.rank, b.version);
    });
    std::vector<Code> by_place;
    for (const Row& row : rows) {
        const bool shown = incidents[row.position].versions[row.version].from <= now;
        if (shown) shown_at_[row.position] = static_cast<OrderPlace>(times_.size());
        by_place.push_back(shown ? codes[row.position] : unseen);
        times_.push_back(row.time);
        positions_.push_back(row.position);
        versions_.push_back(row.version);
    }
    visible_ = VisibleOrder(std::move(by_place));
}

/// The first place that is not before this version.
ModificationOrder::Place ModificationOrder::place_of(const Match& match) const {
    const auto version =
        static_cast<std::uint32_t>(match.version - match.incident->versions.data());
    const std::uint32_t rank = ranks_[match.incident->position];
    const TimePoint time = match.version->modification_time;
    Place first = 0, last = static_cast<OrderPlace>(times_.size());
    while (first < last) {
        const Place middle = first + (last - first) / 2;
        const std::uint32_t rank_there = ranks_[positions_[middle]];
        if (std::tie(times_[middle], rank_there, versions_[middle]) < std::tie(time, rank, version))
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

void ModificationOrder::show(const Match& match, Code code) {
    const std::size_t position = match.incident->position;
    if (aside_.contains(static_cast<std::uint32_t>(position))) return;
    if (shown_at_[position] != nowhere) visible_.set(shown_at_[position], unseen);
    shown_at_[position] = match.version ? place_of(match) : nowhere;
    if (match.version) visible_.set(shown_at_[position], code);
}

void ModificationOrder::set_aside(std::uint32_t position) {
    if (!aside_.insert(position).second || shown_at_[position] == nowhere) return;
    visible_.set(shown_at_[position], unseen);
    shown_at_[position] = nowhere;
}

std::uint32_t ModificationOrder::count(const Times& times, CodeSet codes) const {
    return visible_.count(range_in(times_, times), codes);
}

Found ModificationOrder::find(const Wish& wish, const std::vector<Match>& aside) const {
    const VisibleOrder::Range range = range_in(times_, wish.times);
    const std::uint32_t indexed = visible_.count(range, wish.codes);
    // How many of the others stand before each that is aside tells their ranks among all.
    std::vector<std::uint32_t> ranks;
    for (const Match& match : aside) {
        const VisibleOrder::Range before{.first = range.first, .last = place_of(match)};
        const std::uint32_t smaller = visible_.count(before, wish.codes);
        const auto met = static_cast<std::uint32_t>(ranks.size());
        ranks.push_back(met + (wish.direction == Direction::asc ? smaller : indexed - smaller));
    }
    const std::uint32_t end = wish.from + wish.count;
    const auto first = std::lower_bound(ranks.begin(), ranks.end(), wish.from);
    const auto last = std::lower_bound(first, ranks.end(), end);
    const auto skipped = static_cast<std::uint32_t>(first - ranks.begin());
    const std::vector<Place> places =
        visible_.places(range, wish.codes, wish.from - skipped,
                        wish.count - static_cast<std::uint32_t>(last - first), wish.direction);
    Found found{.total = indexed + static_cast<std::uint32_t>(aside.size())};
    auto place = places.begin();
    auto other = first;
    for (std::uint32_t rank = wish.from; rank < end && rank < found.total; ++rank) {
        if (other == last || *other != rank) {
            found.positions.push_back(positions_[*place++]);
            continue;
        }
        const Match& match = aside[static_cast<std::size_t>(other++ - ranks.begin())];
        found.positions.push_back(static_cast<std::uint32_t>(match.incident->position));
    }
    return found;
}

}  // namespace mockxdr
