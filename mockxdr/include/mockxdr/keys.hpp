#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "mockxdr/server_options.hpp"

namespace mockxdr {

using xdr::TimePoint;

/// Source: "Get Started with APIs", security levels.
enum class KeyLevel { standard, advanced };

/// What the key's role may see: an ordinary one all keys of an incident, and of the scenario's
/// restricted incidents only the ids; a full one those too; a limited one neither those nor `tags`
/// and `original_tags`.
enum class Permission { ordinary, full, limited };

/// What a request says of who sends it; headers that are absent are empty.
struct Credentials {
    std::string authorization{}, auth_id{}, nonce{}, timestamp{};
};

/// A secret and what it opens. It cannot be printed.
class ApiKey {
   public:
    explicit ApiKey(std::string secret, KeyLevel level = KeyLevel::standard,
                    Permission permission = Permission::ordinary)
        : secret_(std::move(secret)), level_(level), permission_(permission) {}

    KeyLevel level() const { return level_; }
    Permission permission() const { return permission_; }

    /// Whether the credentials prove knowledge of the secret, whatever the time. Takes as long
    /// for a near miss as for a far one.
    bool matches(const Credentials& given) const;

    /// Why credentials do not match, with the usual mistakes named. Tells neither secret nor hash.
    std::string mismatch(const Credentials& given) const;

    bool is_secret(std::string_view text) const;

   private:
    std::string secret_;
    KeyLevel level_;
    Permission permission_;
};

/// Keys by their id, as in `x-xdr-auth-id`.
using ApiKeys = std::map<std::string, ApiKey, std::less<>>;

/// Why a request is not let in, for the log and the journal: the client is told nothing.
struct Denied {
    std::string why;
};

/// Who sent a request.
struct Caller {
    std::string key_id;
    Permission permission = Permission::ordinary;
};

/// The lock on the door. Source: docs/coverage.md, Authentication. Not thread-safe.
class Keyring {
   public:
    /// With `single_use_nonce`, how many nonces are remembered; the oldest are forgotten for more.
    static constexpr std::size_t most_nonces = 100'000;

    Keyring(ApiKeys keys, AuthOptions options);

    /// `now` is the time by the clock that timestamps are checked against. Changes nothing.
    std::variant<Caller, Denied> check(const Credentials& given, TimePoint now) const;

    /// From now on the nonce of a request that was let in is used, if they are for single use.
    void use_up(const Caller& caller, const Credentials& given, TimePoint now);

   private:
    using Nonce = std::array<unsigned char, 32>;  ///< the hash of a key's id and a nonce

    static Nonce nonce_of(const std::string& id, const Credentials& given);
    std::string unknown_id(const std::string& id) const;
    bool is_used(const Nonce& nonce, TimePoint now) const;

    ApiKeys keys_;
    AuthOptions options_;
    std::map<Nonce, TimePoint> used_nonces_;  ///< and until when they are remembered
    std::multimap<TimePoint, Nonce> remembered_until_;
};

/// Reads keys from the text of a key file: one key alone on a line, which gets the id
/// `default_id`; or a JSON array of `{ "id", "key", "level": "standard" | "advanced", "role":
/// "ordinary" | "full" | "limited" }`, where the last two may be left out. Throws xdr::Error that
/// names `file` and never a key.
/// Source: docs/keys.md.
ApiKeys read_api_keys(std::string_view text, const std::string& file,
                      const std::string& default_id);

}  // namespace mockxdr
