#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("a wrong length is read with its sign", "[faults]") {
    CHECK(read(R"({"wrong_length": 10})") == ReplyFault(WrongLength{.by = 10}));
    CHECK(read(R"({"wrong_length": -1000000})") == ReplyFault(WrongLength{.by = -1'000'000}));
}

TEST_CASE("a wrong length of nothing, or of too much, is refused", "[faults]") {
    CHECK(wrong_with(R"({"wrong_length": 0})") ==
          Texts{"1:18: a length that is wrong by 0 is right (at /wrong_length); expected how many "
                "bytes Content-Length says too many, or with - too few"});
    CHECK(wrong_with(R"({"wrong_length": 1000001})") ==
          Texts{"1:18: 1000001 is out of range (at /wrong_length); expected an integer from "
                "-1000000 to 1000000"});
    CHECK(wrong_with(R"({"wrong_length": "10"})").size() == 1);
}

TEST_CASE("a wrong length leaves the reply as it is", "[faults]") {
    const HttpReply reply = hit_by(WrongLength{.by = -3});
    check_same_content(reply);
    CHECK(reply.delivery == Delivery{.wrong_length = -3});
}

TEST_CASE("a wrong length is described and loses the reply", "[faults]") {
    CHECK(describe(WrongLength{.by = 10}) == "Content-Length 10 too large");
    CHECK(describe(WrongLength{.by = -3}) == "Content-Length 3 too small");
    CHECK(loses_reply(WrongLength{.by = 10}));
    CHECK(loses_reply(WrongLength{.by = -3}));
    CHECK(time_of(WrongLength{.by = 10}) == 0s);
}
