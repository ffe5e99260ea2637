#include "mockxdr/view.hpp"

#include <rapidcheck.h>

#include "print.hpp"
#include "property.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;
using Texts = std::vector<std::string>;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

/// Draws small numbers: from RapidCheck in properties, which shrinks them, or from a seed.
class Dice {
   public:
    Dice() = default;
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    /// 0 to `sides` - 1.
    int operator()(int sides) {
        if (!state_) return *rc::gen::inRange(0, sides);
        *state_ = *state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int>((*state_ >> 33U) % static_cast<unsigned>(sides));
    }

    bool one_in(int sides) { return (*this)(sides) == sides - 1; }

   private:
    std::optional<std::uint64_t> state_;
};

/// Times crowd a few slots, so that equal ones are the rule.
Millis slot(int n) { return n * 1s; }

Fields some_fields(Dice& dice) {
    static const Texts statuses{"new", "under_investigation", "resolved_other"};
    std::vector<Fields::Entry> fields;
    const int status = dice(5);
    if (status > 0 && status < 4) fields.emplace_back("status", statuses[std::size_t(status) - 1]);
    if (status == 4) fields.emplace_back("status", json::Null{});
    if (dice.one_in(3)) fields.emplace_back("starred", true);
    if (dice.one_in(3)) fields.emplace_back("severity", "high");
    if (dice.one_in(3)) fields.emplace_back("manual_description", "Renamed");
    return Fields(std::move(fields));
}

Trigger some_trigger(Dice& dice) {
    Trigger trigger{.request = 1 + dice(4)};
    if (dice.one_in(2)) trigger.page = 1 + dice(2);
    return trigger;
}

IncidentSpec some_incident(Dice& dice, int number, int slots) {
    static const Texts forms{"", "0", "x", "10000000000000000000"};
    IncidentSpec spec;
    const int form = std::max(0, dice(10) - 6);
    spec.id = IncidentId(forms[std::size_t(form)] + std::to_string(number));
    spec.created = slot(dice(slots));
    if (dice.one_in(3)) spec.indexed_after = slot(dice(slots));
    if (dice.one_in(6)) spec.on = some_trigger(dice);
    spec.fields = some_fields(dice);
    if (dice.one_in(8)) spec.absent = {"status"};
    for (int updates = std::max(0, dice(5) - 2); updates > 0; --updates) {
        Update update{.set = some_fields(dice)};
        if (dice.one_in(3)) {
            update.on = some_trigger(dice);
        } else {
            update.at = spec.created + slot(dice(slots));
            update.indexed_after = slot(dice(3));
        }
        if (dice.one_in(8)) update.created = slot(dice(slots));
        spec.updates.push_back(update);
    }
    if (dice.one_in(5))
        spec.removed_at = spec.created + slot(dice(slots));
    else if (dice.one_in(8))
        spec.removed_on = some_trigger(dice);
    return spec;
}

Scenario some_scenario(Dice& dice, int incidents, int slots) {
    Scenario scenario;
    for (int i = 0; i < incidents; ++i) {
        scenario.incidents.push_back(some_incident(dice, i, slots));
        if (dice.one_in(10)) scenario.server.restricted.push_back(scenario.incidents.back().id);
    }
    scenario.server.ties = static_cast<Ties>(std::max(0, dice(6) - 3));
    scenario.server.default_order = static_cast<DefaultOrder>(std::max(0, dice(6) - 3));
    if (dice.one_in(6)) scenario.server.total_count_cap = 2;
    return scenario;
}

Filter some_filter(Dice& dice, const World& world, int slots) {
    using enum FilterField;
    const auto op = [&](auto... ops) {
        const std::array<Operator, sizeof...(ops)> all{ops...};
        return all.at(static_cast<std::size_t>(dice(sizeof...(ops))));
    };
    const auto id = [&] {
        const auto last = static_cast<int>(world.incidents().size());
        const int n = dice(last + 1);
        return n == last ? "none" : world.incidents()[std::size_t(n)].id.text();
    };
    switch (dice(10)) {
        case 0:
        case 1:
            return {creation_time, op(Operator::gte, Operator::lte), noon + slot(dice(slots))};
        case 2:
        case 3:
            return {modification_time, op(Operator::gte, Operator::lte), noon + slot(dice(slots))};
        case 4:
            return {status, op(Operator::eq, Operator::neq), std::string("new")};
        case 5:
            return {status, Operator::in, Texts{"resolved_other", "under_investigation", "?"}};
        case 6:
            return {incident_id, op(Operator::eq, Operator::neq), id()};
        case 7: {
            Texts ids{id()};
            ids.push_back(id());
            return {incident_id_list, Operator::in, ids};
        }
        case 8:
            return {starred, op(Operator::eq, Operator::neq), true};
        default:
            return {description, op(Operator::contains, Operator::contains_exact_case),
                    std::string("named")};
    }
}

