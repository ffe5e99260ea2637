#include "mockxdr/keys.hpp"

#include <rapidcheck.h>

#include "print.hpp"
#include "property.hpp"
#include "sha256.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const std::string nonce(64, 'n');

std::string text_of(TimePoint time) { return std::to_string(time.time_since_epoch().count()); }

/// What a client that follows the API's page sends with an advanced key.
Credentials advanced(const std::string& secret, TimePoint time, const std::string& with = nonce) {
    return {.authorization = sha256_hex(secret + with + text_of(time)),
            .auth_id = "2",
            .nonce = with,
            .timestamp = text_of(time)};
}

Credentials standard(const std::string& secret) {
    return {.authorization = secret, .auth_id = "1", .nonce = "", .timestamp = ""};
}

struct Fixture {
    Keyring keyring = keyring_of({});

    static Keyring keyring_of(const AuthOptions& options) {
        ApiKeys keys;
        keys.emplace("1", ApiKey("open sesame"));
        keys.emplace("2", ApiKey("mellon", KeyLevel::advanced, Permission::limited));
        return Keyring(std::move(keys), options);
    }

    /// `in as ` and the key's id, or why not.
    std::string check(const Credentials& given, TimePoint now = noon) {
        return outcome(keyring, given, now);
    }

    static std::string outcome(Keyring& keyring, const Credentials& given, TimePoint now) {
        const auto result = keyring.check(given, now);
        if (const auto* caller = std::get_if<Caller>(&result)) {
            keyring.use_up(*caller, given, now);
            return "in as " + caller->key_id;
        }
        return std::get<Denied>(result).why;
    }
};

}  // namespace

TEST_CASE("SHA-256 has the published values", "[keys]") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("the hash that docs/keys.md computes opens its key", "[keys]") {
    const ApiKey key("mockxdr-test-key", KeyLevel::advanced);
    CHECK(key.matches(
        {.authorization = "6656cd6b6e43a3d36a1e6b44c40012e46203b45576be7a0c3dc5279a94926685",
         .auth_id = "2",
         .nonce = "Zk3vR8pLq1XwT6yBn0HsD4cJf9UmA2eG",
         .timestamp = "1704110400000"}));
}

TEST_CASE("an empty key matches nothing but itself", "[keys]") {
    CHECK_FALSE(ApiKey("").matches(standard("x")));
    CHECK(ApiKey("").matches(standard("")));
    CHECK_FALSE(ApiKey("key").matches(standard("")));
}

TEST_CASE_METHOD(Fixture, "a standard key with its id gets in", "[keys]") {
    CHECK(check(standard("open sesame")) == "in as 1");
    const auto caller = std::get<Caller>(keyring.check(standard("open sesame"), noon));
    CHECK((caller.permission == Permission::ordinary));
}

TEST_CASE_METHOD(Fixture, "an advanced key's hash gets in, with its permission", "[keys]") {
    CHECK(check(advanced("mellon", noon)) == "in as 2");
    const auto caller = std::get<Caller>(keyring.check(advanced("mellon", noon), noon));
    CHECK((caller.permission == Permission::limited));
}

TEST_CASE_METHOD(Fixture, "a standard key with the headers of an advanced one gets in", "[keys]") {
    Credentials given = standard("open sesame");
    given.nonce = nonce;
    given.timestamp = "long ago";
    CHECK(check(given) == "in as 1");
}

TEST_CASE_METHOD(Fixture, "a wrong standard key is kept out, with the usual mistakes named",
                 "[keys]") {
    const std::string mismatch = "the key does not match";
    const std::string hashed =
        "the key is standard, but its hash was sent; expected the key itself";
    const auto [sent, why] = GENERATE_COPY(table<std::string, std::string>({
        {"", "Authorization is missing"},
        {"open sesam", mismatch},
        {"open sesame ", mismatch},
        {"Open sesame", mismatch},
        {"open sesameopen sesame", mismatch},
        {"mellon", mismatch},
        {"Bearer open sesame",
         "Authorization starts with Bearer; expected the key or its hash alone"},
        {sha256_hex("open sesame"), hashed},
    }));
    CHECK(check(standard(sent)) == why);
}

