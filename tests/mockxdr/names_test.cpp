#include "mockxdr/names.hpp"

#include <vector>

#include "print.hpp"

using namespace mockxdr;

TEST_CASE("a near miss is taken for the name that was meant", "[names]") {
    CHECK(nearest("statuss", std::vector<std::string_view>{"starred", "status"}) == "status");
    CHECK(nearest("creation_tme", std::vector<std::string_view>{"creation_time"}) ==
          "creation_time");
    CHECK_FALSE(nearest("zebra", std::vector<std::string_view>{"status", "starred"}));
    CHECK_FALSE(nearest("x", std::vector<std::string_view>{}));
}

TEST_CASE("a guess is one name, or all that there are", "[names]") {
    const std::vector<std::string_view> names{"status", "starred"};
    CHECK(guess("statuss", names) == "did you mean status?");
    CHECK(guess("zebra", names) == "expected one of status, starred");
    CHECK(guess_and_list("statuss", names) ==
          "did you mean status? expected one of status, starred");
    CHECK(guess_and_list("zebra", names) == "expected one of status, starred");
}
