#include "harness/sim/server.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "harness/sim/explore.hpp"

using namespace harness::sim;
using fetcher::Direction;
using fetcher::PageRequest;
using fetcher::SortField;
using fetcher::TimeField;

namespace {

Ms ms_of(TimePoint at) { return at.time_since_epoch().count(); }

Ms time_of(const Small::Row& row, TimeField field) {
    return ms_of(field == TimeField::creation_time ? row.creation_time : row.modification_time);
}

Ms key_of(const Small::Row& row, SortField sort) {
    if (sort == SortField::incident_id) return row.incident_id;
    return ms_of(sort == SortField::creation_time ? row.creation_time : row.modification_time);
}

/// What matches, looked for one by one and sorted once, ties by id.
std::vector<Small::Row> plainly(const World& world, const PageRequest& request, Ms now) {
    std::vector<Small::Row> out;
    for (std::size_t id = 0; id < world.lives.size(); ++id) {
        const Life& life = world.lives[id];
        if (!life.is_there(now)) continue;
        Ms modified = 0;
        for (const Life::Sighting& sighting : life.sightings)
            if (sighting.from <= now) modified = sighting.modified;
        const Small::Row row{.incident_id = static_cast<Small::Id>(id),
                             .creation_time = TimePoint{Millis{life.created_at(now)}},
                             .modification_time = TimePoint{Millis{modified}}};
        const Ms at = time_of(row, request.field);
        if (request.gte && at < ms_of(*request.gte)) continue;
        if (request.lte && at > ms_of(*request.lte)) continue;
        out.push_back(row);
    }
    std::sort(out.begin(), out.end(), [&](const Small::Row& a, const Small::Row& b) {
        const bool up = request.direction == Direction::asc;
        const Ms left = key_of(a, request.sort), right = key_of(b, request.sort);
        return left != right ? (left < right) == up : (a.incident_id < b.incident_id) == up;
    });
    return out;
}

/// Requests of every kind, with bounds on, between and beside what there is to be seen.
std::vector<PageRequest> requests(const World& world) {
    std::vector<std::optional<TimePoint>> bounds{std::nullopt, TimePoint::min(), TimePoint::max()};
    for (const std::size_t id : {std::size_t{0}, world.lives.size() / 2})
        for (const Ms off : {0, 1})
            bounds.emplace_back(TimePoint{Millis{world.lives[id].created + off}});
    std::vector<PageRequest> out;
    for (const TimeField field : {TimeField::creation_time, TimeField::modification_time})
        for (const SortField sort :
             {SortField::creation_time, SortField::modification_time, SortField::incident_id})
            for (const Direction direction : {Direction::asc, Direction::desc})
                for (const auto& gte : bounds)
                    for (const auto& lte : bounds)
                        for (const auto& [from, to] : {std::pair{0, 100}, {0, 2}, {2, 5}})
                            out.push_back({.field = field,
                                           .gte = gte,
                                           .lte = lte,
                                           .sort = sort,
                                           .search_from = from,
                                           .search_to = to,
                                           .direction = direction});
    return out;
}

/// Rows and restricted ids of a page, in the order of the reply each.
void require_page(const World& world, const PageRequest& request, const Page& page,
                  const std::vector<Small::Row>& all) {
    std::vector<Small::Row> rows;
    std::vector<Small::Id> restricted;
    const auto size = static_cast<std::int64_t>(all.size());
    for (std::int64_t i = request.search_from; i < std::min(size, request.search_to); ++i) {
        const Small::Row& row = all[static_cast<std::size_t>(i)];
        if (world.lives[row.incident_id].hidden)
            restricted.push_back(row.incident_id);
        else
            rows.push_back(row);
    }
    REQUIRE(std::equal(page.rows.begin(), page.rows.end(), rows.begin(), rows.end()));
    REQUIRE(std::equal(page.restricted.begin(), page.restricted.end(), restricted.begin(),
                       restricted.end()));
}

/// Worlds of a campaign's first schedules, with that order of ties.
std::vector<World> worlds(std::uint64_t seed, std::uint8_t ties) {
    const Campaign campaign{.seed = seed};
    std::vector<World> out;
    for (std::uint64_t number = 0; number < 60; ++number) {
        out.emplace_back(campaign.schedule(number));
        out.back().ties = ties;
    }
    return out;
}

}  // namespace