TEST_CASE_METHOD(Fixture, "a standard key's id does not take the hash of an advanced key",
                 "[keys]") {
    Credentials given = advanced("open sesame", noon);
    given.auth_id = "1";
    CHECK(check(given) == "the key is standard, but its hash was sent; expected the key itself");
}

TEST_CASE_METHOD(Fixture, "an advanced key's id takes nothing but the hash", "[keys]") {
    const std::string expected = "; expected the SHA-256 of key, nonce and timestamp";
    std::string capitals = advanced("mellon", noon).authorization;
    for (char& c : capitals)
        if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    const auto [sent, why] = GENERATE_COPY(table<std::string, std::string>({
        {"", "Authorization is missing"},
        {"mellon", "the key is advanced, but it was sent as it is" + expected},
        {sha256_hex("mellon"), "the hash is that of the key alone" + expected},
        {capitals, "the hash is in capitals; expected lower case"},
        {advanced("melon", noon).authorization, "the key does not match"},
        {advanced("mellon", noon + 1ms).authorization, "the key does not match"},
        {advanced("mellon", noon, "other").authorization, "the key does not match"},
    }));
    Credentials given = advanced("mellon", noon);
    given.authorization = sent;
    CHECK(check(given) == why);
}

TEST_CASE_METHOD(Fixture, "an advanced key needs its nonce and its timestamp", "[keys]") {
    CHECK(check(advanced("mellon", noon, "")) == "the key is advanced: x-xdr-nonce is missing");
    Credentials given = advanced("mellon", noon);
    given.timestamp = "";
    given.authorization = sha256_hex("mellon" + nonce);
    CHECK(check(given) == "the key is advanced: x-xdr-timestamp is missing");
}

TEST_CASE_METHOD(Fixture, "a nonce may be of any alphabet", "[keys]") {
    CHECK(check(advanced("mellon", noon, "x")) == "in as 2");
    CHECK(check(advanced("mellon", noon, "0f \t~\xC3\xA9")) == "in as 2");
}

TEST_CASE_METHOD(Fixture, "a timestamp may be off by the tolerance and no more", "[keys]") {
    const auto [skew, why] = GENERATE(table<Millis, std::string>({
        {-5min, "in as 2"},
        {5min, "in as 2"},
        {-5min - 1s, "x-xdr-timestamp is 5m1s behind the server's clock, 5m are allowed"},
        {5min + 1ms, "x-xdr-timestamp is 5m1ms ahead of the server's clock, 5m are allowed"},
    }));
    CHECK(check(advanced("mellon", noon + skew)) == why);
}

TEST_CASE("the tolerance is the scenario's", "[keys]") {
    Keyring exact = Fixture::keyring_of({.tolerance = 0ms});
    CHECK(Fixture::outcome(exact, advanced("mellon", noon), noon) == "in as 2");
    CHECK(Fixture::outcome(exact, advanced("mellon", noon - 1ms), noon) ==
          "x-xdr-timestamp is 1ms behind the server's clock, 0s are allowed");
    Keyring wide = Fixture::keyring_of({.tolerance = 24h});
    CHECK(Fixture::outcome(wide, advanced("mellon", noon - 24h), noon) == "in as 2");
}

