#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "mockxdr/service.hpp"

namespace harness {

using xdr::IncidentId;
using xdr::Millis;
using xdr::TimePoint;

/// One request as the journal keeps it: what was asked and returned. Why something was not returned
/// is worked out when it is read.
struct JournalEntry {
    enum class Ended { rows, served, refused, reply_lost };

    std::uint64_t number = 0;   ///< of all requests, from 1
    std::uint64_t request = 0;  ///< of those to its endpoint, from 1; 0 for a path that is none
    std::optional<mockxdr::Endpoint> endpoint{};
    TimePoint at{};
    mockxdr::ChangeCount changes = 0;  ///< of the world, when it was answered
    std::string target{}, key_id{};
    mockxdr::Permission permission = mockxdr::Permission::ordinary;  ///< of the key
    bool seen = true;  ///< false if the connection was reset before the server saw it: the next
                       ///< request then has the same number
    Ended ended = Ended::served;
    std::string text{};   ///< what was served or refused and why, or how the reply was lost
    std::string fault{};  ///< the fault that hit it, also one that only delays; empty if none
    int status = 0;       ///< 0 if no reply came
    std::optional<mockxdr::Query> query{};
    std::int64_t total_count = 0;
    std::vector<std::uint32_t> returned{};  ///< positions of incidents in the file
    std::uint32_t fresh = 0;                ///< of the returned: how many no reply had held before

    /// A request for a list of incidents that came to be a query and whose reply reached the
    /// client.
    bool answered() const { return ended == Ended::rows && query; }

    friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

/// `200, 3 of 12 incidents`, `500, <err_msg>: <err_extra>`, `fault: connection reset`.
std::string outcome(const JournalEntry& entry);

/// Whether it names the incidents that it wants: such a request looks up, and finds nothing new.
bool looks_up(const mockxdr::Query& query);

/// Whether it asks for the first row and no more, to see whether it is let in.
bool is_probe(const mockxdr::Query& query);

/// The last requests, so many and no more, but one at least.
class Journal {
   public:
    explicit Journal(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

    /// `fresh` as in the entry. Drops the oldest entry if there is no place left.
    void add(const mockxdr::Exchange& exchange, std::uint32_t fresh);

    /// In the order in which they were answered.
    const std::deque<JournalEntry>& entries() const { return entries_; }

    /// The entry of that number, the one that the server saw if there are several; nullptr if it
    /// is not here (any more).
    const JournalEntry* find(std::uint64_t number) const;

    /// Where `find` finds it among the entries.
    std::optional<std::size_t> index_of(std::uint64_t number) const;

    /// For changing what became of a request; `index` is one of `entries`.
    JournalEntry& entry(std::size_t index) { return entries_[index]; }

    /// Whether the client ever lists more than the first row, answered or not: if it does, its
    /// probes are nothing but that.
    bool asks_for_more() const;

    std::uint64_t seen() const { return seen_; }
    std::uint64_t evicted() const { return seen_ - entries_.size(); }

   private:
    std::size_t capacity_;
    std::uint64_t seen_ = 0;
    std::deque<JournalEntry> entries_;
};

}  // namespace harness
