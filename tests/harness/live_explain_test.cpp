#include <utility>

#include "live_client.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;
using Texts = std::vector<std::string>;

namespace {

std::string world(const std::string& incidents, const std::string& more = "") {
    return R"("fetch": {"look_back": "5m", "first_fetch": "1h", "query": {"status": ["new"]}}, )" +
           more + R"("incidents": [)" + incidents + "]";
}

const std::string late_one = world(R"({"id": "1", "created": "90s"},
                                      {"id": "2", "created": "30s", "indexed_after": "2m"})");

Texts texts(const LiveClient& client, const std::string& id) {
    return texts_of(*client.explained(id).find("requests"), "text");
}

mockxdr::json::Value request(const LiveClient& client, std::uint64_t number) {
    return LiveClient::read(*request_json(client.trial, number));
}

/// Asks again what request 1 asked, with that look-back and limit, and looks for the incident.
bool catches(const LiveClient& client, std::uint64_t number, xdr::Millis look_back,
             std::int64_t limit, const std::string& id) {
    const JournalEntry& entry = *client.trial.journal().find(number);
    mockxdr::Query query = *entry.query;
    query.filters[0].value = entry.at - look_back;
    query.search_to = query.search_from + limit;
    const auto page =
        mockxdr::select(client.world, client.spec.server, query,
                        {.now = entry.at, .request = entry.request, .changes = entry.changes});
    for (const mockxdr::Match& match : page.rows)
        if (match.incident->id.text() == id) return true;
    return false;
}

}  // namespace

TEST_CASE("each request names the first thing that kept an incident out", "[live]") {
    LiveClient client(late_one);
    client.fetch(0s, -1h, 0s);  // before it was created: not told
    client.fetch(1min, -1h, 1min);
    client.fetch(3min, 2min, 3min);
    client.fetch(3min, 0s, 20s);
    client.fetch(3min, 0s, 3min);
    client.ask_for_nothing(4min, nullptr,
                           mockxdr::Refusal{.status = 401, .err_msg = "who", .err_extra = ""});
    const mockxdr::Query query = client.window(0s, 3min);
    client.ask_for_nothing(4min, &query, mockxdr::ReplyFault(mockxdr::Reset{}));
    client.ask_for_nothing(4min, nullptr, mockxdr::Served{"healthy"},
                           mockxdr::Endpoint::healthcheck);
    CHECK(texts(client, "2") == Texts{"not indexed yet, by 1m30s", "before the window by 1m30s",
                                      "after the window by 10s", "handed over",
                                      "request failed: 401, who",
                                      "request failed: fault: connection reset"});
    CHECK(texts_of(*client.explained("2").find("requests"), "cause") ==
          Texts{"not_indexed", "before_window", "after_window", "handed_over", "request_failed",
                "request_failed"});
}

TEST_CASE("numbers come beside the sentence", "[live]") {
    LiveClient client(late_one);
    client.fetch(3min, 2min, 3min);
    CHECK(*explain_json(client.trial, IncidentId("2")) ==
          R"({"incident": "2", "life": {"created": "2024-01-01T12:00:30Z", )"
          R"("visible_from": "2024-01-01T12:02:30Z", "changes_seen": []}, "handed_over": 0, )"
          R"("accepted": 0, "smallest": {"request": 1, "look_back": "2m30s", "limit": 1, )"
          R"("complete": true}, "evicted": 0, "earlier_requests": 0, "requests": [{"number": 1, )"
          R"("at": "2024-01-01T12:03:00Z", "query": {"filters": )"
          R"("creation_time >= 2024-01-01T12:02:00Z, creation_time <= 2024-01-01T12:03:00Z", )"
          R"("sort": "sort creation_time asc", "search_from": 0, "search_to": 100}, )"
          R"("cause": "before_window", "text": "before the window by 1m30s", "by": "1m30s"}]})");
}

