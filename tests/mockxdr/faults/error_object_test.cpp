#include "fault_reading.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

TEST_CASE("an error object is read whole, and its parts have defaults", "[faults]") {
    CHECK(read(R"({"error_object": {"err_code": 404, "err_msg": "no", "err_extra": [1, "a"]}})") ==
          ReplyFault(
              ErrorObject{.err_code = 404, .err_msg = "no", .err_extra = json::Array{1, "a"}}));
    CHECK(read(R"({"error_object": {}})") ==
          ReplyFault(ErrorObject{.err_code = 500,
                                 .err_msg = "An error occurred while processing XDR public API",
                                 .err_extra = json::Null{}}));
}

TEST_CASE("an error object of another form is refused", "[faults]") {
    CHECK(wrong_with(R"({"error_object": true})") ==
          Texts{"1:18: found true (at /error_object); expected an object"});
    CHECK(wrong_with(R"({"error_object": {"err_code": "500", "err_msg": 7, "err_extr": ""}})") ==
          Texts{"1:31: found text (at /error_object/err_code); expected an integer from 0 to 99999",
                "1:49: found an integer (at /error_object/err_msg); expected text",
                "1:52: unknown key 'err_extr' (at /error_object/err_extr); did you mean "
                "err_extra? expected one of err_code, err_extra, err_msg"});
    CHECK(wrong_with(R"({"error_object": {"err_code": 100000}})").size() == 1);
}

TEST_CASE("an error object has status 200 and takes the place of the reply", "[faults]") {
    const ErrorObject fault{.err_code = 500, .err_msg = "no", .err_extra = json::Array{"a"}};
    const HttpReply reply = hit_by(fault);
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"reply": {"err_code": 500, "err_msg": "no", "err_extra": ["a"]}})");
    CHECK(reply.date == regular_reply().date);
    CHECK(reply.tag.empty());
    CHECK(reply.headers.empty());
    CHECK(reply.delivery == Delivery{});
    CHECK(hit_by(fault, {.error_form = ErrorForm::flat}).body ==
          R"({"err_code": "500", "err_msg": "no", "err_extra": ["a"]})");
}

TEST_CASE("an error object is described by its code and loses the reply", "[faults]") {
    const ErrorObject fault{.err_code = 404, .err_msg = "no", .err_extra = json::Null{}};
    CHECK(describe(fault) == "error object 404 with status 200");
    CHECK(loses_reply(fault));
    CHECK(time_of(fault) == 0s);
}
