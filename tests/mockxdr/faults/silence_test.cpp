#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("silence is read from true and nothing else", "[faults]") {
    CHECK(read(R"({"silence": true})") == ReplyFault(Silence{}));
    CHECK(wrong_with(R"({"silence": false})") ==
          Texts{"1:13: \"silence\" is false (at /silence); leave it out or set it to true"});
    CHECK(wrong_with(R"({"silence": 1})") ==
          Texts{"1:13: found an integer (at /silence); expected true or false"});
}

TEST_CASE("silence is described and loses the reply", "[faults]") {
    CHECK(describe(Silence{}) == "no reply");
    CHECK(loses_reply(Silence{}));
    CHECK(time_of(Silence{}) == 0s);
}

TEST_CASE("silence carries nothing and keeps the connection", "[faults]") {
    const HttpReply reply = hit_by(Silence{});
    CHECK(reply.delivery == Delivery{.end = Delivery::End::silence});
    CHECK(reply.body.empty());
}