TEST_CASE("a filter that did not match shows both values", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s", "fields": {"status": "resolved_auto"}},
                               {"id": "2", "created": "0s", "absent": ["status"]},
                               {"id": "3", "created": "0s", "fields": {"hosts": ["a"]}})"));
    mockxdr::Query query;
    query.filters = {{mockxdr::FilterField::status, mockxdr::Operator::in, Texts{"new"}}};
    client.ask(1min, query);
    CHECK(texts(client, "1") ==
          Texts{R"(query did not match: status is "resolved_auto", wanted status in (new))"});
    CHECK(texts(client, "2") ==
          Texts{"query did not match: status is null, wanted status in (new)"});
    query.filters = {{mockxdr::FilterField::alert_sources, mockxdr::Operator::in, Texts{"x"}}};
    client.ask(2min, query);
    CHECK(texts(client, "3")[1] ==
          R"(query did not match: incident_sources is ["XDR Agent"], wanted alert_sources in (x))");
}

TEST_CASE("pages, restriction and removal are named with their numbers", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "1s"}, {"id": "2", "created": "2s"},
                               {"id": "3", "created": "3s", "removed_at": "2m"})",
                            R"("server": {"restricted": ["1"]},)"));
    mockxdr::Query query = client.window(0s, 1min, 2);
    client.ask(1min, query);
    query.search_from = 2;
    query.search_to = 4;
    client.ask(1min, query);
    client.ask(2min, query);
    CHECK(texts(client, "1")[0] == "restricted: the key may not read it");
    CHECK(client.explained("1").find("smallest")->is_null());
    CHECK(texts(client, "2")[1] == "on an earlier page by now: rank 2 of 3");
    CHECK(texts(client, "3") ==
          Texts{"beyond the page: rank 3 of 3, page ends at 2", "handed over", "removed"});
}

TEST_CASE("the smallest look-back and limit catch it, and nothing smaller does", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "-1m"}, {"id": "2", "created": "-70s"},
                               {"id": "3", "created": "-80s", "indexed_after": "2m"},
                               {"id": "4", "created": "-90s"})"));
    client.fetch(0s, -1min, 0s, 2);
    client.fetch(1min, 0s, 1min, 2);
    client.fetch(2min, 1min, 2min, 2);
    const auto smallest = *client.explained("3").find("smallest");
    CHECK(*smallest.find("request")->get_if<std::int64_t>() == 2);
    CHECK(*smallest.find("look_back")->get_if<std::string>() == "2m20s");
    const std::int64_t limit = *smallest.find("limit")->get_if<std::int64_t>();
    CHECK(limit == 1);
    CHECK(catches(client, 2, 2min + 20s, limit, "3"));
    CHECK_FALSE(catches(client, 2, 2min + 20s - 1ms, limit, "3"));
    const auto second = *client.explained("1").find("smallest");
    CHECK(*second.find("request")->get_if<std::int64_t>() == 1);
    CHECK(*second.find("look_back")->get_if<std::string>() == "1m");
}

TEST_CASE("the limit counts what the wider window lets in before it", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "-1m"}, {"id": "2", "created": "-50s"},
                               {"id": "3", "created": "-40s"})"));
    mockxdr::Query query = client.window(-30s, 0s);
    query.sort->direction = mockxdr::Direction::desc;
    client.ask(0s, query);
    const auto smallest = *client.explained("1").find("smallest");
    CHECK(*smallest.find("limit")->get_if<std::int64_t>() == 3);
    CHECK(catches(client, 1, 1min, 3, "1"));
    CHECK_FALSE(catches(client, 1, 1min, 2, "1"));
}

TEST_CASE("a sweep by modification time looks back to the modification", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "-1h",
        "updates": [{"at": "1m", "set": {"status": "new"}, "indexed_after": "2m"}]})"));
    mockxdr::Query query;
    query.filters = {{mockxdr::FilterField::modification_time, mockxdr::Operator::gte,
                      client.spec.start + 2min}};
    client.ask(4min, query);
    const auto smallest = *client.explained("1").find("smallest");
    CHECK(*smallest.find("look_back")->get_if<std::string>() == "3m");
}

