#include "harness/journal.hpp"

#include <algorithm>
#include <iterator>

namespace harness {

namespace {

using Ended = JournalEntry::Ended;

/// The status that the client sees; 0 where the connection ends without one.
struct StatusOf {
    int operator()(const mockxdr::StatusReply& reply) const { return reply.status; }
    int operator()(mockxdr::Reset) const { return 0; }
    int operator()(mockxdr::Silence) const { return 0; }
    template <class Fault>
    int operator()(const Fault&) const {
        return 200;
    }
};

struct Note {
    JournalEntry& entry;

    void operator()(const mockxdr::Selection& selection) const {
        entry.ended = Ended::rows;
        entry.status = 200;
        entry.total_count = selection.total_count;
        entry.returned.reserve(selection.rows.size());
        for (const mockxdr::Match& match : selection.rows)
            entry.returned.push_back(static_cast<std::uint32_t>(match.incident->position));
    }
    void operator()(const mockxdr::Served& served) const {
        entry.ended = Ended::served;
        entry.status = 200;
        entry.text = served.what;
    }
    void operator()(const mockxdr::Refusal& refusal) const {
        entry.ended = Ended::refused;
        entry.status = refusal.status;
        entry.text = refusal.err_msg;
        if (!refusal.err_extra.empty()) entry.text += ": " + refusal.err_extra;
        if (!refusal.unsaid.empty()) entry.text += " (" + refusal.unsaid + ")";
    }
    void operator()(const mockxdr::ReplyFault& fault) const {
        entry.ended = Ended::reply_lost;
        entry.status = std::visit(StatusOf{}, fault);
        entry.text = "fault: " + mockxdr::describe(fault);
        entry.seen = !mockxdr::is_unseen(fault);
    }
};

}  // namespace

std::string outcome(const JournalEntry& entry) {
    if (entry.ended == Ended::reply_lost) return entry.text;
    const std::string status = std::to_string(entry.status) + ", ";
    if (entry.ended != Ended::rows) return status + entry.text;
    return status + std::to_string(entry.returned.size()) + " of " +
           std::to_string(entry.total_count) +
           (entry.total_count == 1 ? " incident" : " incidents");
}

bool looks_up(const mockxdr::Query& query) {
    using mockxdr::FilterField;
    return std::any_of(query.filters.begin(), query.filters.end(), [](const auto& filter) {
        return filter.field == FilterField::incident_id ||
               filter.field == FilterField::incident_id_list;
    });
}

bool is_probe(const mockxdr::Query& query) {
    return query.search_from == 0 && query.search_to == 1;
}

void Journal::add(const mockxdr::Exchange& exchange, std::uint32_t fresh) {
    ++seen_;
    if (entries_.size() == capacity_) entries_.pop_front();
    JournalEntry& entry = entries_.emplace_back();
    entry.number = exchange.number;
    entry.request = exchange.request;
    entry.endpoint = exchange.endpoint;
    entry.at = exchange.at;
    entry.changes = exchange.changes;
    entry.target = exchange.target;
    entry.key_id = exchange.key_id;
    entry.permission = exchange.permission;
    entry.fresh = fresh;
    if (exchange.query) entry.query = *exchange.query;
    if (exchange.fault) entry.fault = mockxdr::describe(*exchange.fault);
    if (exchange.answer) std::visit(Note{entry}, *exchange.answer);
}

std::optional<std::size_t> Journal::index_of(std::uint64_t number) const {
    // Those that were not seen come before the one that was.
    const auto after = std::upper_bound(
        entries_.begin(), entries_.end(), number,
        [](std::uint64_t wanted, const JournalEntry& entry) { return wanted < entry.number; });
    if (after == entries_.begin() || std::prev(after)->number != number) return std::nullopt;
    return static_cast<std::size_t>(after - entries_.begin()) - 1;
}

bool Journal::asks_for_more() const {
    return std::any_of(entries_.begin(), entries_.end(), [](const JournalEntry& entry) {
        return entry.query && !looks_up(*entry.query) && !is_probe(*entry.query);
    });
}

const JournalEntry* Journal::find(std::uint64_t number) const {
    const auto index = index_of(number);
    return index ? &entries_[*index] : nullptr;
}

}  // namespace harness
