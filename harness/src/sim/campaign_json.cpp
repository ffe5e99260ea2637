#include <charconv>
#include <cmath>

#include "harness/sim/campaign_text.hpp"
#include "mockxdr/json.hpp"
#include "text.hpp"
#include "xdr/error.hpp"

namespace harness::sim {

namespace {

using mockxdr::json::Array;
using mockxdr::json::Object;
using mockxdr::json::Value;

Value number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <class Numbers>
Value numbers(const Numbers& values) {
    Array out;
    for (const std::uint64_t value : values) out.push_back(number(value));
    return out;
}

[[noreturn]] void refuse(const std::string& what) {
    throw xdr::Error(
        {.where = "", .what = what, .hint = "give the lines that mockxdr explore --json printed"});
}

/// Reads the members of one object.
class Reader {
   public:
    explicit Reader(const Value& root) : root_(root) {
        if (!root.get_if<Object>()) refuse("expected a JSON object");
    }

    std::string text(const char* key) const {
        const auto* found = member(key).get_if<std::string>();
        if (!found) refuse(std::string(key) + " is no text");
        return *found;
    }

    std::uint64_t number(const char* key) const { return number_of(member(key), key); }

    template <class Numbers>
    void numbers(const char* key, Numbers& out) const {
        const auto* found = member(key).get_if<Array>();
        if (!found || found->size() != out.size())
            refuse(std::string(key) + " is no array of " + std::to_string(out.size()) + " numbers");
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = number_of((*found)[i], key);
    }

    const Value* find(const char* key) const { return root_.find(key); }

   private:
    const Value& member(const char* key) const {
        const Value* found = root_.find(key);
        if (!found) refuse("the key " + std::string(key) + " is missing");
        return *found;
    }

    static std::uint64_t number_of(const Value& value, const char* key) {
        const auto* found = value.get_if<std::int64_t>();
        if (!found || *found < 0) refuse(std::string(key) + " is no count");
        return static_cast<std::uint64_t>(*found);
    }

    const Value& root_;
};

std::uint64_t read_hex(const std::string& text) {
    std::uint64_t out = 0;
    for (const char c : text) {
        const auto digit = std::string_view("0123456789abcdef").find(c);
        if (digit == std::string_view::npos || text.size() != 16) refuse("the digest is no number");
        out = out << 4U | digit;
    }
    return out;
}

std::uint64_t read_seed(const std::string& text) {
    std::uint64_t seed = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, seed);
    if (failure != std::errc() || stop != end) refuse("the seed '" + text + "' is no number");
    return seed;
}

std::optional<Finding> read_finding(const Reader& reader) {
    const Value* first = reader.find("first_failure");
    if (!first || first->is_null()) return std::nullopt;
    const Reader finding(*first);
    Finding out{.number = finding.number("number")};
    const std::string name = finding.text("class");
    for (int i = 0; i < 6; ++i)
        if (name_of(static_cast<Class>(i)) == name) out.worst = static_cast<Class>(i);
    out.disagreement = finding.text("disagreement");
    return out;
}

}  // namespace

std::string campaign_json(const CampaignResult& result) {
    const Summary& summary = result.summary;
    Value first;
    if (summary.first)
        first = Object{{"number", number(summary.first->number), {}},
                       {"class", std::string(name_of(summary.first->worst)), {}},
                       {"disagreement", summary.first->disagreement, {}}};
    return mockxdr::json::write(Object{{"version", 1, {}},
                                       {"policy", result.policy, {}},
                                       {"seed", std::to_string(result.seed), {}},
                                       {"shard", result.shard, {}},
                                       {"asked", result.asked, {}},
                                       {"schedules", number(summary.schedules), {}},
                                       {"runs", number(summary.runs), {}},
                                       {"incidents", number(summary.incidents), {}},
                                       {"owed", number(summary.owed), {}},
                                       {"classes", numbers(summary.classes), {}},
                                       {"excused_schedules", number(summary.excused_schedules), {}},
                                       {"vacuous_schedules", number(summary.vacuous_schedules), {}},
                                       {"situations", numbers(summary.situations), {}},
                                       {"delays", numbers(summary.delays.counts()), {}},
                                       {"failures", number(summary.failures), {}},
                                       {"disagreements", number(summary.disagreements), {}},
                                       {"first_failure", first, {}},
                                       {"digest", hex(summary.digest), {}}});
}

CampaignResult campaign_from_json(std::string_view line) {
    const Value root = mockxdr::json::parse(line, mockxdr::json::Comments::refused).root;
    const Reader reader(root);
    if (reader.number("version") != 1) refuse("it is of another version");
    CampaignResult out{.policy = reader.text("policy"),
                       .seed = read_seed(reader.text("seed")),
                       .shard = reader.text("shard"),
                       .asked = reader.text("asked")};
    Summary& summary = out.summary;
    summary.schedules = reader.number("schedules");
    summary.runs = reader.number("runs");
    summary.incidents = reader.number("incidents");
    summary.owed = reader.number("owed");
    reader.numbers("classes", summary.classes);
    summary.excused_schedules = reader.number("excused_schedules");
    summary.vacuous_schedules = reader.number("vacuous_schedules");
    reader.numbers("situations", summary.situations);
    std::array<std::uint64_t, 64> delays{};
    reader.numbers("delays", delays);
    for (std::size_t i = 0; i < delays.size(); ++i) summary.delays.set(i, delays.at(i));
    summary.failures = reader.number("failures");
    summary.disagreements = reader.number("disagreements");
    summary.first = read_finding(reader);
    summary.digest = read_hex(reader.text("digest"));
    return out;
}

std::string baseline_json(const Baseline& baseline) {
    std::string out = "{\n  \"seed\": \"" + std::to_string(baseline.seed) +
                      "\",\n  \"trials\": " + std::to_string(baseline.trials) +
                      ",\n  \"mean_schedules\": {";
    const char* comma = "";
    for (const Score& score : baseline.scores) {
        const auto tenths = static_cast<std::uint64_t>(std::llround(score.mean * 10));
        out += std::string(comma) + "\n    \"" + score.name + "\": " + std::to_string(tenths / 10) +
               "." + std::to_string(tenths % 10);
        comma = ",";
    }
    return out + "\n  }\n}\n";
}

Baseline baseline_from_json(std::string_view text) {
    const Value root = mockxdr::json::parse(text, mockxdr::json::Comments::refused).root;
    const Reader reader(root);
    const std::uint64_t trials = reader.number("trials");
    if (trials < 1 || trials > 10'000) refuse("trials are 1 to 10000");
    Baseline out{
        .seed = read_seed(reader.text("seed")), .trials = static_cast<int>(trials), .scores = {}};
    const Value* means = root.find("mean_schedules");
    const auto* members = means ? means->get_if<Object>() : nullptr;
    if (!members) refuse("mean_schedules is no object");
    for (const mockxdr::json::Member& member : *members) {
        const auto* whole = member.value.get_if<std::int64_t>();
        const auto* mean = member.value.get_if<double>();
        if (!whole && !mean) refuse("the score of " + member.key + " is no number");
        const double value = mean ? *mean : static_cast<double>(*whole);
        if (value < 1) refuse("the score of " + member.key + " is less than one schedule");
        out.scores.push_back({.name = member.key, .mean = value});
    }
    return out;
}

}  // namespace harness::sim
