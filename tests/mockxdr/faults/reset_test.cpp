#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("a reset says whether the server has seen the request", "[faults]") {
    CHECK(read(R"({"reset": true})") == ReplyFault(Reset{.seen = Reset::Seen::yes}));
    CHECK(read(R"({"reset": "after_seen"})") == ReplyFault(Reset{.seen = Reset::Seen::yes}));
    CHECK(read(R"({"reset": "before_seen"})") == ReplyFault(Reset{.seen = Reset::Seen::no}));
}

TEST_CASE("a reset of another form is refused", "[faults]") {
    CHECK(wrong_with(R"({"reset": false})") ==
          Texts{"1:11: \"reset\" is false (at /reset); leave it out or set it to true"});
    CHECK(wrong_with(R"({"reset": "before"})") ==
          Texts{"1:11: unknown reset 'before' (at /reset); expected true, \"before_seen\" or "
                "\"after_seen\""});
    CHECK(wrong_with(R"({"reset": 1})") ==
          Texts{"1:11: found an integer (at /reset); expected true, \"before_seen\" or "
                "\"after_seen\""});
}

TEST_CASE("a reset connection carries nothing", "[faults]") {
    const HttpReply reply = hit_by(Reset{});
    CHECK(reply.delivery == Delivery{.end = Delivery::End::reset});
    CHECK(reply.body.empty());
    CHECK(reply.tag.empty());
    CHECK(hit_by(Reset{.seen = Reset::Seen::no}).delivery.end == Delivery::End::reset);
}

TEST_CASE("a reset is described and loses the reply", "[faults]") {
    CHECK(describe(Reset{}) == "connection reset");
    CHECK(describe(Reset{.seen = Reset::Seen::no}) ==
          "connection reset before the request was seen");
    CHECK(loses_reply(Reset{}));
    CHECK(loses_reply(Reset{.seen = Reset::Seen::no}));
}
