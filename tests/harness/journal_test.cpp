#include "harness/journal.hpp"

#include "live_client.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

const std::string two = R"("incidents": [{"id": "7", "created": "0s"},
                                         {"id": "8", "created": "2m"}])";

const JournalEntry& last(const LiveClient& client) {
    return client.trial.journal().entries().back();
}

}  // namespace

TEST_CASE("the journal keeps what was asked and the places of what was returned", "[journal]") {
    LiveClient client(two);
    const mockxdr::Query query = client.window(-1h, 3min, 1);
    client.ask(3min, query);
    const JournalEntry& entry = last(client);
    CHECK(entry.number == 1);
    CHECK(entry.at == client.spec.start + 3min);
    CHECK(entry.key_id == "1");
    CHECK(entry.target == "POST /public_api/v1/incidents/get_incidents");
    CHECK((entry.query == query));
    CHECK(entry.total_count == 2);
    CHECK(entry.returned == std::vector<std::uint32_t>{0});
    CHECK(entry.fresh == 1);
    CHECK(outcome(entry) == "200, 1 of 2 incidents");
    CHECK(entry.answered());
    client.ask(4min, query);
    CHECK(last(client).fresh == 0);
}

TEST_CASE("each way that a request can end has its words", "[journal]") {
    LiveClient client(two);
    const auto ends = [&](const mockxdr::Answer& answer) {
        client.ask_for_nothing(1min, nullptr, answer);
        CHECK_FALSE(last(client).answered());
        return outcome(last(client)) + " / " + std::to_string(last(client).status);
    };
    CHECK(ends(mockxdr::Served{"2 alerts of incident 7"}) == "200, 2 alerts of incident 7 / 200");
    CHECK(ends(mockxdr::Refusal{.status = 500, .err_msg = "a", .err_extra = "b"}) ==
          "500, a: b / 500");
    CHECK(ends(mockxdr::Refusal{.status = 401, .err_msg = "a", .err_extra = "", .unsaid = "c"}) ==
          "401, a (c) / 401");
    CHECK(ends(mockxdr::ReplyFault(mockxdr::Reset{})) == "fault: connection reset / 0");
    CHECK(ends(mockxdr::ReplyFault(mockxdr::StatusReply{.status = 503})) ==
          "fault: status 503 / 503");
    CHECK(last(client).fault == "status 503");
}

TEST_CASE("a client whose pages never arrive asks for more than its probes", "[journal]") {
    LiveClient client(two);
    const mockxdr::Query probe = client.window(-1h, 3min, 1);
    client.ask(1min, probe);
    CHECK_FALSE(client.trial.journal().asks_for_more());
    mockxdr::Query look_up = client.window(-1h, 3min);
    look_up.filters.push_back({.field = mockxdr::FilterField::incident_id_list,
                               .op = mockxdr::Operator::in,
                               .value = std::vector<std::string>{"7"}});
    client.ask(2min, look_up);
    CHECK_FALSE(client.trial.journal().asks_for_more());
    const mockxdr::Query page = client.window(-1h, 3min);
    client.ask_for_nothing(3min, &page, mockxdr::ReplyFault(mockxdr::Reset{}));
    CHECK(client.trial.journal().asks_for_more());
}

TEST_CASE("a fault that only delays is noted beside the rows", "[journal]") {
    LiveClient client(two);
    const mockxdr::ReplyFault delay = mockxdr::Delay{1s, 1s};
    const mockxdr::Query query = client.window(-1h, 1min);
    const mockxdr::Answer rows =
        mockxdr::select(client.world, client.spec.server, query, {.now = client.spec.start + 1min});
    mockxdr::Exchange exchange;
    exchange.number = 1;
    exchange.endpoint = mockxdr::Endpoint::get_incidents;
    exchange.query = &query;
    exchange.answer = &rows;
    exchange.fault = &delay;
    client.trial.record(exchange);
    CHECK(last(client).answered());
    CHECK(last(client).fault == mockxdr::describe(delay));
    CHECK(outcome(last(client)) == "200, 1 of 1 incident");
}

