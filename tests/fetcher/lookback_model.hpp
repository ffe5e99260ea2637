#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fetcher/lookback.hpp"
#include "fetcher/wire_last_run.hpp"
#include "xdr/time.hpp"

/// A server in memory, and a client made of nothing but the published functions.
namespace lookback_model {

using namespace fetcher::lookback;
using std::chrono::seconds;
using xdr::TimePoint;

using Ids = std::vector<std::string>;

/// 00:00 of the traces.
inline const TimePoint midnight = xdr::parse_iso8601("2024-01-02T00:00:00Z");

inline TimePoint at(seconds after_midnight) { return midnight + after_midnight; }

struct Thing {
    FoundId id;
    seconds created, visible;  ///< since midnight
};

inline Thing prompt(FoundId id, seconds created) {
    return {.id = std::move(id), .created = created, .visible = created};
}

enum class Order { oldest_first, newest_first };
enum class Bound { inclusive, strict };

/// A server that answers in one go. Ties keep the order in which they stand here.
struct Server {
    std::vector<Thing> things;
    Order order = Order::oldest_first;
    Bound bound = Bound::inclusive;                                ///< of the window's start
    std::int64_t most = std::numeric_limits<std::int64_t>::max();  ///< in one answer
    std::int64_t refuses_above = std::numeric_limits<std::int64_t>::max();  ///< a limit

    std::vector<Thing> matching(TimePoint start, TimePoint end, TimePoint now) const {
        std::vector<Thing> out;
        for (const Thing& thing : things) {
            const TimePoint created = at(thing.created);
            const bool after = bound == Bound::strict ? created > start : created >= start;
            if (after && created <= end && at(thing.visible) <= now) out.push_back(thing);
        }
        std::stable_sort(out.begin(), out.end(), [&](const Thing& a, const Thing& b) {
            return order == Order::oldest_first ? a.created < b.created : b.created < a.created;
        });
        return out;
    }
};

enum class Offsets { off, on };

/// A client that keeps its LastRun as JSON.
class Client {
   public:
    Client(Settings in, Server server, Offsets offsets = Offsets::off)
        : settings(std::move(in)), server_(std::move(server)), offsets_(offsets) {}

    /// The ids that a run emits. The client's clock may be ahead of the server's.
    Ids run(seconds when, seconds ahead = seconds{0}) {
        const TimePoint now = at(when) + ahead;
        Fetched fetched{.range = get_fetch_run_time_range(last_run, settings, now)};
        const std::int64_t wanted = request_limit(last_run, settings.limit).value_or(0);
        if (wanted > server_.refuses_above) throw std::runtime_error("limit too large");
        fetched.incidents = filter_incidents_by_duplicates_and_limit(
            answer(fetched, wanted, at(when)), last_run, settings.limit);
        const LastRun next = update_last_run_object(last_run, fetched, settings, now);
        last_run = last_run_from_json(to_json(next));
        Ids out;
        for (const Found& found : fetched.incidents) out.push_back(text(found.id));
        return out;
    }

    Ids run_every(seconds every, seconds from, seconds to) {
        Ids out;
        for (seconds when = from; when <= to; when += every) {
            const Ids ids = run(when);
            out.insert(out.end(), ids.begin(), ids.end());
        }
        return out;
    }

    Settings settings;
    LastRun last_run;

   private:
    static std::string text(const FoundId& id) {
        const auto* number = std::get_if<std::int64_t>(&id);
        return number != nullptr ? std::to_string(*number) : std::get<std::string>(id);
    }

    std::vector<Found> answer(Fetched& fetched, std::int64_t wanted, TimePoint now) const {
        const auto all = server_.matching(parse_time(fetched.range.start, seconds_format),
                                          parse_time(fetched.range.end, seconds_format), now);
        std::int64_t offset = 0;
        if (offsets_ == Offsets::on && last_run.offset)
            offset = std::get<std::int64_t>(*last_run.offset);
        std::vector<Found> out;
        for (std::int64_t i = offset; i < std::ssize(all); ++i) {
            if (std::ssize(out) == std::min(wanted, server_.most)) break;
            const Thing& thing = all[static_cast<std::size_t>(i)];
            out.push_back(
                {.id = thing.id, .created = format_time(at(thing.created), seconds_format)});
        }
        if (offsets_ == Offsets::on)
            fetched.new_offset = calculate_new_offset(
                {.old_offset = offset, .returned = std::ssize(out), .total = std::ssize(all)});
        return out;
    }

    Server server_;
    Offsets offsets_;
};

}  // namespace lookback_model
