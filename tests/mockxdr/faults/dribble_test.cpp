#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("a dribbled body is read from the size of its pieces and the time between", "[faults]") {
    CHECK(read(R"({"dribble": {"bytes": 100, "every": "10ms"}})") ==
          ReplyFault(Dribble{.bytes = 100, .every = 10ms}));
}

TEST_CASE("a dribbled body of another form is refused", "[faults]") {
    CHECK(wrong_with(R"({"dribble": "10ms"})") ==
          Texts{"1:13: found text (at /dribble); expected an object"});
    CHECK(wrong_with(R"({"dribble": {}})") ==
          Texts{"1:13: the key \"bytes\" is missing (at /dribble); expected the size of a piece",
                "1:13: the key \"every\" is missing (at /dribble); expected the time from one "
                "piece to the next"});
    CHECK(wrong_with(R"({"dribble": {"bytes": 0, "every": "0s", "for": "1s"}})") ==
          Texts{"1:23: 0 is out of range (at /dribble/bytes); expected an integer from 1 to "
                "1000000",
                "1:35: the duration is zero (at /dribble/every); expected 1ms or more",
                "1:41: unknown key 'for' (at /dribble/for); expected one of bytes, every"});
    CHECK(wrong_with(R"({"dribble": {"bytes": 1, "every": "25h"}})").size() == 1);
}

TEST_CASE("a dribbled body is that of the regular reply", "[faults]") {
    const Dribble fault{.bytes = 100, .every = 10ms};
    const HttpReply reply = hit_by(fault);
    check_same_content(reply);
    CHECK(reply.delivery == Delivery{.dribble = fault});
}

TEST_CASE("a dribbled body is described and loses nothing", "[faults]") {
    const Dribble fault{.bytes = 100, .every = 10ms};
    CHECK(describe(fault) == "body dribbled, 100 bytes every 10ms");
    CHECK_FALSE(loses_reply(fault));
    CHECK(time_of(fault) == 0s);
}
