#include <algorithm>

#include "mockxdr/keys.hpp"
#include "print.hpp"

using namespace mockxdr;

namespace {

ApiKeys read(std::string_view text) { return read_api_keys(text, "keys.json", "1"); }

std::string refusal(std::string_view text) {
    return to_string(problem_of([&] { read(text); }));
}

/// `id level permission`, and whether that secret is the key's.
std::string told(const ApiKeys& keys, const std::string& id, const std::string& secret) {
    const ApiKey& key = keys.at(id);
    const std::map<Permission, std::string> permissions{{Permission::ordinary, " ordinary"},
                                                        {Permission::full, " full"},
                                                        {Permission::limited, " limited"}};
    return id + (key.level() == KeyLevel::standard ? " standard" : " advanced") +
           permissions.at(key.permission()) + (key.is_secret(secret) ? " opens" : " other");
}

}  // namespace

TEST_CASE("one line is a standard key with the default id", "[keys]") {
    const auto text = GENERATE(as<std::string>(), "secret", "secret\n", "  secret\t\r\n\n",
                               "\n\nsecret", "\xEF\xBB\xBFsecret\r\n");
    CAPTURE(text);
    const ApiKeys keys = read(text);
    CHECK(keys.size() == 1);
    CHECK(told(keys, "1", "secret") == "1 standard ordinary opens");
}

TEST_CASE("blanks within a key of one line stay", "[keys]") {
    CHECK(told(read(" open sesame \n"), "1", "open sesame") == "1 standard ordinary opens");
}

TEST_CASE("a JSON array gives each key its id, level and role", "[keys]") {
    const ApiKeys keys = read(R"(
      // for the tests of the collector
      [
        { "id": "7", "key": "a" },
        { "id": "8", "key": "b", "level": "advanced" },
        { "role": "limited", "level": "standard", "key": "c", "id": "reader" },
        { "id": "9", "key": "a", "level": "advanced", "role": "full" },
        { "id": "10", "key": "d", "role": "ordinary" }
      ])");
    CHECK(keys.size() == 5);
    CHECK(told(keys, "7", "a") == "7 standard ordinary opens");
    CHECK(told(keys, "8", "b") == "8 advanced ordinary opens");
    CHECK(told(keys, "reader", "c") == "reader standard limited opens");
    CHECK(told(keys, "9", "a") == "9 advanced full opens");
    CHECK(told(keys, "10", "d") == "10 standard ordinary opens");
    CHECK(told(keys, "9", "A") == "9 advanced full other");
}

TEST_CASE("a byte order mark and comments may go before a JSON array", "[keys]") {
    CHECK(read("\xEF\xBB\xBF[{\"id\": \"7\", \"key\": \"a\"}]").contains("7"));
    CHECK(read("/* a */ // b\n[{\"id\": \"7\", \"key\": \"a\"}]").contains("7"));
}

TEST_CASE("a file that is no single key is refused", "[keys]") {
    const auto [text, why] = GENERATE(table<std::string, std::string>({
        {"", "the file holds no key"},
        {" \r\n\t", "the file holds no key"},
        {"a\nb", "the file has more than one line"},
        {"a\r\n\r\nb\r\n", "the file has more than one line"},
        {"a\tb", "the key holds a control character"},
        {std::string("a\0b", 3), "the key holds a control character"},
    }));
    CHECK(refusal(text) ==
          "keys.json: " + why + "; expected one key alone on a line, or a JSON array of keys");
}

TEST_CASE("a JSON key file that is wrong is refused at the place", "[keys]") {
    const std::string missing = "; expected \"id\" and \"key\" in each object";
    const std::string header = "; expected what clients send in a header";
    const auto [text, why] = GENERATE_COPY(table<std::string, std::string>({
        {"[", "1:2: not JSON; expected an array of keys, or one key alone in the file"},
        {R"({"id": "7", "key": "a"})",
         "1:1: found an object; expected an array of keys such as [{\"id\": \"1\", \"key\": "
         "\"…\"}]"},
        {" []", "1:2: there are no keys; expected at least one"},
        {"[\n  \"a\"]",
         "2:3: found text; expected an object such as {\"id\": \"1\", \"key\": \"…\"}"},
        {R"([{"key": "a"}])", "1:2: the member \"id\" is missing" + missing},
        {R"([{"id": "7"}])", "1:2: the member \"key\" is missing" + missing},
        {R"([{"id": 7, "key": "a"}])", "1:9: found an integer; expected text"},
        {R"([{"id": "7", "key": null}])", "1:21: found null; expected text"},
        {R"([{"id": "", "key": "a"}])", "1:9: the id is empty" + header},
        {R"([{"id": "7", "key": ""}])", "1:21: the key is empty" + header},
        {R"([{"id": "7", "key": "a "}])", "1:21: the key starts or ends with a blank" + header},
        {R"([{"id": "7", "key": "a\u0000b"}])", "1:21: the key holds a control character" + header},
        {R"([{"id": "7", "key": "a", "level": "advance"}])",
         "1:35: unknown level; did you mean advanced? expected one of standard, advanced"},
        {R"([{"id": "7", "key": "a", "role": true}])", "1:34: found true; expected text"},
        {R"([{"id": "7", "key": "a", "role": "viewer"}])",
         "1:34: unknown role; expected one of ordinary, full, limited"},
        {R"([{"id": "7", "kay": "a"}])",
         "1:14: unknown member; did you mean key? expected one of id, key, level, role"},
        {R"([{"id": "7", "key": "a", "id": "8"}])",
         "1:26: the member stands twice in one object; keep one of the two"},
        {"[{\"id\": \"7\", \"key\": \"a\"},\n {\"id\": \"7\", \"key\": \"b\"}]",
         "2:9: another key has this id; give each key its own id"},
    }));
    CHECK(refusal(text) == "keys.json:" + why);
}

TEST_CASE("no refusal of a key file tells what may be a key", "[keys]") {
    const std::string secret = "s3cr3t";
    const auto form = GENERATE(
        as<std::string>(), "#\n#", "#\t#", "[\"#\"]", "[#]", "[{\"id\" #", "[{\"#\": \"7\"}]",
        "[{\"key\": \"#\"}]", "{\"7\": \"#\"}", "[{\"id\": \"7\", \"key\": \"#\", \"#\": \"#\"}]",
        "[{\"id\": \"7\", \"key\": \"#\", \"level\": \"#\"}]",
        "[{\"id\": \"7\", \"key\": \"#\", \"key\": \"#\"}]", "[{\"id\": \"7\", \"key\": \" #\"}]",
        "[{\"id\": \"#\", \"key\": \"\"}]",
        "[{\"id\": \"#\", \"key\": \"7\"}, {\"id\": \"#\", \"key\": \"8\"}]",
        "[{\"id\": \"7\", \"key\": \"#\n\"}]");
    std::string text;
    for (const char c : form) text += c == '#' ? secret : std::string(1, c);
    CAPTURE(text);
    CHECK(refusal(text).find(secret) == std::string::npos);
}
