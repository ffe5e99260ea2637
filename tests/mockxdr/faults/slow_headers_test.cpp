#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("slow headers are read from the time that they take", "[faults]") {
    CHECK(read(R"({"slow_headers": "5s"})") == ReplyFault(SlowHeaders{.over = 5s}));
}

TEST_CASE("slow headers that take no time, or too much, are refused", "[faults]") {
    CHECK(wrong_with(R"({"slow_headers": "0ms"})") ==
          Texts{"1:18: the duration is zero (at /slow_headers); expected 1ms or more"});
    CHECK(wrong_with(R"({"slow_headers": "-1s"})").size() == 1);
    CHECK(wrong_with(R"({"slow_headers": "2d"})") ==
          Texts{"1:18: the duration 2d is longer than a day (at /slow_headers); expected at most "
                "1d"});
    CHECK(wrong_with(R"({"slow_headers": true})").size() == 1);
}

TEST_CASE("slow headers are those of the regular reply", "[faults]") {
    const HttpReply reply = hit_by(SlowHeaders{.over = 5s});
    check_same_content(reply);
    CHECK(reply.delivery == Delivery{.slow_headers = 5s});
}

TEST_CASE("slow headers are described and lose nothing but time", "[faults]") {
    CHECK(describe(SlowHeaders{.over = 5s}) == "headers spread over 5s");
    CHECK_FALSE(loses_reply(SlowHeaders{.over = 5s}));
    CHECK(time_of(SlowHeaders{.over = 5s}) == 5s);
}
