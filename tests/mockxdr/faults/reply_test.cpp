#include "fault_reading.hpp"

using namespace mockxdr;

namespace {

const std::string all =
    "expected one of status, error_object, reset, cut, wrong_length, truncated_gzip, "
    "invalid_json, delay, slow_headers, dribble, silence";

}  // namespace

TEST_CASE("a reply names exactly one fault", "[faults]") {
    CHECK(wrong_with("{}") == Texts{"1:1: the reply names no fault (at ); " + all});
    CHECK(wrong_with(R"({"delay": "1s", "status": 500})") ==
          Texts{"1:1: the reply names more than one fault (at ); " + all});
    CHECK(wrong_with(R"({"cut": true, "reset": true, "silence": true})").size() == 1);
}

TEST_CASE("a reply that is no object is refused once", "[faults]") {
    CHECK(wrong_with(R"("reset")") == Texts{"1:1: found text (at ); expected an object"});
}

TEST_CASE("a misspelt fault is all that is wrong with its reply", "[faults]") {
    CHECK(wrong_with(R"({"delai": "1s"})") ==
          Texts{"1:2: unknown key 'delai' (at /delai); did you mean delay? expected one of body, "
                "cut, delay, dribble, error_object, headers, invalid_json, reset, retry_after, "
                "silence, slow_headers, status, truncated_gzip, wrong_length"});
}
