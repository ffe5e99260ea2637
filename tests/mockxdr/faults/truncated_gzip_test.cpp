#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("a truncated gzip body is read from true and nothing else", "[faults]") {
    CHECK(read(R"({"truncated_gzip": true})") == ReplyFault(TruncatedGzip{}));
    CHECK(wrong_with(R"({"truncated_gzip": false})") ==
          Texts{"1:20: \"truncated_gzip\" is false (at /truncated_gzip); leave it out or set it to "
                "true"});
    CHECK(wrong_with(R"({"truncated_gzip": 1})") ==
          Texts{"1:20: found an integer (at /truncated_gzip); expected true or false"});
}

TEST_CASE("a truncated gzip body is described and loses the reply", "[faults]") {
    CHECK(describe(TruncatedGzip{}) == "gzip body truncated");
    CHECK(loses_reply(TruncatedGzip{}));
    CHECK(time_of(TruncatedGzip{}) == 0s);
}

TEST_CASE("a truncated gzip body is that of the regular reply", "[faults]") {
    const HttpReply reply = hit_by(TruncatedGzip{});
    check_same_content(reply);
    CHECK(reply.delivery == Delivery{.truncated_gzip = true});
}
