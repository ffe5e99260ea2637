#include "xdr/error.hpp"

#include "print.hpp"

TEST_CASE("an error says where, what and what to do", "[error]") {
    const xdr::Error error({.where = "a.json:3:7", .what = "no time", .hint = "write one"});
    CHECK(std::string(error.what()) == "a.json:3:7: no time; write one");
    CHECK(error.problem().what == "no time");
    CHECK(error.blame() == xdr::Blame::input);
}

TEST_CASE("empty parts of an error leave no trace", "[error]") {
    CHECK(to_string(xdr::Problem{.where = "", .what = "no time", .hint = ""}) == "no time");
    CHECK(to_string(xdr::Problem{.where = "x", .what = "no time", .hint = ""}) == "x: no time");
    CHECK(to_string(xdr::Problem{.where = "", .what = "no", .hint = "do"}) == "no; do");
}
