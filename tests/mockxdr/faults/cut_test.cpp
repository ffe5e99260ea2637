#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("a cut reply is read from true and nothing else", "[faults]") {
    CHECK(read(R"({"cut": true})") == ReplyFault(Cut{}));
    CHECK(wrong_with(R"({"cut": false})") ==
          Texts{"1:9: \"cut\" is false (at /cut); leave it out or set it to true"});
    CHECK(wrong_with(R"({"cut": 1})") ==
          Texts{"1:9: found an integer (at /cut); expected true or false"});
}

TEST_CASE("a cut reply is described and loses the reply", "[faults]") {
    CHECK(describe(Cut{}) == "reply cut");
    CHECK(loses_reply(Cut{}));
    CHECK(time_of(Cut{}) == 0s);
}

TEST_CASE("a cut reply is the regular one, and its end is missing", "[faults]") {
    const HttpReply reply = hit_by(Cut{});
    check_same_content(reply);
    CHECK(reply.delivery == Delivery{.end = Delivery::End::cut});
}