TEST_CASE_METHOD(Fixture, "a timestamp that counts no milliseconds is kept out", "[keys]") {
    const std::string no_number = "x-xdr-timestamp is no number of milliseconds since 1970";
    const auto [sent, why] = GENERATE_COPY(table<std::string, std::string>({
        {"1704110400", "x-xdr-timestamp is in seconds; expected milliseconds since 1970"},
        {"1704110400000.0", no_number},
        {"-1704110400000", no_number},
        {" 1704110400000", no_number},
        {"2024-01-01T12:00:00Z", no_number},
        {"99999999999999999999", no_number},
    }));
    Credentials given = advanced("mellon", noon);
    given.timestamp = sent;
    given.authorization = sha256_hex("mellon" + nonce + sent);
    CHECK(check(given) == why);
    given.timestamp = std::string(18, '9');
    given.authorization = sha256_hex("mellon" + nonce + given.timestamp);
    CHECK(check(given).ends_with("ahead of the server's clock, 5m are allowed"));
}

TEST_CASE_METHOD(Fixture, "an id that no key has is kept out, and is told without a secret",
                 "[keys]") {
    const auto [id, why] = GENERATE(table<std::string, std::string>({
        {"", "x-xdr-auth-id is missing"},
        {"7", "no key has the id '7'"},
        {"1\n2", "no key has the id that was sent, of 3 bytes"},
        {"s3cr3t", "no key has the id that was sent, of 6 bytes"},
        {std::string(21, '7'), "no key has the id that was sent, of 21 bytes"},
        {"open sesame", "x-xdr-auth-id holds a key; expected the key's id"},
        {"mellon", "x-xdr-auth-id holds a key; expected the key's id"},
        {std::string(64, 'a'), "no key has the id that was sent, of 64 bytes"},
    }));
    CHECK(check({.authorization = "1", .auth_id = id, .nonce = "", .timestamp = ""}) == why);
}

TEST_CASE("a keyring without keys lets nobody in", "[keys]") {
    Keyring keyring({}, {});
    CHECK(Fixture::outcome(keyring, standard(""), noon) == "no key has the id '1'");
}

TEST_CASE_METHOD(Fixture, "a nonce may come again", "[keys]") {
    CHECK(check(advanced("mellon", noon)) == "in as 2");
    CHECK(check(advanced("mellon", noon), noon + 5min) == "in as 2");
}

TEST_CASE("a single-use nonce comes once within the tolerance", "[keys]") {
    Keyring keyring = Fixture::keyring_of({.tolerance = 5min, .single_use_nonce = true});
    const auto send = [&](TimePoint timestamp, TimePoint now, const std::string& with = nonce) {
        return Fixture::outcome(keyring, advanced("mellon", timestamp, with), now);
    };
    const std::string used = "the nonce was used before";
    CHECK(send(noon - 5min, noon) == "in as 2");
    CHECK(send(noon, noon) == used);
    CHECK(send(noon, noon, "another") == "in as 2");
    CHECK(send(noon + 5min, noon + 5min) == used);
    CHECK(send(noon + 5min, noon + 5min + 1ms) == "in as 2");

    // From ahead, the same request passes the clock for twice the tolerance.
    CHECK(send(noon + 5min, noon, "ahead") == "in as 2");
    CHECK(send(noon + 5min, noon + 10min, "ahead") == used);
}

TEST_CASE("a request that is kept out uses no nonce up", "[keys]") {
    Keyring keyring = Fixture::keyring_of({.single_use_nonce = true});
    const auto send = [&](const Credentials& given) {
        return Fixture::outcome(keyring, given, noon);
    };
    CHECK(send(advanced("melon", noon)) == "the key does not match");
    CHECK(send(advanced("mellon", noon - 1h)) != "in as 2");
    CHECK(send(advanced("mellon", noon)) == "in as 2");
}

TEST_CASE("a nonce is not used before somebody says so", "[keys]") {
    Keyring keyring = Fixture::keyring_of({.single_use_nonce = true});
    const Credentials given = advanced("mellon", noon);
    for (int i = 0; i < 2; ++i) CHECK(std::holds_alternative<Caller>(keyring.check(given, noon)));
    CHECK(Fixture::outcome(keyring, given, noon) == "in as 2");
    CHECK(std::holds_alternative<Denied>(keyring.check(given, noon)));
}