TEST_CASE("nothing would have caught what another condition kept out", "[live]") {
    LiveClient client(late_one);
    mockxdr::Query query = client.window(0s, 3min);
    query.filters.push_back(
        {mockxdr::FilterField::status, mockxdr::Operator::eq, std::string("under_investigation")});
    client.ask(3min, query);
    CHECK(client.explained("2").find("smallest")->is_null());
}

TEST_CASE("a request tells of each wanted incident why it did not bring it", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "90s"},
        {"id": "2", "created": "30s", "indexed_after": "5m"},
        {"id": "3", "created": "0s"}, {"id": "4", "created": "1h"},
        {"id": "5", "created": "0s", "fields": {"status": "resolved_auto"}},
        {"id": "6", "created": "0s", "removed_at": "1m"})"));
    client.fetch(3min, 1min, 3min);
    const auto read = request(client, 1);
    CHECK(texts_of(*read.find("not_returned"), "id") == Texts{"2", "3", "6"});
    CHECK(texts_of(*read.find("not_returned"), "text") ==
          Texts{"not indexed yet, by 2m30s", "before the window by 1m", "removed"});
    CHECK(*read.find("not_returned_more")->get_if<std::int64_t>() == 0);
    CHECK_FALSE(request_json(client.trial, 2).has_value());
}

TEST_CASE("a failed request returned nothing, for one reason", "[live]") {
    LiveClient client(late_one);
    const mockxdr::Query query = client.window(0s, 3min);
    client.ask_for_nothing(3min, &query, mockxdr::ReplyFault(mockxdr::Cut{}));
    CHECK(texts_of(*request(client, 1).find("not_returned"), "cause") ==
          Texts{"request_failed", "request_failed"});
}

TEST_CASE("long lists end with a count", "[live]") {
    LiveClient client(world(R"({"repeat": 250, "id": "{n}", "created": "0s"})"));
    for (int i = 0; i < 230; ++i) client.fetch(1min, 30s, 1min);
    const auto read = request(client, 1);
    CHECK(read.find("not_returned")->get_if<mockxdr::json::Array>()->size() == 200);
    CHECK(*read.find("not_returned_more")->get_if<std::int64_t>() == 50);
    const auto explained = client.explained("1");
    CHECK(explained.find("requests")->get_if<mockxdr::json::Array>()->size() == 200);
    CHECK(*explained.find("earlier_requests")->get_if<std::int64_t>() == 30);
}

TEST_CASE("an id of nowhere has no explanation", "[live]") {
    const LiveClient client(late_one);
    CHECK_FALSE(explain_json(client.trial, IncidentId("99")).has_value());
}

TEST_CASE("a change in the millisecond of a request does not change what it met", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})"));
    mockxdr::Query query;
    query.filters = {
        {mockxdr::FilterField::status, mockxdr::Operator::eq, std::string("resolved_auto")}};
    client.ask(1min, query);
    client.world.update(*client.world.find(IncidentId("1")), {{"status", "resolved_auto"}},
                        client.spec.start + 1min);
    client.ask(1min, query);
    CHECK(texts(client, "1") ==
          Texts{R"(query did not match: status is "new", wanted status = 'resolved_auto')",
                "handed over"});
}

TEST_CASE("what waits for a request is told as such, before and after it came", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s", "on": {"request": 2}})"));
    client.fetch(1min, -1h, 1min);
    client.world.answered(1, client.spec.start + 1min);
    CHECK(texts(client, "1") == Texts{"not indexed yet, waits for a request"});
    CHECK(client.verdict_on("1", 1min) == "pending");
    client.fetch(2min, -1h, 2min);
    client.world.answered(1, client.spec.start + 2min);
    client.fetch(2min, -1h, 2min);
    CHECK(texts(client, "1") ==
          Texts{"not indexed yet, by 1m", "not indexed yet, by 0s", "handed over"});
    CHECK(client.verdict_on("1", 2min) == "once");
}

