#include "mockxdr/keys.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "mockxdr/ascii.hpp"
#include "sha256.hpp"
#include "xdr/text.hpp"

namespace mockxdr {

namespace {

/// Takes a time that depends on the length of `given` alone.
bool equal(std::string_view expected, std::string_view given) {
    unsigned difference = expected.size() == given.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char wanted = expected.empty() ? '\0' : expected[i % expected.size()];
        difference |= static_cast<unsigned char>(wanted) ^ static_cast<unsigned char>(given[i]);
    }
    return difference == 0;
}

/// No secret of this value exists; it costs what a real one does.
const ApiKey& nobody() {
    static const ApiKey key(std::string(128, '\0'), KeyLevel::advanced);
    return key;
}

/// Milliseconds since 1970 in decimal digits, as many as leave room to reckon with.
std::optional<std::int64_t> read_number(std::string_view text) {
    if (!xdr::is_digits(text) || text.size() > 18) return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool is_near(TimePoint time, TimePoint now, Millis tolerance) {
    return time >= now - tolerance && time <= now + tolerance;
}

/// Why a timestamp is not taken.
std::string wrong_time(const std::string& text, Millis tolerance, TimePoint now) {
    const std::optional<std::int64_t> number = read_number(text);
    if (!number) return "x-xdr-timestamp is no number of milliseconds since 1970";
    if (text.size() <= 12 && is_near(TimePoint{std::chrono::seconds{*number}}, now, tolerance))
        return "x-xdr-timestamp is in seconds; expected milliseconds since 1970";
    const TimePoint time{Millis{*number}};
    const std::string apart = time < now ? xdr::duration_text(now - time) + " behind"
                                         : xdr::duration_text(time - now) + " ahead of";
    return "x-xdr-timestamp is " + apart + " the server's clock, " + xdr::duration_text(tolerance) +
           " are allowed";
}

}  // namespace

bool ApiKey::is_secret(std::string_view text) const { return equal(secret_, text); }

bool ApiKey::matches(const Credentials& given) const {
    if (level_ == KeyLevel::standard) return is_secret(given.authorization);
    const std::string hash = sha256_hex(secret_ + given.nonce + given.timestamp);
    const bool complete = !given.nonce.empty() && !given.timestamp.empty();
    return equal(hash, given.authorization) && complete;
}

std::string ApiKey::mismatch(const Credentials& given) const {
    const std::string& sent = given.authorization;
    if (sent.empty()) return "Authorization is missing";
    if (lowered(sent).starts_with("bearer "))
        return "Authorization starts with Bearer; expected the key or its hash alone";
    const std::string full_hash = sha256_hex(secret_ + given.nonce + given.timestamp);
    const std::string key_hash = sha256_hex(secret_);
    const std::string lower = lowered(sent);
    if (level_ == KeyLevel::standard) {
        if (equal(full_hash, lower) || equal(key_hash, lower))
            return "the key is standard, but its hash was sent; expected the key itself";
        return "the key does not match";
    }
    if (given.nonce.empty()) return "the key is advanced: x-xdr-nonce is missing";
    if (given.timestamp.empty()) return "the key is advanced: x-xdr-timestamp is missing";
    if (equal(full_hash, lower)) return "the hash is in capitals; expected lower case";
    const std::string expected = "; expected the SHA-256 of key, nonce and timestamp";
    if (is_secret(sent)) return "the key is advanced, but it was sent as it is" + expected;
    if (equal(key_hash, lower)) return "the hash is that of the key alone" + expected;
    return "the key does not match";
}

Keyring::Keyring(ApiKeys keys, AuthOptions options) : keys_(std::move(keys)), options_(options) {}

std::string Keyring::unknown_id(const std::string& id) const {
    if (id.empty()) return "x-xdr-auth-id is missing";
    // The two headers are easily swapped, and then the secret must not get into the log.
    for (const auto& [known, key] : keys_)
        if (key.is_secret(id)) return "x-xdr-auth-id holds a key; expected the key's id";
    // What else stands there may be a secret of another place.
    if (xdr::is_digits(id) && id.size() <= 20) return "no key has the id '" + id + "'";
    return "no key has the id that was sent, of " + std::to_string(id.size()) + " bytes";
}

/// Whatever the length of a nonce, its hash is short.
Keyring::Nonce Keyring::nonce_of(const std::string& id, const Credentials& given) {
    return sha256(id + '\n' + given.nonce);
}

std::variant<Caller, Denied> Keyring::check(const Credentials& given, TimePoint now) const {
    const auto found = keys_.find(given.auth_id);
    if (found == keys_.end()) {
        // The same work as for a key that exists: time does not tell which ids do.
        nobody().matches(given);
        return Denied{unknown_id(given.auth_id)};
    }
    const auto& [id, key] = *found;
    if (!key.matches(given)) return Denied{key.mismatch(given)};
    if (key.level() == KeyLevel::advanced) {
        const std::optional<std::int64_t> number = read_number(given.timestamp);
        if (!number || !is_near(TimePoint{Millis{*number}}, now, options_.tolerance))
            return Denied{wrong_time(given.timestamp, options_.tolerance, now)};
        if (options_.single_use_nonce && is_used(nonce_of(id, given), now))
            return Denied{"the nonce was used before"};
    }
    return Caller{.key_id = id, .permission = key.permission()};
}

bool Keyring::is_used(const Nonce& nonce, TimePoint now) const {
    const auto found = used_nonces_.find(nonce);
    return found != used_nonces_.end() && found->second >= now;
}

void Keyring::use_up(const Caller& caller, const Credentials& given, TimePoint now) {
    const auto found = keys_.find(caller.key_id);
    const bool counts = options_.single_use_nonce && found != keys_.end() &&
                        found->second.level() == KeyLevel::advanced;
    if (!counts) return;
    const auto forget_oldest = [&] {
        used_nonces_.erase(remembered_until_.begin()->second);
        remembered_until_.erase(remembered_until_.begin());
    };
    while (!remembered_until_.empty() && remembered_until_.begin()->first < now) forget_oldest();
    if (used_nonces_.size() >= most_nonces) forget_oldest();
    // A timestamp from ahead is good for longer than one of now, and so is its repetition.
    const TimePoint timestamp{Millis{read_number(given.timestamp).value_or(0)}};
    const TimePoint until = std::max(now, timestamp) + options_.tolerance;
    const Nonce nonce = nonce_of(caller.key_id, given);
    if (used_nonces_.emplace(nonce, until).second) remembered_until_.emplace(until, nonce);
}

}  // namespace mockxdr