TEST_CASE("the simulated server answers as one that looks at each incident", "[sim]") {
    int number = 0;
    for (World& world : worlds(20261126, by_id)) {
        INFO("schedule " << number++);
        world.count_off = 0;
        world.count_cap = never;
        Server server(world);
        Page page;
        for (const PageRequest& request : requests(world))
            for (const Ms now : {start_ms - 1, start_ms + 60'000, start_ms + 200'000,
                                 start_ms + 420'000, start_ms + 9'000'000}) {
                INFO("at " << now - start_ms);
                server.answer(request, now, 1, page);
                const auto all = plainly(world, request, now);
                require_page(world, request, page, all);
                REQUIRE(page.total_count == static_cast<std::int64_t>(all.size()));
            }
    }
}

TEST_CASE("ties in another order each time are the same incidents in the same order of time",
          "[sim]") {
    for (const Direction direction : {Direction::asc, Direction::desc}) {
        const bool up = direction == Direction::asc;
        PageRequest request;
        request.direction = direction;
        int other_orders = 0;
        for (const World& world : worlds(20261127, shuffled)) {
            Server server(world);
            std::vector<Small::Row> all = plainly(world, request, start_ms + 420'000);
            std::erase_if(
                all, [&](const Small::Row& row) { return world.lives[row.incident_id].hidden; });
            std::vector<std::vector<Small::Row>> replies;
            for (const std::uint64_t asked : {1U, 2U}) {
                Page page;
                server.answer(request, start_ms + 420'000, asked, page);
                replies.emplace_back(page.rows.begin(), page.rows.end());
            }
            other_orders += replies[0] != replies[1];
            for (std::vector<Small::Row>& rows : replies) {
                const auto before = [&](const Small::Row& a, const Small::Row& b) {
                    return up ? a.creation_time < b.creation_time
                              : b.creation_time < a.creation_time;
                };
                REQUIRE(std::is_sorted(rows.begin(), rows.end(), before));
                std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
                    return before(a, b) || (!before(b, a) && (a.incident_id < b.incident_id) == up);
                });
                REQUIRE(rows == all);
            }
        }
        CHECK(other_orders > 10);
    }
}

TEST_CASE("a page of ties in another order is the beginning of all of them", "[sim]") {
    int number = 0;
    for (World& world : worlds(20261128, shuffled)) {
        INFO("schedule " << number++);
        world.hidden = 0;
        Server server(world);
        for (PageRequest request : requests(world)) {
            const PageRequest part = request;
            request.search_from = 0;
            request.search_to = 100;
            Page all, page;
            server.answer(request, start_ms + 200'000, 7, all);
            server.answer(part, start_ms + 200'000, 7, page);
            const auto size = static_cast<std::int64_t>(all.rows.size());
            const auto from = std::min(part.search_from, size), to = std::min(part.search_to, size);
            REQUIRE(std::equal(page.rows.begin(), page.rows.end(), all.rows.begin() + from,
                               all.rows.begin() + to));
        }
    }
}

TEST_CASE("the simulated server says when a page ends inside a burst, or begins on the edge",
          "[sim]") {
    const Campaign campaign{.seed = 20261129};
    int cuts = 0, edges = 0;
    for (std::uint64_t number = 0; number < 60; ++number) {
        World world(campaign.schedule(number));
        world.ties = number % 2 == 0 ? by_id : shuffled;
        for (const PageRequest& request : requests(world)) {
            const Ms now = start_ms + 200'000;
            Server server(world);
            Page page;
            server.begin_run();
            server.answer(request, now, 1, page);
            const auto all = plainly(world, request, now);
            const auto end = static_cast<std::size_t>(request.search_to);
            const bool cut = end < all.size() &&
                             key_of(all[end - 1], request.sort) == key_of(all[end], request.sort);
            const bool edge = std::any_of(all.begin(), all.end(), [&](const Small::Row& row) {
                return request.gte && time_of(row, request.field) == ms_of(*request.gte);
            });
            INFO("schedule " << number);
            REQUIRE(server.situations.has(Situation::page_cuts_burst) == cut);
            REQUIRE(server.situations.has(Situation::exactly_on_the_edge) == edge);
            REQUIRE(server.depended_on_ties() == (cut && world.ties == shuffled));
            cuts += cut;
            edges += edge;
        }
    }
    CHECK(cuts > 100);
    CHECK(edges > 100);
}

TEST_CASE("the simulated server knows when what it shows changes", "[sim]") {
    const Campaign campaign{.seed = 20261130};
    int changes = 0;
    for (std::uint64_t number = 0; number < 200; ++number) {
        const World world(campaign.schedule(number));
        Server server(world);
        Page page;
        REQUIRE_FALSE(server.changes_within(start_ms, start_ms + 9'000'000));
        server.answer({}, start_ms, 1, page);
        for (Ms after = start_ms - 1; after < start_ms + 300'000; after += 7'500)
            for (const Ms span : {1, 3'000, 15'000, 60'000}) {
                const auto within = [&](Ms at) { return after < at && at <= after + span; };
                bool expected = false;
                for (const Life& life : world.lives) {
                    expected |= life.is_seen() && within(life.until);
                    for (const Life::Sighting& sighting : life.sightings)
                        expected |= within(sighting.from);
                }
                INFO("schedule " << number << ", " << span << " from " << after - start_ms);
                REQUIRE(server.changes_within(after, after + span) == expected);
                changes += expected;
            }
    }
    CHECK(changes > 1000);
}
