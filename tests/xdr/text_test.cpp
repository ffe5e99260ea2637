#include "xdr/text.hpp"

#include <catch2/catch.hpp>

TEST_CASE("digits are one or more decimal ones", "[text]") {
    for (const char* text : {"0", "007", "98765432109876543210"}) CHECK(xdr::is_digits(text));
    for (const char* text : {"", " 1", "1a", "-1", "1.0", "\xD9\xA1"})
        CHECK_FALSE(xdr::is_digits(text));
}

TEST_CASE("what a terminal would obey is a control character", "[text]") {
    for (const char c : {'\0', '\t', '\n', '\r', '\x1B', '\x1F', '\x7F'}) CHECK(xdr::is_control(c));
    for (const char c : {' ', 'a', '~', '\x80', '\xFF'}) CHECK_FALSE(xdr::is_control(c));
}

TEST_CASE("a blank text says nothing", "[text]") {
    for (const char* text : {"", " ", "   "}) CHECK(xdr::is_blank(text));
    for (const char* text : {"a", " a ", "\t"}) CHECK_FALSE(xdr::is_blank(text));
}

TEST_CASE("one of a thing has no s", "[text]") {
    CHECK(xdr::counted(0, "run") == "0 runs");
    CHECK(xdr::counted(1, "run") == "1 run");
    CHECK(xdr::counted(2, "run") == "2 runs");
    CHECK(xdr::counted(-1, "run") == "-1 runs");
}
