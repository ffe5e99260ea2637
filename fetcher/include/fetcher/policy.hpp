#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fetcher/end.hpp"
#include "fetcher/page.hpp"
#include "fetcher/state.hpp"

namespace fetcher {

/// How a client of the published look-back functions reads a window.
enum class Paging {
    offset,  ///< page after page up to the request limit
    single,  ///< one page, however large the request limit is
};

/// What the user sets. Times are durations of the client's clock.
struct Parameters {
    std::int64_t limit = 50;             ///< most incidents a run may emit, 1 or more
    Millis look_back{0};                 ///< 0 or more; the published revisions count whole minutes
    std::string first_fetch = "3 days";  ///< a text that xdr::read_date_text reads
    std::int64_t page_cap = 100;         ///< most rows a request may ask for, 1 or more
    Paging paging = Paging::offset;
    /// Most requests of a run, 1 or more; the next run goes on where it ended. Only the `complete`
    /// policies keep to it: the others cannot stop half way without losing incidents.
    std::optional<std::int64_t> max_requests = {};
    /// Emitted ids that outlive the last run, where the store keeps them; may be nullptr. Only the
    /// `complete` policies ask it.
    const Memory* memory = nullptr;
};

/// The end of a run that succeeded: what to emit, oldest first, and what to save afterwards.
struct Batch {
    std::vector<Row> incidents;
    State state;
    End end = End::data;
};

/// The end of a run that must emit nothing and save nothing.
struct Failed {
    std::string why;
};

using Step = std::variant<PageRequest, Batch, Failed>;

/// One run of fetch-incidents as a state machine without I/O. Each step is either one more page to
/// ask for, or the end. A request that fails ends the run: throw the object away.
class Run {
   public:
    virtual ~Run() = default;
    virtual Step begin() = 0;
    virtual Step on_page(const Page& page) = 0;  ///< the answer to the request of the last step
};

enum class CommitOrder { emit_then_save, save_then_emit };

/// A way to decide what to ask for, what to emit and what to remember. Stateless; all memory is in
/// State.
class Policy {
   public:
    virtual ~Policy() = default;
    virtual std::string_view name() const = 0;

    /// Begins a run at `now`, the client's clock. An empty state (monostate) is a first run. Throws
    /// xdr::Error for parameters that the policy refuses or a state that is not its own.
    virtual std::unique_ptr<Run> start(const Parameters& parameters, const State& state,
                                       TimePoint now) const = 0;

    /// Whether it keeps to `max_requests`; the others do not look at it.
    virtual bool keeps_to_budget() const { return false; }

    /// Only a broken fetcher saves first: a crash in between loses the batch.
    virtual CommitOrder commit_order() const { return CommitOrder::emit_then_save; }
};

/// Throws xdr::Error for a limit, a page cap or max_requests below 1 or a negative look_back.
void check_parameters(const Parameters& parameters);

/// Throws xdr::Error for a query that the API refuses or nothing can match: `where` is `status`,
/// `alert_source` or `incident_id` for an unknown or empty one, `created_after` or
/// `modified_after` for times that end before they begin.
void check_query(const Query& query);

/// Throws the xdr::Error for a state that is another policy's.
[[noreturn]] void refuse_state(std::string_view policy);

/// The moment that a first run starts from. Throws xdr::Error if the text names no time.
TimePoint first_fetch_time(const std::string& first_fetch, TimePoint now);

/// The policies that users can choose, in the order in which they are listed.
std::vector<std::string_view> policy_names();

/// Throws xdr::Error, listing the names, for a name that is none.
const Policy& policy(std::string_view name);

}  // namespace fetcher
