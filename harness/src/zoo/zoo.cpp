#include "harness/zoo.hpp"

#include <algorithm>

#include "fetcher/cursor.hpp"
#include "mockxdr/names.hpp"
#include "naive.hpp"
#include "tampered.hpp"
#include "xdr/error.hpp"
#include "xdr_clients.hpp"

namespace harness {

namespace {

using namespace std::chrono_literals;
using namespace zoo_members;
using fetcher::CompleteState;
using Known = Slips::Known;
using Next = Slips::Next;
using Read = Slips::Read;

using Members = std::vector<ZooMember>;

void add_cursors(Members& out) {
    static const fetcher::Cursor now(fetcher::Cursor::Next::now);
    static const fetcher::Cursor latest(fetcher::Cursor::Next::latest);
    static const Naive latest_plus("latest-plus-1ms", {.read = Read::one_page_of_limit,
                                                       .known = Known::emitted_again,
                                                       .next = Next::latest,
                                                       .after_latest = 1ms,
                                                       .longest_look_back = 0ms});
    static const Naive wall_clock("wall-clock-cursor",
                                  {.known = Known::at_or_before_cursor, .longest_look_back = 0ms});
    static const Naive modified("modified-plus-1ms",
                                {.read = Read::one_page_of_limit,
                                 .known = Known::dropped,
                                 .next = Next::latest,
                                 .field = fetcher::TimeField::modification_time,
                                 .after_latest = 1ms,
                                 .longest_look_back = 0ms});
    static const IdsAtTheCursor ids_at_the_cursor;
    static const OffsetAcrossRuns offset;
    out.insert(
        out.end(),
        {{"the next window starts at this run's time", "demisto/content #40170, review", &now},
         {"the next window starts behind the newest incident", "the older fetch pages", &latest},
         {"the next window starts 1 ms after the newest incident", "demisto/content #10592, #7214",
          &latest_plus},
         {"rows no newer than the last run's time are dropped as known",
          "rapid7/insightconnect-plugins #985", &wall_clock},
         {"one page by modification time, 1 ms after the newest", "the SecOps connector's query",
          &modified},
         {"only ids at the newest time are remembered", "demisto/content #35932, #37709",
          &ids_at_the_cursor},
         {"an offset goes on from run to run in a window that moves",
          "demisto/content #30300, #30358", &offset}});
}

void add_windows(Members& out) {
    static const Naive exclusive("exclusive-start", {.start_shift = 1ms});
    static const Naive no_look_back("no-look-back", {.longest_look_back = 0ms});
    static const Naive one_poll_short("one-poll-too-short", {.start_shift = 1min});
    static const Naive whole_second("start-rounded-up", {.start = Slips::Start::whole_second});
    static const Naive seconds("look-back-in-the-wrong-unit", {.look_back_divisor = 60});
    static const Naive prose("the-later-start", {.start = Slips::Start::later});
    out.insert(
        out.end(),
        {{"the window's start is exclusive", "demisto/content #10592", &exclusive},
         {"look_back is ignored", "the situation before demisto/content #17646", &no_look_back},
         {"the window is one poll too short", "an interval forgotten in look_back",
          &one_poll_short},
         {"the window's start is rounded up to a whole second", "demisto/content #4973, #41496",
          &whole_second},
         {"look_back is taken in seconds for minutes", "demisto/content #4973", &seconds},
         {"the window never starts before now - look_back", "the prose of the look-back page",
          &prose}});
}

void add_reading(Members& out) {
    static const Naive first_page("first-page-only", {.read = Read::first_page});
    static const Naive limit_first("limit-before-dedup", {.read = Read::one_page_of_limit});
    static const Naive until_total("total-count-ends-reading", {.read = Read::until_total});
    static const Naive newest_first("newest-first",
                                    {.next = Next::latest, .order = Slips::Order::descending});
    static const Naive though_cut("now-though-the-limit-cut", {.next = Next::now_though_cut});
    static const Tampered unsorted("takes-any-total-count", {.page = [](fetcher::Page& page) {
                                       // Believes that a page which is not full is the last one.
                                       page.total_count =
                                           static_cast<std::int64_t>(page.rows.size());
                                       page.restricted.clear();
                                   }});
    static const Tampered no_date("no-guard-of-the-future",
                                  {.page = [](fetcher::Page& page) { page.server_time.reset(); }});
    out.insert(
        out.end(),
        {{"only the first page of the window is read", "demisto/content #44928", &first_page},
         {"one page of `limit` rows is asked for, known ones included",
          "demisto/content #35424, #39964", &limit_first},
         {"total_count says when to stop reading", "saturated totals, Splunk SOAR's loop",
          &until_total},
         {"the newest are read first, and the newest time is kept", "lookback L8", &newest_first},
         {"the next window starts now although the limit cut the list",
          "demisto/content #40170, review", &though_cut},
         {"a page shortened by rows that may not be read ends the reading",
          "stopping at fewer than 100 rows", &unsorted, Contract::reach},
         {"a creation time in the server's future is believed", "lookback section 10, guards",
          &no_date, Contract::reach}});
}

void add_memories(Members& out) {
    static const Naive no_dedup("no-dedup", {.known = Known::emitted_again});
    static const Naive within("no-dedup-within-a-run", {.known = Known::dropped_from_earlier_runs});
    static const Naive few_ids("ids-capped-at-2", {.most_ids = 2});
    static const Naive four_ids("ids-capped-at-4", {.most_ids = 4});
    static const Naive half("ids-live-half-a-look-back", {.ids_live_in_look_backs = 1});
    static const Tampered pruned(
        "ids-pruned-1ms-early",
        {.state = [](CompleteState& next, const auto&, const auto*, auto, const auto&) {
            std::erase_if(next.seen, [&](const auto& seen) { return seen.at <= next.frontier; });
        }});
    static const Tampered cleared("ids-cleared-by-an-empty-run",
                                  {.state = [](CompleteState& next, const fetcher::Batch& batch,
                                               const auto*, auto, const auto&) {
                                      if (batch.incidents.empty()) next.seen.clear();
                                  }});
    static const Tampered last_batch(
        "ids-of-the-last-batch-only", {.state = [](CompleteState& next, const fetcher::Batch& batch,
                                                   const auto*, auto, const auto&) {
            std::erase_if(next.seen, [&](const auto& seen) {
                return std::none_of(
                    batch.incidents.begin(), batch.incidents.end(),
                    [&](const fetcher::Row& row) { return row.incident_id == seen.id; });
            });
        }});
    static const Tampered save_first("save-before-emit",
                                     {.order = fetcher::CommitOrder::save_then_emit});
    out.insert(out.end(),
               {{"nothing remembers what was emitted", "demisto/content #36790", &no_dedup},
                {"ids are known from earlier runs only", "demisto/content #40239", &within},
                {"the list of known ids is cut to two", "demisto/content #44178", &few_ids},
                {"the list of known ids is cut to four", "demisto/content #44178", &four_ids},
                {"ids are forgotten half a look_back after they were added",
                 "demisto/content #17646, #23232", &half},
                {"ids at the frontier are forgotten 1 ms too early", "an edge of the retention",
                 &pruned, Contract::reach},
                {"a run that finds nothing clears the ids", "demisto/content #35811", &cleared,
                 Contract::reach},
                {"only the ids of the last batch are kept", "demisto/content #35932", &last_batch,
                 Contract::reach},
                {"the last run is saved before the batch is emitted",
                 "the reverse of the documented order", &save_first, Contract::reach}});
}

void add_frontiers(Members& out) {
    static const Tampered by_now(
        "reach-from-now",
        {.state = [](CompleteState& next, const auto&, const auto*, fetcher::TimePoint now,
                     const fetcher::Parameters& parameters) {
            if (!next.resume) next.frontier = std::max(next.frontier, now - parameters.look_back);
        }});
    static const Tampered at_newest(
        "frontier-at-the-newest",
        {.state = [](CompleteState& next, const auto&, const auto*, auto, const auto&) {
            if (next.newest && !next.resume) next.frontier = std::max(next.frontier, *next.newest);
        }});
    static const Tampered own_newest(
        "settles-by-this-run", {.state = [](CompleteState& next, const auto&, const auto*, auto,
                                            const fetcher::Parameters& parameters) {
            if (next.newest && !next.resume)
                next.frontier = std::max(next.frontier, *next.newest - parameters.look_back);
        }});
    static const Tampered exclusive("exclusive-sweep",
                                    {.request = [](fetcher::PageRequest& request) {
                                        if (request.gte && !request.lte) *request.gte += 1ms;
                                    }});
    out.insert(out.end(), {{"the reach is measured from now, not from what is settled",
                            "lookback L4", &by_now, Contract::reach},
                           {"the frontier moves to the newest incident",
                            "cursors without look-back", &at_newest, Contract::reach},
                           {"what this run saw is taken for settled before it began",
                            "lookback section 10, the reason for M", &own_newest, Contract::reach},
                           {"the sweep asks for what is later than its cursor",
                            "demisto/content #10592", &exclusive, Contract::reach}});
}

}  // namespace

const std::vector<ZooMember>& zoo() {
    static const Members members = [] {
        Members out;
        add_cursors(out);
        add_windows(out);
        add_reading(out);
        add_memories(out);
        add_frontiers(out);
        return out;
    }();
    return members;
}

const ZooMember& canary() {
    return *std::find_if(zoo().begin(), zoo().end(), [](const ZooMember& member) {
        return member.policy->name() == "no-dedup";
    });
}

bool is_policy(std::string_view name) {
    const auto names = fetcher::policy_names();
    return std::find(names.begin(), names.end(), name) != names.end();
}

NamedFetcher find_fetcher(std::string_view name) {
    const auto policies = fetcher::policy_names();
    if (is_policy(name)) return {fetcher::policy(name), contract_of(name)};
    std::vector<std::string_view> names(policies.begin(), policies.end());
    for (const ZooMember& member : zoo()) {
        if (member.policy->name() == name) return {*member.policy, member.contract};
        names.push_back(member.policy->name());
    }
    const auto near = mockxdr::nearest(name, names);
    throw xdr::Error({.where = "",
                      .what = "there is no fetcher '" + std::string(name) + "'",
                      .hint = (near ? "did you mean " + std::string(*near) + "? " : "") +
                              "policies are " + mockxdr::list(policies) +
                              "; mockxdr zoo --list names the broken ones"});
}

}  // namespace harness
