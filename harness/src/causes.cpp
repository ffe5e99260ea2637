#include "causes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace harness {

namespace {

using mockxdr::Filter;
using mockxdr::Incident;
using mockxdr::Match;

KeptOut filtered(const Filter& filter, const Match& match) {
    const auto* bound = std::get_if<TimePoint>(&filter.value);
    if (!bound)
        return {.cause = Cause::query_did_not_match,
                .text = "query did not match: " + std::string(name_of(filter.field)),
                .filter = &filter};
    const TimePoint at = mockxdr::time_of(match, filter.field);
    const bool before = at < *bound;
    const Millis by = before ? *bound - at : at - *bound;
    return {.cause = before ? Cause::before_window : Cause::after_window,
            .text = (before ? "before the window by " : "after the window by ") +
                    xdr::duration_text(by),
            .by = by,
            .filter = &filter};
}

KeptOut restricted() {
    return {.cause = Cause::restricted, .text = "restricted: the key may not read it"};
}

bool waits(const mockxdr::World& world, const Incident& incident) {
    const auto waiting = world.waiting();
    return std::find(waiting.begin(), waiting.end(), &incident) != waiting.end();
}

}  // namespace

Answered::Answered(const mockxdr::World& world, const mockxdr::ServerOptions& options,
                   const mockxdr::Query& query, const mockxdr::Moment& moment,
                   mockxdr::Permission permission)
    : world_(world), options_(options), query_(query), moment_(moment), permission_(permission) {}

std::optional<KeptOut> Answered::mismatch(const Incident& incident) const {
    const mockxdr::Version* version = incident.at(moment_.now, moment_.changes);
    if (!version) return unseen(incident);
    const Match match{.incident = &incident, .version = version};
    for (const Filter& filter : query_.filters)
        if (!mockxdr::matches(filter, match)) return filtered(filter, match);
    return std::nullopt;
}

KeptOut Answered::unseen(const Incident& incident) const {
    if (moment_.now < incident.created) {
        const Millis by = incident.created - moment_.now;
        return {.cause = Cause::not_created,
                .text = "not created yet, by " + xdr::duration_text(by),
                .by = by};
    }
    if (incident.versions.empty() && waits(world_, incident))
        return {.cause = Cause::not_indexed, .text = "not indexed yet, waits for a request"};
    if (incident.versions.empty()) return {.cause = Cause::removed, .text = "removed"};
    const mockxdr::Version& first = incident.versions.front();
    // What a request made visible in this very millisecond was not there for those before it.
    if (moment_.now < first.from || first.change > moment_.changes) {
        const Millis by = std::max(Millis{0}, first.from - moment_.now);
        return {.cause = Cause::not_indexed,
                .text = "not indexed yet, by " + xdr::duration_text(by),
                .by = by};
    }
    return {.cause = Cause::removed, .text = "removed"};
}

const std::vector<Match>& Answered::ranking() {
    if (!ranking_) ranking_ = mockxdr::ranking(world_, options_, query_, moment_);
    return *ranking_;
}

mockxdr::Place Answered::place_of(const Incident& incident) {
    if (!std::exchange(counted_, true)) {
        const Match match{.incident = &incident,
                          .version = incident.at(moment_.now, moment_.changes)};
        return mockxdr::place_of(match, world_, options_, query_, moment_);
    }
    const std::vector<Match>& all = ranking();
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Match& match) { return match.incident == &incident; });
    return {.before = found - all.begin(), .total = static_cast<std::int64_t>(all.size())};
}

bool Answered::hides(const Incident& incident) const {
    return permission_ != mockxdr::Permission::full &&
           mockxdr::is_restricted(options_, incident.id);
}

KeptOut Answered::off_page(const Incident& incident) {
    if (hides(incident)) return restricted();
    const mockxdr::Place place = place_of(incident);
    const std::int64_t rank = place.before + 1;
    const std::string text = "rank " + std::to_string(rank) + " of " + std::to_string(place.total);
    if (rank <= query_.search_from)
        return {.cause = Cause::on_an_earlier_page,
                .text = "on an earlier page by now: " + text,
                .rank = rank};
    return {
        .cause = Cause::beyond_page,
        .text = "beyond the page: " + text + ", page ends at " + std::to_string(query_.search_to),
        .rank = rank};
}

KeptOut Answered::off_page(const Incident& incident,
                           const std::vector<std::uint32_t>& returned) const {
    if (hides(incident)) return restricted();
    const auto match_of = [&](const Incident& of) {
        return Match{.incident = &of, .version = of.at(moment_.now, moment_.changes)};
    };
    const bool earlier =
        query_.search_from > 0 &&
        (returned.empty() ||
         mockxdr::comes_before(match_of(incident), match_of(world_.incidents()[returned.front()]),
                               options_, query_, moment_));
    if (earlier) return {.cause = Cause::on_an_earlier_page, .text = "on an earlier page by now"};
    return {.cause = Cause::beyond_page,
            .text = "beyond the page, which ends at " + std::to_string(query_.search_to)};
}

std::string_view name_of(Cause cause) {
    static constexpr std::array<std::string_view, 18> names{"not_created",
                                                            "not_indexed",
                                                            "removed",
                                                            "restricted",
                                                            "query_did_not_match",
                                                            "before_window",
                                                            "after_window",
                                                            "beyond_page",
                                                            "on_an_earlier_page",
                                                            "request_failed",
                                                            "run_failed",
                                                            "over_the_limit",
                                                            "dropped_as_known",
                                                            "dropped",
                                                            "not_emitted_before_crash",
                                                            "read_again",
                                                            "emitted_but_not_saved",
                                                            "emitted"};
    return names.at(static_cast<std::size_t>(cause));
}

}  // namespace harness
