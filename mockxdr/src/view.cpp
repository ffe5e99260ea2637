#include "mockxdr/view.hpp"

#include <algorithm>
#include <cassert>

#include "order.hpp"
#include "time_order.hpp"

namespace mockxdr {

namespace {

/// More changes at once than this, for a world of that size, are met by looking at all anew.
std::size_t many(std::size_t incidents) { return 64 + incidents / 16; }

/// So many that stand aside of the order by modification make it slow.
std::size_t too_many_aside(std::size_t incidents) { return 256 + incidents / 256; }

}  // namespace

class View::Impl {
   public:
    Impl(const World& world, const ServerOptions& options)
        : world_(world),
          options_(options),
          ranks_(id_ranks(world.incidents())),
          by_creation_(world.incidents(), ranks_),
          restricted_(world.incidents().size()),
          moves_(world.incidents().size()) {
        for (const std::uint32_t position : world.moving()) moves_[position] = true;
        for (const IncidentId& id : options.restricted)
            if (const Incident* incident = world.find(id)) restricted_[incident->position] = true;
    }

    std::uint64_t state(TimePoint now) {
        advance(now);
        return state_;
    }

    Selection select(const Query& query, const Moment& moment) {
        advance(moment.now);
        const QueryPlan plan = plan_of(query.filters, codes_);
        if (const auto field = indexed_sort(query, plan)) return by_index(*field, plan, query);
        return by_looking(plan, query, moment);
    }

   private:
    std::span<const Incident> incidents() const { return world_.incidents(); }

    Match match_of(std::size_t position) const {
        const Incident& incident = incidents()[position];
        return {.incident = &incident, .version = incident.at(now_)};
    }

    void advance(TimePoint now) {
        assert(!started_ || now >= now_);
        const ChangeCount changes = world_.changes();
        if (started_ && now == now_ && changes == changes_) return;
        const std::vector<Event> events =
            started_ ? world_.events(now_, now) : std::vector<Event>{};
        const bool all = !started_ || events.size() + (changes - changes_) > many(ranks_.size());
        if (all || !events.empty() || changes != changes_) ++state_;
        now_ = now;
        if (all) {
            look_at_all();
        } else {
            for (ChangeCount change = changes_ + 1; change <= changes; ++change) {
                const std::size_t position = world_.changed(change).position;
                if (by_modification_)
                    by_modification_->set_aside(static_cast<std::uint32_t>(position));
                look_at(position);
            }
            for (const Event& event : events) look_at(event.position);
        }
        changes_ = changes;
        started_ = true;
    }

    void look_at_all() {
        std::vector<Code> codes = codes_now();
        for (const std::uint32_t position : world_.moving()) codes[position] = unseen;
        by_creation_.show_all(codes);
        by_id_.reset();
        by_modification_.reset();
    }

    std::vector<Code> codes_now() {
        std::vector<Code> codes;
        codes.reserve(ranks_.size());
        for (std::size_t i = 0; i < ranks_.size(); ++i)
            codes.push_back(codes_.code_of(match_of(i)));
        return codes;
    }

    void look_at(std::size_t position) {
        const Match match = match_of(position);
        const Code code = codes_.code_of(match);
        if (!moves_[position]) by_creation_.show(static_cast<std::uint32_t>(position), code);
        if (by_id_) by_id_->show(ranks_[position], code);
        if (by_modification_) by_modification_->show(match, code);
    }

    IdOrder& by_id() {
        if (!by_id_) by_id_.emplace(ranks_, codes_now());
        return *by_id_;
    }

    ModificationOrder& by_modification() {
        if (by_modification_ && by_modification_->aside().size() > too_many_aside(ranks_.size()))
            by_modification_.reset();
        if (!by_modification_) by_modification_.emplace(incidents(), ranks_, codes_now(), now_);
        return *by_modification_;
    }

    /// The sort, if an index can answer the query alone.
    std::optional<Sort> indexed_sort(const Query& query, const QueryPlan& plan) const {
        if (plan.more) return std::nullopt;
        if (!query.sort && options_.default_order != DefaultOrder::newest_first)
            return std::nullopt;
        Sort sort = query.sort.value_or(Sort{});
        if (options_.ties != Ties::by_id && sort.field != SortField::incident_id)
            return std::nullopt;
        // What has one time stands by id in the order of times.
        if (sort.field == SortField::incident_id && plan.created.is_moment())
            sort.field = SortField::creation_time;
        else if (sort.field == SortField::incident_id && plan.modified.is_moment())
            sort.field = SortField::modification_time;
        if (sort.field != SortField::creation_time && plan.created != Times{}) return std::nullopt;
        if (sort.field == SortField::creation_time && !world_.moving().empty()) return std::nullopt;
        if (sort.field != SortField::modification_time && plan.modified != Times{})
            return std::nullopt;
        return sort;
    }