Query some_query(Dice& dice, const World& world, int slots) {
    Query query;
    for (int filters = dice(4); filters > 0; --filters)
        query.filters.push_back(some_filter(dice, world, slots));
    if (!dice.one_in(4)) {
        Sort sort;
        sort.field = static_cast<SortField>(dice(3));
        sort.direction = static_cast<Direction>(dice(2));
        query.sort = sort;
    }
    query.search_from = dice(4);
    query.search_to = query.search_from + 1 + dice(6);
    return query;
}

using Rows = std::vector<std::pair<const Incident*, const Version*>>;

Rows rows_of(const std::vector<Match>& matches) {
    Rows rows;
    for (const Match& match : matches) rows.emplace_back(match.incident, match.version);
    return rows;
}

/// The ids and what is seen of them: a later change may move versions in memory.
std::string written(const World& world, const Moment& moment) {
    std::string text;
    for (const Match& match : ranking(world, {}, {}, moment)) {
        text += match.incident->id.text() + "@" + xdr::iso8601(match.version->creation_time) + "@" +
                xdr::iso8601(match.version->modification_time);
        for (const auto& [name, value] : match.version->fields)
            text += "," + name + "=" + json::write(value);
        text += "\n";
    }
    return text;
}

struct Remembered {
    Moment moment;
    std::string seen;
};

/// Plays a world with updates and triggers, and compares each query with the plain select.
/// Returns what was different; empty if nothing was.
std::string play(Dice& dice, int incidents, int slots, int steps) {
    const Scenario scenario = some_scenario(dice, incidents, slots);
    World world(scenario, noon);
    View view(world, scenario.server);
    std::vector<Remembered> past;
    std::uint64_t state = 0;
    std::string before;
    TimePoint now = noon;
    for (int step = 1; step <= steps; ++step) {
        if (dice.one_in(3)) now += slot(dice(3));
        if (dice.one_in(3)) world.answered(1 + dice(3), now);
        const Incident& incident = world.incidents()[std::size_t(dice(incidents))];
        if (dice.one_in(3) && incident.at(now)) world.update(incident, some_fields(dice), now);
        const Moment moment{.now = now, .request = std::uint64_t(step), .changes = world.changes()};
        const Query query = some_query(dice, world, slots);
        const Selection expected = select(world, scenario.server, query, moment);
        const Selection found = view.select(query, moment);
        if (found.total_count != expected.total_count) return "another total_count";
        if (rows_of(found.rows) != rows_of(expected.rows)) return "other rows";
        if (found.restricted != expected.restricted) return "other restricted rows";
        past.push_back({moment, written(world, moment)});
        const std::uint64_t last = std::exchange(state, view.state(now));
        if (std::exchange(before, past.back().seen) != before && last == state)
            return "a change without a change of state";
    }
    for (const Remembered& then : past)
        if (written(world, then.moment) != then.seen) return "another past";
    return "";
}

}  // namespace

TEST_CASE("a view selects what the plain function selects", "[view][property]") {
    require_property(
        "view-equals-select",
        [] {
            Dice dice;
            const int incidents = 1 + dice(8), slots = 1 + dice(5), steps = 1 + dice(12);
            RC_ASSERT(play(dice, incidents, slots, steps) == "");
        },
        1000);
}

TEST_CASE("a view of hundreds of incidents selects what the plain function selects", "[view]") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        Dice dice(seed);
        CAPTURE(seed);
        CHECK(play(dice, 700, 40, 900) == "");
    }
}

TEST_CASE("a view's state stands still while nothing happens", "[view]") {
    const Scenario spec = scenario(R"("incidents": [
        {"id": "1", "created": "1m", "updates": [{"at": "9m", "set": {"starred": true}}]},
        {"id": "2", "created": "3m", "removed_at": "5m"}])");
    World world(spec, noon);
    View view(world, spec.server);
    const auto first = view.state(noon + 1min);
    CHECK(view.state(noon + 1min) == first);
    CHECK(view.state(noon + 3min - 1ms) == first);
    const auto second = view.state(noon + 3min);
    CHECK(second != first);
    const auto third = view.state(noon + 5min);
    CHECK(third != second);
    world.update(world.incidents()[0], {{"starred", true}}, noon + 5min);
    const auto fourth = view.state(noon + 5min);
    CHECK(fourth != third);
    CHECK(view.state(noon + 9min - 1ms) == fourth);
    CHECK(view.state(noon + 9min) != fourth);
}

TEST_CASE("a view knows more statuses than the API names", "[view]") {
    const Scenario spec =
        scenario(R"("incidents": [{"repeat": 50, "id": "{n}", "created": "0s"}])");
    World world(spec, noon);
    View view(world, spec.server);
    Query query;
    query.filters = {{FilterField::status, Operator::in, Texts{"new", "status 7", "status 41"}}};
    CHECK(view.select(query, {.now = noon}).total_count == 50);
    for (std::size_t i = 0; i < 45; ++i)
        world.update(world.incidents()[i], {{"status", "status " + std::to_string(i)}}, noon);
    CHECK(view.select(query, {.now = noon}).total_count == 7);
    CHECK(select(world, {}, query, {.now = noon}).total_count == 7);
}
