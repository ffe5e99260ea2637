#include "object_reader.hpp"

#include <algorithm>
#include <utility>

#include "mockxdr/names.hpp"
#include "xdr/error.hpp"

namespace mockxdr {

namespace {

using json::Value;

/// Keeps every time of a scenario where the API's milliseconds can say it.
constexpr xdr::Millis longest = std::chrono::hours{24} * 3653;

void wrong_kind(const Spot& place, std::string expected, Findings& findings) {
    findings.push_back({.at = place.value.at(),
                        .pointer = place.pointer,
                        .what = "found " + kind_of(place.value),
                        .expected = "expected " + std::move(expected)});
}

}  // namespace

std::optional<std::string> read_text(const Spot& place, Findings& findings) {
    if (const auto* text = place.value.get_if<std::string>()) return *text;
    wrong_kind(place, "text", findings);
    return std::nullopt;
}

std::optional<xdr::Millis> read_duration(const Spot& place, Sign sign, Findings& findings) {
    const auto text = place.value.get_if<std::string>();
    if (!text) {
        wrong_kind(place, "a duration such as \"90s\", \"15m\" or \"1h30m\"", findings);
        return std::nullopt;
    }
    const auto complain = [&](std::string what, std::string expected) {
        findings.push_back({.at = place.value.at(),
                            .pointer = place.pointer,
                            .what = std::move(what),
                            .expected = std::move(expected)});
        return std::nullopt;
    };
    try {
        const xdr::Millis duration = xdr::parse_duration(*text);
        if (duration > longest || duration < -longest)
            return complain("the duration " + *text + " is longer than ten years",
                            "expected at most " + xdr::duration_text(longest));
        if (sign != Sign::any && duration < xdr::Millis{0})
            return complain("the duration " + *text + " is negative", "expected 0s or more");
        if (sign == Sign::positive && duration == xdr::Millis{0})
            return complain("the duration is zero", "expected 1ms or more");
        return duration;
    } catch (const xdr::Error& error) {
        return complain(error.problem().what, error.problem().hint);
    }
}

void complain_at(const Spot& place, std::string what, std::string expected, Findings& findings) {
    findings.push_back({.at = place.value.at(),
                        .pointer = place.pointer,
                        .what = std::move(what),
                        .expected = std::move(expected)});
}

std::optional<std::int64_t> read_integer(const Spot& place, std::int64_t least, std::int64_t most,
                                         Findings& findings) {
    const auto* number = place.value.get_if<std::int64_t>();
    const std::string range =
        "an integer from " + std::to_string(least) + " to " + std::to_string(most);
    if (!number) {
        wrong_kind(place, range, findings);
        return std::nullopt;
    }
    if (*number < least || *number > most) {
        findings.push_back({.at = place.value.at(),
                            .pointer = place.pointer,
                            .what = std::to_string(*number) + " is out of range",
                            .expected = "expected " + range});
        return std::nullopt;
    }
    return *number;
}

std::optional<bool> read_flag(const Spot& place, Findings& findings) {
    if (const auto* flag = place.value.get_if<bool>()) return *flag;
    wrong_kind(place, "true or false", findings);
    return std::nullopt;
}

std::optional<std::size_t> read_choice(const Spot& place, std::span<const std::string_view> names,
                                       std::string_view what, Findings& findings) {
    const auto text = read_text(place, findings);
    if (!text) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), *text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    findings.push_back({.at = place.value.at(),
                        .pointer = place.pointer,
                        .what = "unknown " + std::string(what) + " '" + *text + "'",
                        .expected = guess_and_list(*text, names)});
    return std::nullopt;
}

std::vector<Spot> read_array(const Spot& place, Findings& findings) {
    const auto* array = place.value.get_if<json::Array>();
    if (!array) {
        wrong_kind(place, "an array", findings);
        return {};
    }
    std::vector<Spot> out;
    out.reserve(array->size());
    for (const Value& value : *array)
        out.push_back(
            {.value = value, .pointer = place.pointer + "/" + std::to_string(out.size())});
    return out;
}

ObjectReader::ObjectReader(Spot place, Findings& findings)
    : object_(place.value.get_if<json::Object>()),
      at_(place.value.at()),
      pointer_(std::move(place.pointer)),
      findings_(findings) {
    if (!object_) wrong_kind({.value = place.value, .pointer = pointer_}, "an object", findings_);
}

std::optional<Spot> ObjectReader::find(std::string_view key) {
    known_.push_back(key);
    if (!object_) return std::nullopt;
    for (const json::Member& member : *object_)
        if (member.key == key)
            return Spot{.value = member.value, .pointer = json::pointer_to(pointer_, key)};
    return std::nullopt;
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
    const auto place = find(key);
    return place ? read_text(*place, findings_) : std::nullopt;
}

std::optional<xdr::Millis> ObjectReader::duration(std::string_view key, Sign sign) {
    const auto place = find(key);
    return place ? read_duration(*place, sign, findings_) : std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t least,
                                                  std::int64_t most) {
    const auto place = find(key);
    return place ? read_integer(*place, least, most, findings_) : std::nullopt;
}

std::optional<bool> ObjectReader::flag(std::string_view key) {
    const auto place = find(key);
    return place ? read_flag(*place, findings_) : std::nullopt;
}

std::optional<std::size_t> ObjectReader::choice(std::string_view key,
                                                std::span<const std::string_view> names) {
    const auto place = find(key);
    return place ? read_choice(*place, names, key, findings_) : std::nullopt;
}

std::vector<Spot> ObjectReader::array(std::string_view key) {
    const auto place = find(key);
    return place ? read_array(*place, findings_) : std::vector<Spot>{};
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
    std::vector<std::string> out;
    for (const Spot& place : array(key))
        if (auto text = read_text(place, findings_)) out.push_back(std::move(*text));
    return out;
}

void ObjectReader::complain(std::string what, std::string expected) {
    findings_.push_back(
        {.at = at_, .pointer = pointer_, .what = std::move(what), .expected = std::move(expected)});
}

bool ObjectReader::require(std::string_view key, std::string_view expected) {
    if (!object_ || find(key)) return true;
    complain("the key \"" + std::string(key) + "\" is missing",
             "expected " + std::string(expected));
    return false;
}

void ObjectReader::finish() {
    if (!object_) return;
    for (const json::Member& member : *object_)
        if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) {
            std::sort(known_.begin(), known_.end());
            known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
            findings_.push_back({.at = member.at,
                                 .pointer = json::pointer_to(pointer_, member.key),
                                 .what = "unknown key '" + member.key + "'",
                                 .expected = guess_and_list(member.key, known_)});
        }
}

}  // namespace mockxdr