TEST_CASE("the oldest entry makes place, and that is told", "[journal]") {
    LiveClient client(two, {.journal = 2});
    for (int minute = 1; minute <= 3; ++minute) client.fetch(minute * 1min, 0s, 10min);
    const Journal& journal = client.trial.journal();
    CHECK(journal.entries().size() == 2);
    CHECK(journal.seen() == 3);
    CHECK(journal.evicted() == 1);
    CHECK(journal.find(1) == nullptr);
    REQUIRE(journal.find(2) != nullptr);
    CHECK(journal.find(2)->number == 2);
    CHECK(journal.find(4) == nullptr);
}

TEST_CASE("a journal of no places keeps one request", "[journal]") {
    LiveClient client(two, {.journal = 0});
    client.fetch(1min, 0s, 10min);
    client.fetch(2min, 0s, 10min);
    CHECK(last(client).number == 2);
    CHECK(client.trial.journal().evicted() == 1);
}

TEST_CASE("parts of the journal are read by number, or from the end", "[journal]") {
    LiveClient client(two);
    for (int minute = 1; minute <= 4; ++minute) client.fetch(minute * 1min, 0s, 10min);
    const auto numbers = [&](const JournalRange& range) {
        std::vector<std::int64_t> out;
        const auto read = LiveClient::read(journal_json(client.trial, range));
        for (const auto& entry : *read.find("entries")->get_if<mockxdr::json::Array>())
            out.push_back(*entry.find("number")->get_if<std::int64_t>());
        return out;
    };
    CHECK(numbers({}) == std::vector<std::int64_t>{1, 2, 3, 4});
    CHECK(numbers({.from = 3, .last = {}}) == std::vector<std::int64_t>{3, 4});
    CHECK(numbers({.from = 0, .last = 1}) == std::vector<std::int64_t>{4});
    CHECK(numbers({.from = 0, .last = 9}).size() == 4);
    CHECK(numbers({.from = 9, .last = {}}).empty());
}

TEST_CASE("an entry reads as what was asked and what came", "[journal]") {
    LiveClient client(two);
    client.fetch(1min, 0s, 10min, 5);
    CHECK(journal_json(client.trial, {}) ==
          R"({"requests": 1, "evicted": 0, "entries": [{"number": 1, )"
          R"("at": "2024-01-01T12:01:00Z", "target": "POST /public_api/v1/incidents/)"
          R"(get_incidents", "key_id": "1", "endpoint": "get_incidents", "request": 1, )"
          R"("status": 200, "outcome": "200, 1 of 1 incident", "query": {"filters": )"
          R"("creation_time >= 2024-01-01T12:00:00Z, creation_time <= 2024-01-01T12:10:00Z", )"
          R"("sort": "sort creation_time asc", "search_from": 0, "search_to": 5}, )"
          R"("total_count": 1, "returned": ["7"]}]})");
}

TEST_CASE("of two requests with one number the one that was seen is found", "[journal]") {
    LiveClient client(two);
    client.fetch(1min, 0s, 10min);
    client.ask_unseen(2min);
    client.ask_unseen(3min);
    REQUIRE(client.trial.journal().find(2) != nullptr);
    CHECK_FALSE(client.trial.journal().find(2)->seen);
    client.fetch(4min, 0s, 10min);
    CHECK(client.trial.journal().find(2)->seen);
    CHECK(client.trial.journal().find(2)->answered());
    CHECK(client.trial.journal().find(1)->number == 1);
    const auto read = LiveClient::read(journal_json(client.trial, {}));
    const auto& entries = *read.find("entries")->get_if<mockxdr::json::Array>();
    CHECK(entries[1].find("seen")->get_if<bool>());
    CHECK_FALSE(*entries[1].find("seen")->get_if<bool>());
    CHECK(entries[3].find("seen") == nullptr);
}