TEST_CASE("single-use nonces are each key's own, and none to a standard key", "[keys]") {
    ApiKeys keys;
    keys.emplace("1", ApiKey("open sesame"));
    keys.emplace("2", ApiKey("mellon", KeyLevel::advanced));
    keys.emplace("3", ApiKey("mellon", KeyLevel::advanced));
    Keyring keyring(std::move(keys), {.single_use_nonce = true});
    Credentials given = advanced("mellon", noon);
    CHECK(Fixture::outcome(keyring, given, noon) == "in as 2");
    given.auth_id = "3";
    CHECK(Fixture::outcome(keyring, given, noon) == "in as 3");
    given.auth_id = "1";
    given.authorization = "open sesame";
    CHECK(Fixture::outcome(keyring, given, noon) == "in as 1");
    CHECK(Fixture::outcome(keyring, given, noon) == "in as 1");
}

TEST_CASE("single-use nonces beyond the most are forgotten, the oldest first", "[keys]") {
    Keyring keyring = Fixture::keyring_of({.single_use_nonce = true});
    const auto send = [&](const std::string& with, TimePoint now) {
        return Fixture::outcome(keyring, advanced("mellon", now, with), now);
    };
    REQUIRE(send("first", noon) == "in as 2");
    REQUIRE(send("second", noon + 1ms) == "in as 2");
    std::size_t let_in = 2;
    for (; let_in <= Keyring::most_nonces; ++let_in)
        if (send(std::to_string(let_in), noon + 2ms) != "in as 2") break;
    CHECK(let_in == Keyring::most_nonces + 1);
    CHECK(send("second", noon + 2ms) == "the nonce was used before");
    CHECK(send("first", noon + 2ms) == "in as 2");
}

TEST_CASE("advanced keys open to their hash near the clock and to nothing else",
          "[keys][property]") {
    require_property("who knows the secret and the time gets in, with one thing wrong not", [] {
        const auto secret = *rc::gen::nonEmpty<std::string>();
        const auto with = *rc::gen::nonEmpty<std::string>();
        const Millis tolerance{*rc::gen::inRange<std::int64_t>(0, 5)};
        const Millis skew{*rc::gen::inRange<std::int64_t>(-6, 7)};
        ApiKeys keys;
        keys.emplace("2", ApiKey(secret, KeyLevel::advanced));
        Keyring keyring(std::move(keys), {.tolerance = tolerance});
        Credentials given = advanced(secret, noon + skew, with);
        const auto is_in = [&] {
            return std::holds_alternative<Caller>(keyring.check(given, noon));
        };
        RC_ASSERT(is_in() == (std::chrono::abs(skew) <= tolerance));
        given.authorization[*rc::gen::inRange<std::size_t>(0, 64)] ^= 1;
        RC_ASSERT(!is_in());
    });
}

TEST_CASE("no reason tells a secret or a hash", "[keys][property]") {
    require_property("why somebody is kept out holds neither the secret nor a hash of it", [] {
        const std::string secret = "s3cr3t-" + std::to_string(*rc::gen::inRange(1000, 9999));
        const KeyLevel level = *rc::gen::element(KeyLevel::standard, KeyLevel::advanced);
        ApiKeys keys;
        keys.emplace("2", ApiKey(secret, level));
        Keyring keyring(std::move(keys), {.single_use_nonce = true});
        const Credentials full = advanced(secret, noon);
        const auto header = [&] {
            return *rc::gen::elementOf(std::vector<std::string>{
                "", "2", secret, full.authorization, sha256_hex(secret), nonce, full.timestamp});
        };
        Credentials given;
        given.authorization = header();
        given.auth_id = header();
        given.nonce = header();
        given.timestamp = header();
        const std::string why = Fixture::outcome(keyring, given, noon);
        RC_ASSERT(why.find(secret) == std::string::npos);
        RC_ASSERT(why.find(full.authorization) == std::string::npos);
        RC_ASSERT(why.find(sha256_hex(secret)) == std::string::npos);
    });
}
