#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mockxdr/json.hpp"
#include "xdr/id.hpp"
#include "xdr/time.hpp"

namespace mockxdr {

/// One thing wrong with a document.
struct Finding {
    json::Position at;
    std::string pointer;
    std::string what;      ///< what is wrong
    std::string expected;  ///< what is expected, or what to do
};
using Findings = std::vector<Finding>;

/// A value and how to name it in a message.
struct Spot {
    const json::Value& value;
    std::string pointer;
};

enum class Sign { any, not_negative, positive };

std::optional<std::string> read_text(const Spot& place, Findings& findings);
std::optional<xdr::Millis> read_duration(const Spot& place, Sign sign, Findings& findings);
void complain_at(const Spot& place, std::string what, std::string expected, Findings& findings);

std::optional<std::int64_t> read_integer(const Spot& place, std::int64_t least, std::int64_t most,
                                         Findings& findings);
std::optional<bool> read_flag(const Spot& place, Findings& findings);

/// The index in `names` of a text that must be one of them.
std::optional<std::size_t> read_choice(const Spot& place, std::span<const std::string_view> names,
                                       std::string_view what, Findings& findings);

/// The elements of an array; empty after a finding.
std::vector<Spot> read_array(const Spot& place, Findings& findings);

/// Reads one object key by key. What was not asked for by the time of `finish` is an unknown key.
class ObjectReader {
   public:
    /// A value that is no object is a finding, and then has no keys.
    ObjectReader(Spot place, Findings& findings);

    bool is_object() const { return object_ != nullptr; }
    Findings& findings() { return findings_; }

    /// The value of a key, or nothing if the key is absent.
    std::optional<Spot> find(std::string_view key);

    std::optional<std::string> text(std::string_view key);
    std::optional<xdr::Millis> duration(std::string_view key, Sign sign);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
                                        std::int64_t most);
    std::optional<bool> flag(std::string_view key);
    std::optional<std::size_t> choice(std::string_view key,
                                      std::span<const std::string_view> names);
    std::vector<Spot> array(std::string_view key);
    std::vector<std::string> texts(std::string_view key);

    /// A finding at the object itself.
    void complain(std::string what, std::string expected);

    /// `what` is missing: a finding, and false, unless the key is there.
    bool require(std::string_view key, std::string_view expected);

    /// Reports the keys that nobody asked for, with the key that was probably meant.
    void finish();

   private:
    const json::Object* object_ = nullptr;
    json::Position at_;
    std::string pointer_;
    Findings& findings_;
    std::vector<std::string_view> known_;
};

}  // namespace mockxdr