TEST_CASE("a rank counted is the place in the ranking", "[live]") {
    LiveClient client(world(R"({"repeat": 9, "id": "{n}", "created": "0s", "spacing": "1s"},
                               {"repeat": 9, "id": "1{n}", "created": "0s", "spacing": "2s"})",
                            R"("server": {"ties": "shuffled"},)"));
    mockxdr::Query query = client.window(2s, 10s, 1);
    query.sort = mockxdr::Sort{mockxdr::SortField::creation_time,
                               GENERATE(mockxdr::Direction::asc, mockxdr::Direction::desc)};
    const mockxdr::Moment moment{.now = client.spec.start + 1min, .request = 3};
    const auto all = mockxdr::ranking(client.world, client.spec.server, query, moment);
    REQUIRE(all.size() > 9);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto place =
            mockxdr::place_of(all[i], client.world, client.spec.server, query, moment);
        CHECK(place.before == static_cast<std::int64_t>(i));
        CHECK(place.total == static_cast<std::int64_t>(all.size()));
    }
}

TEST_CASE("ranks are told until that takes too long", "[live]") {
    LiveClient client(world(R"({"repeat": 100, "id": "{n}", "created": "0s", "spacing": "1ms"})"),
                      {.looks = 300});
    mockxdr::Query query = client.window(0s, 1h, 1);
    for (int i = 0; i < 4; ++i) client.ask(1h, query);
    query.search_from = 7;
    query.search_to = 9;
    client.ask(1h, query);
    query.search_from = 100;
    query.search_to = 200;
    client.ask(1h, query);
    CHECK(texts(client, "5") == Texts{"beyond the page: rank 5 of 100, page ends at 1",
                                      "beyond the page: rank 5 of 100, page ends at 1",
                                      "beyond the page: rank 5 of 100, page ends at 1",
                                      "beyond the page, which ends at 1",
                                      "on an earlier page by now", "on an earlier page by now"});
    CHECK(texts(client, "50")[4] == "beyond the page, which ends at 9");
}

TEST_CASE("a look-back reaches back for each time that the request bounds", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "1m",
                                "updates": [{"at": "3m", "set": {"status": "new"}}]})"));
    mockxdr::Query query;
    query.filters = {
        {mockxdr::FilterField::modification_time, mockxdr::Operator::gte, client.spec.start + 200s},
        {mockxdr::FilterField::creation_time, mockxdr::Operator::gte, client.spec.start + 100s}};
    if (GENERATE(false, true)) std::swap(query.filters[0], query.filters[1]);
    client.ask(5min, query);
    const auto smallest = *client.explained("1").find("smallest");
    CHECK(*smallest.find("look_back")->get_if<std::string>() == "4m");
}

TEST_CASE("the smallest look-back is of no probe, unless the client only probes", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"})"));
    client.fetch(1min, 30s, 1min, 1);
    const auto asked = [&] {
        return *client.explained("1").find("smallest")->find("request")->get_if<std::int64_t>();
    };
    CHECK(asked() == 1);
    client.fetch(2min, 30s, 2min, 10);
    CHECK(asked() == 2);
}

TEST_CASE("the smallest look-back says whether the journal had all requests", "[live]") {
    LiveClient client(late_one, {.journal = 1});
    client.fetch(3min, 1min, 3min);
    const auto complete = [&] {
        return *client.explained("2").find("smallest")->find("complete")->get_if<bool>();
    };
    CHECK(complete());
    client.fetch(4min, 2min, 4min);
    CHECK_FALSE(complete());
}

TEST_CASE("what a key may not read another key may have missed", "[live]") {
    LiveClient client(world(R"({"id": "1", "created": "0s"}, {"id": "2", "created": "1s"})",
                            R"("server": {"restricted": ["2"]},)"));
    client.ask(1min, client.window(0s, 1min, 1));
    client.ask(1min, client.window(0s, 1min, 3));
    client.ask_fully(1min, client.window(0s, 1min, 1));
    client.ask_fully(1min, client.window(0s, 1min, 3));
    CHECK(texts(client, "2") ==
          Texts{"restricted: the key may not read it", "restricted: the key may not read it",
                "beyond the page: rank 2 of 2, page ends at 1", "handed over"});
    CHECK(*client.explained("2").find("smallest")->find("request")->get_if<std::int64_t>() == 4);
}
