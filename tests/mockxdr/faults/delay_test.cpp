#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("a delay is one time, or two to draw between", "[faults]") {
    CHECK(read(R"({"delay": "2s"})") == ReplyFault(Delay{.least = 2s, .most = 2s}));
    CHECK(read(R"({"delay": {"least": "0s", "most": "1d"}})") ==
          ReplyFault(Delay{.least = 0s, .most = 24h}));
    CHECK(read(R"({"delay": {"least": "1s", "most": "1s"}})") ==
          ReplyFault(Delay{.least = 1s, .most = 1s}));
}

TEST_CASE("a delay that is none, or endless, or backwards is refused", "[faults]") {
    CHECK(wrong_with(R"({"delay": "0s"})") ==
          Texts{"1:11: the duration is zero (at /delay); expected 1ms or more"});
    CHECK(wrong_with(R"({"delay": "24h1ms"})") ==
          Texts{"1:11: the duration 1d1ms is longer than a day (at /delay); expected at most 1d"});
    CHECK(wrong_with(R"({"delay": 2})") ==
          Texts{"1:11: found an integer (at /delay); expected a duration such as \"90s\", \"15m\" "
                "or \"1h30m\""});
    CHECK(wrong_with(R"({"delay": {"least": "5s", "most": "1s"}})") ==
          Texts{"1:11: \"most\" is 1s, less than \"least\" (at /delay); expected \"most\" at 5s or "
                "above"});
    CHECK(wrong_with(R"({"delay": {"least": "-5s", "most": "2d", "mean": "1s"}})").size() == 3);
    CHECK(wrong_with(R"({"delay": {}})") ==
          Texts{"1:11: the key \"least\" is missing (at /delay); expected the shortest delay",
                "1:11: the key \"most\" is missing (at /delay); expected the longest delay"});
}

TEST_CASE("a delayed reply is the regular one, later", "[faults]") {
    const HttpReply reply = hit_by(Delay{.least = 2s, .most = 2s});
    check_same_content(reply);
    CHECK(reply.delivery == Delivery{.delay = 2s});
}

TEST_CASE("a delay is described and loses nothing but time", "[faults]") {
    CHECK(describe(Delay{.least = 2s, .most = 2s}) == "delay of 2s");
    CHECK(describe(Delay{.least = 1s, .most = 5s}) == "delay of 1s to 5s");
    CHECK_FALSE(loses_reply(Delay{.least = 2s, .most = 2s}));
    CHECK(time_of(Delay{.least = 2s, .most = 2s}) == 2s);
}
