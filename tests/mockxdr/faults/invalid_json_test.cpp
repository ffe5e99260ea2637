#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("invalid JSON is read from true and nothing else", "[faults]") {
    CHECK(read(R"({"invalid_json": true})") == ReplyFault(InvalidJson{}));
    CHECK(
        wrong_with(R"({"invalid_json": false})") ==
        Texts{
            "1:18: \"invalid_json\" is false (at /invalid_json); leave it out or set it to true"});
    CHECK(wrong_with(R"({"invalid_json": 1})") ==
          Texts{"1:18: found an integer (at /invalid_json); expected true or false"});
}

TEST_CASE("invalid JSON is described and loses the reply", "[faults]") {
    CHECK(describe(InvalidJson{}) == "invalid JSON");
    CHECK(loses_reply(InvalidJson{}));
    CHECK(time_of(InvalidJson{}) == 0s);
}

TEST_CASE("invalid JSON is wrong from its first byte", "[faults]") {
    const HttpReply reply = hit_by(InvalidJson{});
    CHECK(reply.status == 200);
    CHECK(reply.body == "}" + regular_reply().body);
    CHECK_THROWS_AS(json::parse(reply.body, json::Comments::refused), xdr::Error);
    CHECK(reply.headers == regular_reply().headers);
    CHECK(reply.delivery == Delivery{});
}

TEST_CASE("invalid JSON is not taken for the regular body by a cache", "[faults]") {
    CHECK(hit_by(InvalidJson{}).tag.empty());
}
