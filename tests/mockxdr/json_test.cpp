#include "mockxdr/json.hpp"

#include <rapidcheck.h>

#include "print.hpp"
#include "property.hpp"

using namespace mockxdr::json;

namespace Catch {
template <>
struct StringMaker<Position> {
    static std::string convert(Position at) {
        return std::to_string(at.line) + ":" + std::to_string(at.column);
    }
};
}  // namespace Catch

namespace {

Value parsed(std::string_view text) { return parse(text, Comments::allowed).root; }

}  // namespace

TEST_CASE("each value knows where it starts", "[json]") {
    const Value root =
        parsed("{ // a comment\n  \"a\": [1, 2.5e3, /* and */ null],\n\t\"b\":true}");
    CHECK(root.at() == Position{1, 1});
    const Array& a = *root.find("a")->get_if<Array>();
    CHECK(root.find("a")->at() == Position{2, 8});
    CHECK(a[0].at() == Position{2, 9});
    CHECK(a[1].at() == Position{2, 12});
    CHECK(a[2].at() == Position{2, 29});
    CHECK(root.find("b")->at() == Position{3, 6});
    CHECK(root.get_if<Object>()->back().at == Position{3, 2});
}

TEST_CASE("a string with quotes and comment signs is one token", "[json]") {
    const Value root = parsed(R"(["a\"//b", "/*", 7])");
    CHECK((*root.get_if<Array>())[2].at() == Position{1, 18});
}

TEST_CASE("duplicate keys are found where they stand", "[json]") {
    const Document document = parse(
        "{\"a\": {\"x\": 1},\n \"b\": [{\"k/\": 1, \"k/\": 2}],\n \"a\": 3}", Comments::refused);
    REQUIRE(document.duplicates.size() == 2);
    CHECK(document.duplicates[0].pointer == "/b/0/k~1");
    CHECK(document.duplicates[0].at == Position{2, 18});
    CHECK(document.duplicates[1].pointer == "/a");
    CHECK(document.duplicates[1].at == Position{3, 2});
}

TEST_CASE("text that is not JSON is refused with its position", "[json]") {
    const auto [text, where] = GENERATE(table<std::string, std::string>({
        {"", "1:1"},
        {"{\"a\": }", "1:7"},
        {"{\"a\": 1,\n}", "2:1"},
        {"[1", "1:3"},
        {"{\n \"a\": tru\n}", "2:10"},
        {"\"\xff\"", "1:2"},
        {"// comment\n1", "1:1"},
    }));
    CAPTURE(text);
    const xdr::Problem problem = problem_of([&] { parse(text, Comments::refused); });
    CHECK(problem.where == where);
    CHECK(problem.what.starts_with("not JSON: "));
}

TEST_CASE("nesting that could overflow the stack is refused", "[json]") {
    const std::string deep(200'000, '[');
    CHECK(problem_of([&] { parse(deep, Comments::refused); }).what ==
          "nested deeper than 256 levels");
    const std::string fine = std::string(256, '[') + std::string(256, ']');
    CHECK(write(parsed(fine)) == fine);
}

TEST_CASE("values are written as Python's json.dumps writes them", "[json]") {
    CHECK(write(parsed(R"({"a":1,"b":[true,null,"x"],"c":{}})")) ==
          R"({"a": 1, "b": [true, null, "x"], "c": {}})");
    CHECK(write(Value("\"\\/\b\f\n\r\t\x01\x7f")) == R"("\"\\/\b\f\n\r\t\u0001\u007f")");
    CHECK(write(Value("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80")) ==
          R"("\u00e9 \u20ac \ud83d\ude00")");
    CHECK(write(Value(1.5)) == "1.5");
    CHECK(write(parsed("18446744073709551615")) == "1.8446744073709552e+19");
    CHECK(write(parsed("-9223372036854775808")) == "-9223372036854775808");
}

TEST_CASE("kinds have names for messages", "[json]") {
    CHECK(kind_of(parsed("null")) == "null");
    CHECK(kind_of(parsed("false")) == "false");
    CHECK(kind_of(parsed("1")) == "an integer");
    CHECK(kind_of(parsed("1.5")) == "a number");
    CHECK(kind_of(parsed("\"\"")) == "text");
    CHECK(kind_of(parsed("[]")) == "an array");
    CHECK(kind_of(parsed("{}")) == "an object");
}

TEST_CASE("what is written is read back as it was", "[json][property]") {
    require_property("json round trip", [] {
        const auto text = *rc::gen::container<std::string>(
            rc::gen::oneOf(rc::gen::inRange<char>(0x01, 0x7f), rc::gen::element('"', '\\', '\n')));
        const auto number = *rc::gen::arbitrary<std::int64_t>();
        const Value value(Object{{text, Value(Array{Value(number), Value(text)}), {}}});
        RC_ASSERT(parsed(write(value)) == value);
    });
}