    Selection by_index(const Sort& sort, const QueryPlan& plan, const Query& query) {
        const auto row = [&](std::int64_t i) {
            return static_cast<std::uint32_t>(
                std::clamp<std::int64_t>(i, 0, static_cast<std::int64_t>(ranks_.size())));
        };
        Wish wish{.codes = plan.codes, .direction = sort.direction, .from = row(query.search_from)};
        wish.count = std::max(row(query.search_to), wish.from) - wish.from;
        Found found;
        if (sort.field == SortField::creation_time) {
            wish.times = plan.created;
            found = by_creation_.find(wish);
        } else if (sort.field == SortField::incident_id) {
            found = by_id().find(wish);
        } else {
            wish.times = plan.modified;
            ModificationOrder& order = by_modification();
            found = order.find(wish, matching(order.aside(), query));
        }
        std::vector<Match> rows;
        rows.reserve(found.positions.size());
        for (const std::uint32_t position : found.positions) rows.push_back(match_of(position));
        return selection(found.total, rows);
    }

    /// Those of some positions that match, in the order of the query's sort, ties by id.
    template <class Positions>
    std::vector<Match> matching(const Positions& positions, const Query& query) const {
        std::vector<Match> found;
        for (const std::uint32_t position : positions)
            if (const Match match = match_of(position);
                match.version && matches(query.filters, match))
                found.push_back(match);
        std::sort(found.begin(), found.end(), Order(options_, query, 0));
        return found;
    }

    /// What was created in the wished times, and what may have moved there.
    std::vector<std::uint32_t> by_creation(const Wish& wish) const {
        std::vector<std::uint32_t> positions = by_creation_.find(wish).positions;
        positions.insert(positions.end(), world_.moving().begin(), world_.moving().end());
        return positions;
    }

    /// The positions of all that can match, from the index that leaves the fewest; in any order.
    std::vector<std::uint32_t> candidates(const QueryPlan& plan) {
        std::vector<std::uint32_t> positions;
        if (plan.ids) {
            for (const std::string& id : *plan.ids)
                if (const Incident* incident = world_.find(IncidentId(id)))
                    positions.push_back(static_cast<std::uint32_t>(incident->position));
            std::sort(positions.begin(), positions.end());
            positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
            return positions;
        }
        Wish wish{.times = plan.created,
                  .codes = plan.codes,
                  .count = by_creation_.count(plan.created, plan.codes)};
        if (plan.modified == Times{}) return by_creation(wish);
        ModificationOrder& order = by_modification();
        const std::uint32_t modified = order.count(plan.modified, plan.codes);
        if (modified + order.aside().size() > wish.count) return by_creation(wish);
        wish.times = plan.modified;
        wish.count = modified;
        positions = order.find(wish, {}).positions;
        positions.insert(positions.end(), order.aside().begin(), order.aside().end());
        return positions;
    }

    Selection by_looking(const QueryPlan& plan, const Query& query, const Moment& moment) {
        std::vector<Match> found;
        for (const std::uint32_t position : candidates(plan))
            if (const Match match = match_of(position);
                match.version && matches(query.filters, match))
                found.push_back(match);
        const auto place = [&](std::int64_t row) {
            const auto size = static_cast<std::int64_t>(found.size());
            return found.begin() + std::clamp<std::int64_t>(row, 0, size);
        };
        const auto first = place(query.search_from), last = place(query.search_to);
        const Order order(options_, query, moment.request);
        if (first < last) {
            std::nth_element(found.begin(), first, found.end(), order);
            std::partial_sort(first, last, found.end(), order);
        }
        return selection(found.size(), {first, std::max(first, last)});
    }

    Selection selection(std::size_t total, const std::span<const Match> page) const {
        const auto count = static_cast<std::int64_t>(total);
        Selection selection{
            .total_count = told_count(count, options_), .rows = {}, .restricted = {}};
        selection.rows.reserve(page.size());
        for (const Match& match : page) {
            if (restricted_[match.incident->position])
                selection.restricted.push_back(match.incident->id);
            else
                selection.rows.push_back(match);
        }
        return selection;
    }

    const World& world_;
    const ServerOptions options_;
    std::vector<std::uint32_t> ranks_;  ///< by position: the place in the order of ids
    Codes codes_;
    CreationOrder by_creation_;
    std::optional<IdOrder> by_id_;                      ///< from the first query that needs it on
    std::optional<ModificationOrder> by_modification_;  ///< the same
    std::vector<bool> restricted_;                      ///< by position
    std::vector<bool> moves_;                           ///< by position: its creation_time does
    bool started_ = false;
    TimePoint now_{};
    ChangeCount changes_ = 0;
    std::uint64_t state_ = 0;
};

View::View(const World& world, const ServerOptions& options)
    : impl_(std::make_unique<Impl>(world, options)) {}
View::~View() = default;

Selection View::select(const Query& query, const Moment& moment) {
    return impl_->select(query, moment);
}

std::uint64_t View::state(TimePoint now) { return impl_->state(now); }

}  // namespace mockxdr
