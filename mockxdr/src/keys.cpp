#include "mockxdr/keys.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "mockxdr/json.hpp"
#include "sha256.hpp"

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

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
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
    if (lower_case(sent).starts_with("bearer "))
        return "Authorization starts with Bearer; expected the key or its hash alone";
    const std::string full_hash = sha256_hex(secret_ + given.nonce + given.timestamp);
    const std::string key_hash = sha256_hex(secret_);
    const std::string lower = lower_case(sent);
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
    if (id.size() > 20)
        return "no key has the id that was sent, of " + std::to_string(id.size()) + " bytes";
    std::string quoted;
    json::write_text(id, quoted);
    return "no key has the id '" + quoted.substr(1, quoted.size() - 2) + "'";
}

bool Keyring::take_nonce(Nonce nonce, TimePoint timestamp, TimePoint now) {
    const auto forget = [&](auto oldest) {
        used_nonces_.erase(oldest->second);
        remembered_until_.erase(oldest);
    };
    while (!remembered_until_.empty() && remembered_until_.begin()->first < now)
        forget(remembered_until_.begin());
    if (used_nonces_.contains(nonce)) return false;
    if (used_nonces_.size() >= most_nonces) forget(remembered_until_.begin());
    // A timestamp from ahead is good for longer than one of now, and so is its repetition.
    remembered_until_.emplace(std::max(now, timestamp) + options_.tolerance, nonce);
    used_nonces_.insert(std::move(nonce));
    return true;
}

std::variant<Caller, Denied> Keyring::check(const Credentials& given, TimePoint now) {
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
        const TimePoint timestamp{Millis{number.value_or(0)}};
        if (!number || !is_near(timestamp, now, options_.tolerance))
            return Denied{wrong_time(given.timestamp, options_.tolerance, now)};
        if (options_.single_use_nonce && !take_nonce({id, given.nonce}, timestamp, now))
            return Denied{"the nonce was used before"};
    }
    return Caller{.key_id = id, .permission = key.permission()};
}

}  // namespace mockxdr
