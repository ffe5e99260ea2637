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

TEST_CASE("a number beyond a double is refused where it starts", "[json]") {
    const xdr::Problem problem = problem_of([] { parsed("{\"a\": [1,\n 1e400, 2]}"); });
    CHECK(problem.where == "2:2");
    CHECK(problem.what == "the number is too large");
    CHECK(problem.hint == "write 1.7e308 at most");
    CHECK(parsed("1e-400") == Value(0.0));
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

TEST_CASE("a byte that is not UTF-8 is written as U+FFFD, and none is lost", "[json]") {
    const auto [text, written] = GENERATE(table<std::string, std::string>({
        {"a\xFFz", R"("a\ufffdz")"},
        {"\x80\xBF", R"("\ufffd\ufffd")"},
        {"\xC3", R"("\ufffd")"},
        {"\xC3\"", R"("\ufffd\"")"},
        {"\xE2\x82", R"("\ufffd\ufffd")"},
        {"\xE2\x82z", R"("\ufffd\ufffdz")"},
        {"\xF0\x9F\x98", R"("\ufffd\ufffd\ufffd")"},
        {"\xC0\xAF", R"("\ufffd\ufffd")"},
        {"\xE0\x80\xAF", R"("\ufffd\ufffd\ufffd")"},
        {"\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")"},
        {"\xF4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
        {"\xF5\x80", R"("\ufffd\ufffd")"},
        {"\xEF\xBF\xBF \xF4\x8F\xBF\xBF", R"("\uffff \udbff\udfff")"},
    }));
    CHECK(write(Value(text)) == written);
}

TEST_CASE("a text is cut between two characters", "[json]") {
    const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    const auto sizes = [](const std::string& of) {
        std::vector<std::size_t> out;
        for (std::size_t most = 0; most <= of.size() + 1; ++most)
            out.push_back(cut(of, most).size());
        return out;
    };
    CHECK(sizes(text) == std::vector<std::size_t>{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10});
    // What is no text at all is cut all the same.
    CHECK(cut("\x80\x80\x80\x80\x80\x80\x80\x80", 6).size() == 3);
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
