#include "order.hpp"

#include "mockxdr/mixed.hpp"

namespace mockxdr {

Order::Order(const ServerOptions& options, const Query& query, std::uint64_t request)
    : sort_(query.sort), ties_(options.ties), seed_(mixed(options.seed ^ mixed(request))) {
    if (sort_) return;
    switch (options.default_order) {
        case DefaultOrder::newest_first:
            sort_ = Sort{.field = SortField::creation_time, .direction = Direction::desc};
            break;
        case DefaultOrder::insertion:
            ties_ = Ties::insertion;
            break;
        case DefaultOrder::shuffled:
            ties_ = Ties::shuffled;
            break;
    }
}

bool Order::operator()(const Match& a, const Match& b) const {
    const bool ascending = sort_ && sort_->direction == Direction::asc;
    if (sort_)
        if (const auto by_key = key_order(a, b); by_key != 0)
            return ascending ? by_key < 0 : by_key > 0;
    switch (ties_) {
        case Ties::by_id:
            return ascending ? a.incident->id < b.incident->id : b.incident->id < a.incident->id;
        case Ties::insertion:
            return a.incident->position < b.incident->position;
        case Ties::shuffled:
            return draw(a) < draw(b);
    }
    return false;
}

std::strong_ordering Order::key_order(const Match& a, const Match& b) const {
    switch (sort_->field) {
        case SortField::creation_time:
            return a.version->creation_time <=> b.version->creation_time;
        case SortField::modification_time:
            return a.version->modification_time <=> b.version->modification_time;
        case SortField::incident_id:
            return a.incident->id <=> b.incident->id;
    }
    return std::strong_ordering::equal;
}

/// Unequal for two incidents: a bijection of the file's position.
std::uint64_t Order::draw(const Match& match) const {
    return mixed(seed_ ^ mixed(match.incident->position));
}

}  // namespace mockxdr
